"""Values of MongoDB's extended JSON, relaxed and canonical (mongodb.com/docs/manual/reference/mongodb-extended-json)."""

import re
from datetime import UTC, datetime
from typing import Final

from prosa.kit import moments

_HEX: Final = re.compile(r"[0-9a-f]{24}")
_MILLISECOND: Final = 1000  # microseconds
_LATEST: Final = 253_402_300_800 * moments.SECOND  # the year 10000, which no date of ours can tell
_NUMBERS: Final = ("$numberLong", "$numberInt", "$numberDouble", "$numberDecimal")


def object_id(value: object) -> str | None:
    """The 24 hexadecimal digits of `{"$oid": …}`, or of a text that is one; None for anything else."""
    text = _only(value, "$oid")
    if not isinstance(text, str):
        return None
    text = text.lower()
    return text if _HEX.fullmatch(text) else None


def plain_id(value: object) -> str | None:
    """An id of whatever kind as one text: two ids are the same where their texts are."""
    if isinstance(value, dict) and isinstance(value.get("$oid"), str):
        return str(value["$oid"]).lower()
    if isinstance(value, str):
        return value.lower() if _HEX.fullmatch(value.lower()) else value or None
    number = number_of(value)
    return None if number is None else str(number)


def moment_of(value: object) -> int | None:
    """A date in microseconds since 1970: `{"$date": "2025-09-30T12:34:56.789Z"}`, the same with milliseconds, or plain ISO."""
    inner = _only(value, "$date")
    if isinstance(inner, str):
        return _iso(inner)
    milliseconds = number_of(inner)
    if milliseconds is None:
        return None
    moment = milliseconds * _MILLISECOND
    return moment if -_LATEST < moment < _LATEST else None


def number_of(value: object) -> int | None:
    """A whole number, however it is written."""
    if isinstance(value, dict):
        name = next((name for name in _NUMBERS if name in value), None)
        return None if name is None else _whole(value[name])
    return _whole(value)


def text_of(value: object) -> str | None:
    """A text, None for anything else."""
    return value if isinstance(value, str) else None


def _only(value: object, name: str) -> object:
    """What stands under a name, or the value itself where it is no object."""
    return value.get(name) if isinstance(value, dict) else value


def _whole(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return int(value) if not isinstance(value, str) else int(value[:20])
    except (ValueError, OverflowError):
        return None


def _iso(text: str) -> int | None:
    try:
        found = datetime.fromisoformat(text)
        return moments.of(found.replace(tzinfo=UTC) if found.tzinfo is None else found)
    except (ValueError, OverflowError):
        return None
