"""The tool that tells the time."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from prosa.answers.tools.port import ToolContext, ToolFailed
from prosa.kit.errors import BadRequest

_LONGEST: Final = 64
_DAY_MINUTES: Final = 24 * 60
_PARAMETERS: Final = msgspec.json.encode(
    {
        "type": "object",
        "properties": {
            "timezone": {
                "type": "string",
                "description": "A time zone such as America/Fortaleza, or an offset such as -03:00; left out: the user's.",
            }
        },
        "additionalProperties": False,
    }
)


class _Arguments(msgspec.Struct):
    timezone: str | None = None


_DECODER: Final = msgspec.json.Decoder(_Arguments)


class UnknownTimeZone(BadRequest):
    """A request names a time zone that there isn't."""

    def __init__(self) -> None:
        super().__init__("There is no such time zone; name one like America/Fortaleza, or an offset like -03:00.", param="tools")


class CurrentTime:
    """Tells date, time and weekday in a time zone; a request may name the user's with `timezone`."""

    name = "current_time"
    type = "prosa:current_time"
    idempotent = True
    description = "Tells the current date, time and weekday in a time zone."
    parameters = msgspec.Raw(_PARAMETERS)

    def check(self, options: Mapping[str, object]) -> None:
        """A `timezone` must be one. Raises UnknownTimeZone."""
        named = options.get("timezone")
        if named is not None and (not isinstance(named, str) or _zone(named) is None):
            raise UnknownTimeZone

    async def call(self, arguments: bytes, context: ToolContext) -> str:
        """The moment as ISO 8601 with its offset, the zone and the weekday. Raises ToolFailed."""
        try:
            asked = _DECODER.decode(arguments or b"{}").timezone
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise ToolFailed('the arguments must be an object like {"timezone": "America/Fortaleza"}.') from error
        name = asked or str(context.options.get("timezone") or "UTC")
        zone = _zone(name)
        if zone is None:
            raise ToolFailed("there is no such time zone; name one like America/Fortaleza, or an offset like -03:00.")
        moment = datetime.fromtimestamp(context.now, zone)
        return f"{moment.isoformat(timespec='seconds')} ({name}), {moment:%A}"


def _zone(name: str) -> tzinfo | None:
    if name in ("UTC", "Z"):
        return UTC  # known without the system's data
    if len(name) > _LONGEST:
        return None
    if name[:1] in ("+", "-"):
        return _offset(name)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # unknown, no name at all, a folder of the system's data
        return None


def _offset(text: str) -> tzinfo | None:
    digits = text[1:].replace(":", "")
    if len(digits) not in (2, 4) or not (digits.isascii() and digits.isdigit()):
        return None
    minutes = int(digits[:2]) * 60 + int(digits[2:] or "0")
    if minutes >= _DAY_MINUTES:
        return None
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))
