"""The forward pass in numpy, with small weights of chance: what can be known of it without the model."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from prosa.knowledge.offline.encoder import DIMENSIONS, Encoder, _gelu
from prosa.knowledge.offline.weights import Weights, WrongModel, checked, weights_in

_SHAPES = {
    "attention.self.query": (384, 384),
    "attention.self.key": (384, 384),
    "attention.self.value": (384, 384),
    "attention.output.dense": (384, 384),
    "intermediate.dense": (1536, 384),
    "output.dense": (384, 1536),
}


def by_chance() -> Weights:
    """Weights of the right shapes."""
    chance = np.random.default_rng(1)

    def some(*shape: int) -> "np.ndarray[tuple[int, ...], np.dtype[np.float32]]":
        return (chance.standard_normal(shape) * 0.05).astype(np.float32)

    found: Weights = {
        "embeddings.word_embeddings.weight": some(50, 384),
        "embeddings.position_embeddings.weight": some(512, 384),
        "embeddings.token_type_embeddings.weight": some(2, 384),
    }
    names = ["embeddings.LayerNorm"]
    for layer in range(6):
        for part, shape in _SHAPES.items():
            found[f"encoder.layer.{layer}.{part}.weight"] = some(*shape)
            found[f"encoder.layer.{layer}.{part}.bias"] = some(shape[0])
        names += [f"encoder.layer.{layer}.attention.output.LayerNorm", f"encoder.layer.{layer}.output.LayerNorm"]
    for name in names:
        found |= {f"{name}.weight": np.ones(384, dtype=np.float32), f"{name}.bias": some(384)}
    return found


def test_texts_of_different_lengths_do_not_touch_each_other() -> None:
    encoder = Encoder(by_chance())
    texts = [[1, 5, 9, 2], [1, 7, 2], [1, *range(3, 40), 2]]
    together = encoder.encode(texts)
    assert together.shape == (3, DIMENSIONS)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    for text, vector in zip(texts, together, strict=True):
        assert np.allclose(encoder.encode([text])[0], vector, atol=1e-5)


def test_the_approximated_error_function_is_near_the_true_one() -> None:
    values = np.array([-4.0, -1.0, -0.1, 0.0, 0.1, 1.0, 4.0], dtype=np.float32)
    true = [-0.00012668, -0.15865525, -0.04601722, 0.0, 0.05398278, 0.84134475, 3.99987332]
    assert np.allclose(_gelu(values), true, atol=2e-6)


def test_weights_come_out_of_their_file_and_another_file_is_refused(tmp_path: Path) -> None:
    header = json.dumps(
        {
            "__metadata__": {"format": "pt"},
            "ids": {"dtype": "I64", "shape": [1], "data_offsets": [0, 8]},
            "odd": {"dtype": "F32", "shape": [2, 2], "data_offsets": [8, 24]},
        }
    ).encode()
    data = len(header).to_bytes(8, "little") + header + bytes(8) + np.arange(4, dtype="<f4").tobytes()
    path = tmp_path / "model.safetensors"
    path.write_bytes(data)
    assert checked(path, hashlib.sha256(data).hexdigest()) == data
    found = weights_in(data)
    assert list(found) == ["odd"] and found["odd"].tolist() == [[0, 1], [2, 3]]
    with pytest.raises(WrongModel):
        checked(path, "0" * 64)
