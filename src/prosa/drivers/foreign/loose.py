"""Values of a table whose writer minded no types: texts as bytes, numbers as texts, moments in whatever form."""

from datetime import UTC, datetime
from typing import Final

from prosa.kit import moments

_LATEST: Final = 253_402_300_800  # seconds: the year 10000, which no date of ours can tell
_LONGEST: Final = 40  # characters of a number or a moment


def loose_text(value: object) -> str | None:
    """A text, be it stored as one or as its bytes (UTF-8, else Latin-1); a number in its digits; None for nothing."""
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return value.decode("latin-1")
    if isinstance(value, str):
        return value
    return None if value is None or isinstance(value, bool) else str(value)


def loose_number(value: object) -> int | None:
    """A whole number, however it is stored; a fraction is cut off. None for what is none."""
    text = loose_text(value)
    try:
        return None if text is None or len(text) > _LONGEST else int(float(text))
    except (ValueError, OverflowError):
        return None


def loose_moment(value: object) -> int | None:
    """A moment in microseconds since 1970: of seconds since then, or of a date in ISO's form, by UTC where it tells no zone."""
    text = (loose_text(value) or "").strip()
    if not text or len(text) > _LONGEST:
        return None
    try:
        seconds = float(text)
    except ValueError:
        return _iso(text)
    return int(seconds * moments.SECOND) if -_LATEST < seconds < _LATEST else None


def _iso(text: str) -> int | None:
    try:
        found = datetime.fromisoformat(text)
        return moments.of(found.replace(tzinfo=UTC) if found.tzinfo is None else found)
    except (ValueError, OverflowError):
        return None
