"""Embeddings that need no model: texts that share words, or parts of words, lie close together."""

import base64
import hashlib
import math
import re
import struct
from collections import Counter
from functools import lru_cache

import msgspec

from prosa.gateway.providers.mock.personas import dimensions_of
from prosa.gateway.providers.mock.requests import EmbeddingsRequest
from prosa.gateway.providers.mock.tokens import count
from prosa.gateway.providers.mock.vocabulary import Directions
from prosa.kit.errors import BadRequest

_WORD = re.compile(r"\w+")
_SPREAD = 8  # places of the vector that one feature touches
_PART_WEIGHT = 0.3  # three letters of a word, against 1 for the whole word
_MOST_LETTERS = 64  # of a word that count
_MOST_INPUTS = 2048

Input = str | list[int]


def inputs(request: EmbeddingsRequest) -> list[Input]:
    """What is to be embedded, one entry a vector; raises BadRequest as OpenAI's server does for empty texts."""
    given = [request.input] if isinstance(request.input, str) else request.input
    tokens = [item for item in given if isinstance(item, int)]
    if tokens and len(tokens) < len(given):
        raise BadRequest("The input mixes tokens and texts.", param="input")
    texts: list[Input] = [tokens] if tokens else [item for item in given if not isinstance(item, int)]
    if len(texts) > _MOST_INPUTS:
        raise BadRequest(f"The input has more than {_MOST_INPUTS} entries.", param="input")
    if not all(texts):
        raise BadRequest("The input holds an empty text.", param="input")
    return texts


def whole(request: EmbeddingsRequest, texts: list[Input], directions: Directions) -> bytes:
    """The body of the answer (`list` of `embedding`)."""
    size = request.dimensions or dimensions_of(request.model)
    data = []
    for index, text in enumerate(texts):
        numbers = vector(text, size)
        packed = base64.b64encode(struct.pack(f"<{size}f", *numbers)).decode() if request.encoding_format == "base64" else None
        shown = index + 7 * directions.wrong_index
        data.append({"object": "embedding", "index": shown, "embedding": numbers if packed is None else packed})
    body: dict[str, object] = {"object": "list", "data": data, "model": directions.report_model or request.model}
    if directions.usage != "missing":
        body["usage"] = _usage(texts, directions)
    return msgspec.json.encode(body)


def _usage(texts: list[Input], directions: Directions) -> dict[str, int] | None:
    total = sum(count((text,)) if isinstance(text, str) else len(text) for text in texts)
    figures = {"zero": 0, "negative": -total, "wrong": 1_000_000}
    said = figures.get(str(directions.usage), total)
    usage = {"prompt_tokens": said, "total_tokens": said}
    if isinstance(directions.usage, dict):
        return usage | directions.usage
    return None if directions.usage == "null" else usage


def vector(text: Input, size: int) -> list[float]:
    """A unit vector: each word, and each three letters of a word, adds its own fixed direction, repeated ones less."""
    numbers = [0.0] * size
    for feature, weight in _features(text).items():
        for place, sign in _direction(feature, size):
            numbers[place] += sign * weight
    length = math.sqrt(sum(number * number for number in numbers))
    if length < 1e-9:
        numbers[0] = length = 1.0
    return [round(number / length, 8) for number in numbers]


def _features(text: Input) -> dict[str, float]:
    if not isinstance(text, str):
        return {f"token {token}": 1 + math.log(times) for token, times in Counter(text).items()}
    words = Counter(word[:_MOST_LETTERS] for word in _WORD.findall(text.casefold()) or [text])
    features: dict[str, float] = {}
    for word, times in words.items():
        weight = 1 + math.log(times)
        features[word] = weight
        for start in range(len(word) - 2 if len(word) > 3 else 0):
            part = "part " + word[start : start + 3]
            features[part] = features.get(part, 0.0) + weight * _PART_WEIGHT
    return features


@lru_cache(maxsize=4096)
def _direction(feature: str, size: int) -> tuple[tuple[int, float], ...]:
    spread = hashlib.blake2b(feature.encode("utf-8", "surrogatepass"), digest_size=5 * _SPREAD).digest()
    return tuple(
        (int.from_bytes(spread[start : start + 4], "little") % size, 1.0 if spread[start + 4] & 1 else -1.0)
        for start in range(0, len(spread), 5)
    )
