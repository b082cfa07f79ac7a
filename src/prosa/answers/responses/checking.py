"""Reading JSON against a shape: bounded in depth, with faults that name the field in OpenAI's dotted form.

OpenAI's API names a fault's place as `input[0].content[1].type`, and its codes are `unknown_parameter`,
`missing_required_parameter`, `invalid_type` and `invalid_value`.
"""

import math
import re
from array import array
from itertools import accumulate
from typing import Final, TypeVar

import msgspec

from prosa.answers.responses.errors import InvalidType, InvalidValue, MissingParameter, UnknownParameter
from prosa.kit.errors import BadRequest

Shape = TypeVar("Shape")

MOST_DEPTH: Final = 128  # as at the edge
_MOST_STRUCTURE: Final = 1_000_000  # brackets, braces and commas outside of texts
# A text that never ends is taken to the end, so that no second look begins within it: one pass, whatever the body.
_TEXTS: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_NUMBERS: Final = re.compile(_TEXTS.pattern + rb"|-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?", re.DOTALL)
_LONGEST_NUMBER: Final = 400  # characters
_OTHER: Final = bytes(code for code in range(256) if code not in b"[]{},")
_STEPS: Final = bytes({**dict.fromkeys(range(256), 0), **dict.fromkeys(b"[{", 1), **dict.fromkeys(b"]}", 255)}.values())

_PLACE: Final = re.compile(r" - at (?:`key` in )?`\$([^`]*)`$")
_UNKNOWN: Final = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)
_MISSING: Final = re.compile(r"Object missing required field `(.*)`")
_WRONG_KIND: Final = re.compile(r"Expected `([^`]+)`(?:, got `([^`]+)`)?$")
_BOUND: Final = re.compile(r"Expected `([^`]+)` (.+)$")
_KINDS: Final = {
    "str": "a string",
    "int": "an integer",
    "float": "a number",
    "bool": "a boolean",
    "array": "an array",
    "object": "an object",
}


def check_depth(raw: bytes) -> None:
    """Raises BadRequest for JSON nested more than 128 levels deep, or of more than a million values; linear, cheap for most."""
    if raw.count(b"[") + raw.count(b"{") <= MOST_DEPTH and raw.count(b",") <= _MOST_STRUCTURE:
        return
    structure = _TEXTS.sub(b"", raw).translate(None, _OTHER)
    if len(structure) > _MOST_STRUCTURE:
        raise BadRequest("The request body holds too many values.")
    if max(accumulate(array("b", structure.translate(_STEPS))), default=0) > MOST_DEPTH:
        raise BadRequest(f"The request body is nested more than {MOST_DEPTH} levels deep.")


def checked(decoder: "msgspec.json.Decoder[Shape]", raw: msgspec.Raw | bytes, place: str = "") -> Shape:
    """The value in its shape. Raises BadRequest (UnknownParameter, MissingParameter, InvalidType, InvalidValue) naming the field
    below `place`."""
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError as error:
        message = str(error)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise BadRequest("The request body is not valid JSON.", param=place or None) from None
    except RecursionError:
        raise BadRequest("The request body is nested too deeply.", param=place or None) from None
    if "out of range" in message:
        # It was refused before its field was looked at: what that wants is said of the next number that can be read.
        lesser = _NUMBERS.sub(_lesser, bytes(raw))
        if lesser != bytes(raw):
            checked(decoder, lesser, place)
    raise fault(message, place)


def fault(message: str, place: str = "") -> BadRequest:
    """OpenAI's fault for what msgspec says of a value."""
    found = _PLACE.search(message)
    what = message[: found.start()] if found else message
    param = joined(place, found.group(1) if found else "")
    if match := _UNKNOWN.match(what):
        return UnknownParameter(joined(param, "." + match.group(1)[:64]))
    if match := _MISSING.match(what):
        return MissingParameter(joined(param, "." + match.group(1)))
    if match := _WRONG_KIND.match(what):
        return InvalidType(
            param or None, _kind(match.group(1)) + (f", but got {_kind(match.group(2))}" if match.group(2) else "")
        )
    if match := _BOUND.match(what):
        return InvalidValue(param or None, f"{_kind(match.group(1))} {match.group(2)}")
    if what.startswith("Invalid "):  # value or enum value
        return InvalidValue(param or None, f"one of those that the API names; {what[0].lower()}{what[1:120]}")
    if what.endswith("out of range"):
        return InvalidValue(param or None, "a number of at most 64 bits")
    return InvalidValue(param or None, what[:120])


def _lesser(found: re.Match[bytes]) -> bytes:
    """A number that can be read in the place of one that can't; all else stays."""
    text = found.group()
    if text.startswith(b'"') or (len(text) <= _LONGEST_NUMBER and math.isfinite(float(text))):
        return text
    sign = b"-" if text.startswith(b"-") else b""
    return sign + (b"9" * 15 if text.removeprefix(b"-").isdigit() else b"1e308")


def joined(place: str, path: str) -> str:
    """A path below a place: `input[0]` and `.content[1]`."""
    return (place + path).removeprefix(".").replace("[...]", "")


def _kind(words: str) -> str:
    return " or ".join(_KINDS.get(word, word) for word in words.split(" | "))
