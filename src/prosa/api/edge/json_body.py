"""Reading a JSON body's top level without building what is inside: bounded in depth and number before anything is made of it."""

import re
from array import array
from itertools import accumulate

import msgspec

from prosa.api.edge.settings import EdgeSettings
from prosa.kit.errors import BadRequest

Fields = dict[str, msgspec.Raw]

_FIELDS = msgspec.json.Decoder(Fields)
_ITEMS = msgspec.json.Decoder(list[msgspec.Raw])
_MOST_VALUES = 500_000  # brackets and commas outside of strings: what a later parser would pay for
# A text without an end matches to the body's end: looked for anew at each of its quotes, it would cost time by the square.
_STRINGS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_NOT_STRUCTURE = bytes(code for code in range(256) if code not in b"[]{},")
_STEPS = bytes({**dict.fromkeys(range(256), 0), **dict.fromkeys(b"[{", 1), **dict.fromkeys(b"]}", 255)}.values())


def read_fields(raw: bytes, settings: EdgeSettings) -> Fields:
    """The top level of a JSON object, each value still raw. Of a repeated name the last counts.

    Raises BadRequest for what is no JSON object in UTF-8, holds half characters (lone surrogates), or is nested more deeply than
    `settings.json_depth`. Numbers of any size pass: they are text here.
    """
    _check_bounds(raw, settings.json_depth)
    try:
        if not raw.isascii():
            raw.decode()
        return _FIELDS.decode(raw)
    except UnicodeDecodeError as error:
        raise BadRequest("The request body is not UTF-8.") from error
    except msgspec.ValidationError as error:
        raise BadRequest("The request body must be a JSON object.") from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadRequest("The request body is not valid JSON.") from error


def count_items(raw: msgspec.Raw) -> int:
    """How many items an array has; -1 for a value that is no array."""
    try:
        return len(_ITEMS.decode(raw))
    except msgspec.DecodeError:
        return -1


def _check_bounds(raw: bytes, most_depth: int) -> None:
    """Cheap for what people send: only a body with many brackets or commas is looked at more closely, in linear time."""
    brackets = raw.count(b"[") + raw.count(b"{")
    if brackets <= most_depth and raw.count(b",") <= _MOST_VALUES:
        return
    structure = _STRINGS.sub(b"", raw).translate(None, _NOT_STRUCTURE)
    if len(structure) > 2 * _MOST_VALUES:
        raise BadRequest("The request body holds too many values.")
    steps = array("b", structure.translate(_STEPS))
    if max(accumulate(steps), default=0) > most_depth:
        raise BadRequest(f"The request body is nested more than {most_depth} levels deep.")
