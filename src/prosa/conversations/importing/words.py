"""Items and moments as drafts have them, out of what files hold."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec

from prosa.conversations.shelf.words import line as one_line
from prosa.kit import moments

LONGEST_TITLE: Final = 200
_encode: Final = msgspec.json.Encoder().encode
_MILLISECONDS: Final = 1e11  # seconds since 1970 that no file tells: what is more is in milliseconds, and …
_NANOSECONDS: Final = 1e16  # … in nanoseconds
_LATEST: Final = 253_402_300_799.0


def message(role: str, texts: Sequence[str]) -> bytes | None:
    """A message in the words of the Responses API; None for one without words."""
    said = [text for text in texts if text.strip()]
    if not said:
        return None
    if role == "assistant":
        parts: list[dict[str, object]] = [{"type": "output_text", "text": text, "annotations": []} for text in said]
    else:
        parts = [{"type": "input_text", "text": text} for text in said]
    return _encode({"type": "message", "role": role, "status": "completed", "content": parts})


def line(text: str | None, most: int = LONGEST_TITLE) -> str:
    """The text as one line, without control characters."""
    if not text:
        return ""
    return one_line(text)[:most].strip()


def attached(name: str | None, content: str | None = None) -> str:
    """What stands for a file of a message: its name, and its text where the export holds that."""
    told = f"[file: {line(name) or 'without a name'}]"
    return told if not content else f"{told}\n\n{content}"


def moment(told: float | str | None) -> int:
    """Microseconds since 1970 for seconds, milliseconds, nanoseconds or a text by ISO 8601; 0 for what tells nothing."""
    if told is None or told == "":
        return 0
    if isinstance(told, str):
        try:
            found = datetime.fromisoformat(told)
        except ValueError:
            return 0
        return max(0, moments.of(found if found.tzinfo else found.replace(tzinfo=UTC)))
    seconds = told / 1e9 if told > _NANOSECONDS else told / 1e3 if told > _MILLISECONDS else told
    return moments.stored(seconds) if 0 < seconds < _LATEST else 0
