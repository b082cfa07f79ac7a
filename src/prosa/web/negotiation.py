"""Which of the encodings that lie ready a client takes (RFC 9110, 12.5.3)."""

from collections.abc import Set
from typing import Final

_BEST_FIRST: Final = ("br", "gzip")  # what packs better goes out where both are liked as much


def accepted(accept_encoding: bytes | None, there: Set[str]) -> str | None:
    """The encoding to answer in; None for the file as it is, which every client takes."""
    if not accept_encoding or not there:
        return None
    weights = _weights(accept_encoding[:500].decode("latin-1").lower())
    liked = [(weights.get(coding, weights.get("*", 0.0)), coding) for coding in _BEST_FIRST if coding in there]
    best = max((weight for weight, _ in liked), default=0.0)
    if best <= 0.0 or best < weights.get("identity", 0.0):
        return None
    return next(coding for weight, coding in liked if weight == best)


def _weights(field: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for element in field.split(","):
        name, _, parameter = element.strip().partition(";")
        found[name.strip()] = weight_of(parameter)
    return found


def weight_of(parameter: str) -> float:
    """The weight of a `q=0.5`: 1 where none is told, 0 for one that can't be read."""
    name, _, value = parameter.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        weight = float(value)
    except ValueError:
        return 0.0
    return weight if 0.0 <= weight <= 1.0 else 0.0
