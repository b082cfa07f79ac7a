"""BERT's encoder as all-MiniLM-L6-v2 uses it, in numpy: six layers, twelve heads, the mean of all tokens, of length 1.

Facts: config.json and 1_Pooling/config.json of the model; Devlin et al. 2018; Reimers and Gurevych 2019.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from prosa.knowledge.offline.weights import Weights

DIMENSIONS: Final = 384
_HEADS: Final = 12
_LAYERS: Final = 6
_EPSILON: Final = 1e-12

Array = NDArray[np.float32]


class Encoder:
    """Vectors of tokens' numbers."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        # Matrices are kept as they are multiplied, in one piece.
        self._turned = {name: np.ascontiguousarray(value.T) for name, value in weights.items() if name.endswith("dense.weight")}
        for layer in range(_LAYERS):
            own = f"encoder.layer.{layer}.attention.self"
            parts = [weights[f"{own}.{part}.weight"] for part in ("query", "key", "value")]
            self._turned[own] = np.ascontiguousarray(np.concatenate(parts).T)
            self._weights[own] = np.concatenate([weights[f"{own}.{part}.bias"] for part in ("query", "key", "value")])

    def encode(self, texts: Sequence[Sequence[int]]) -> Array:
        """A row for each text. Texts of about one length belong together: the shorter are filled up."""
        longest = max(map(len, texts))
        numbers = np.zeros((len(texts), longest), dtype=np.int64)
        mask = np.zeros((len(texts), longest), dtype=np.float32)
        for row, text in enumerate(texts):
            numbers[row, : len(text)] = text
            mask[row, : len(text)] = 1
        found = self._embedded(numbers)
        bias = ((1 - mask) * np.float32(-1e9))[:, None, None, :]
        for layer in range(_LAYERS):
            found = self._layer(found, f"encoder.layer.{layer}", bias, len(texts))
        states = found.reshape(len(texts), longest, DIMENSIONS)
        mean = (states * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        return np.asarray(mean / np.linalg.norm(mean, axis=1, keepdims=True), dtype=np.float32)

    def _embedded(self, numbers: NDArray[np.int64]) -> Array:
        own = self._weights
        words = own["embeddings.word_embeddings.weight"][numbers]
        places = own["embeddings.position_embeddings.weight"][: numbers.shape[1]]
        found = words + places + own["embeddings.token_type_embeddings.weight"][0]
        return self._normal(found.reshape(-1, DIMENSIONS), "embeddings.LayerNorm")

    def _layer(self, states: Array, name: str, bias: Array, rows: int) -> Array:
        own = f"{name}.attention.self"
        width = DIMENSIONS // _HEADS
        three = (states @ self._turned[own] + self._weights[own]).reshape(rows, -1, 3, _HEADS, width)
        query, key, value = (np.ascontiguousarray(three[:, :, part].transpose(0, 2, 1, 3)) for part in range(3))
        scores = query @ key.transpose(0, 1, 3, 2) / np.float32(np.sqrt(width)) + bias
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        scores /= scores.sum(axis=-1, keepdims=True)
        context = (scores @ value).transpose(0, 2, 1, 3).reshape(-1, DIMENSIONS)
        states = self._normal(
            self._dense(context, f"{name}.attention.output.dense") + states, f"{name}.attention.output.LayerNorm"
        )
        inner = _gelu(self._dense(states, f"{name}.intermediate.dense"))
        return self._normal(self._dense(inner, f"{name}.output.dense") + states, f"{name}.output.LayerNorm")

    def _dense(self, states: Array, name: str) -> Array:
        return np.asarray(states @ self._turned[f"{name}.weight"] + self._weights[f"{name}.bias"], dtype=np.float32)

    def _normal(self, states: Array, name: str) -> Array:
        centred = states - states.mean(axis=-1, keepdims=True)
        deviation = np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + np.float32(_EPSILON))
        return np.asarray(centred / deviation * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"], dtype=np.float32)


def _gelu(values: Array) -> Array:
    """Gaussian error linear units, with the error function by Abramowitz and Stegun 7.1.26 (to 1.5e-7)."""
    scaled = np.abs(values) * np.float32(0.7071067811865476)
    step = 1 / (1 + np.float32(0.3275911) * scaled)
    powers: Array = np.full_like(step, 1.061405429)
    for factor in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        powers = np.asarray(powers * step + np.float32(factor), dtype=np.float32)
    error = 1 - powers * step * np.exp(-scaled * scaled)
    return np.asarray(values * np.float32(0.5) * (1 + np.copysign(error, values)), dtype=np.float32)
