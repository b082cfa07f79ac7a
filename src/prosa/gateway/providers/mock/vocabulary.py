"""The one vocabulary of directives, `mock` fields and script files, checked in one place."""

import difflib
import re
from collections.abc import Mapping
from typing import Annotated, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from prosa.gateway.providers.mock.errors import WrongDirection

Seconds = Annotated[float, Meta(ge=0, le=86_400)]
Count = Annotated[int, Meta(ge=0, le=1_000_000)]
Positive = Annotated[int, Meta(ge=1, le=1_000_000)]
Bytes = Annotated[int, Meta(ge=0, le=256 * 1024 * 1024)]
Status = Annotated[int, Meta(ge=200, le=599)]
Moment = Annotated[int, Meta(ge=0, le=4_102_444_800)]  # seconds since 1970
HeaderText = Annotated[str, Meta(pattern=r"^[\t\x20-\x7e]*$", max_length=4096)]
HeaderName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9-]+$", max_length=100)]

MOST_CHARACTERS = 64 * 1024 * 1024  # of one answer's text


class ScriptedCall(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A tool call that the script spells out; arguments as an object, or as text to be sent as it is."""

    name: str
    arguments: dict[str, object] | str | None = None


class Directions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything that the mock can be told. Times in seconds; `…_after` counts the stream's events."""

    # What it says.
    text: str | None = None
    echo: bool = False
    json: object = msgspec.UNSET
    repeat: Positive = 1
    huge: Bytes = 0
    reasoning: str | None = None
    reasoning_as: Literal["reasoning_content", "reasoning", "think"] = "reasoning_content"
    refusal: str | None = None
    tools: str | None = None
    tool_calls: list[ScriptedCall] | None = None
    rounds: Count = 1
    max_tokens: Count | None = None
    finish_reason: str | None = None
    usage: Literal["right", "missing", "null", "zero", "wrong", "negative", "always", "every"] | dict[str, int] = "right"
    report_model: str | None = None
    created: Moment | Literal["now"] = 1_735_689_600

    # How fast, and in which pieces.
    speed: Annotated[float, Meta(gt=0, le=1_000_000)] | None = None
    chunk: Positive | None = None
    delay: Seconds = 0.0
    pieces: Positive = 8
    split: Positive | None = None
    split_delay: Seconds = 0.0

    # HTTP errors.
    status: Status | None = None
    error: str | None = None
    error_code: str | None = None
    error_shape: Literal["openai", "string", "detail", "list", "message"] = "openai"
    retry_after: Seconds | None = None
    retry_after_form: Literal["seconds", "date", "ms"] = "seconds"
    leak: bool = False
    headers: dict[HeaderName, HeaderText] = {}
    body: str | None = None
    content_type: HeaderText | None = None
    instead: Literal["html", "garbage", "error", "empty", "truncated", "null_body"] | None = None

    # The connection.
    refuse: bool = False
    drop: bool = False
    first_byte: Seconds = 0.0
    stall: Seconds = 0.0
    stall_after: Count = 3
    cut_after: Bytes | None = None
    close: bool = False

    # The stream.
    error_after: Count | None = None
    garbage_after: Count | None = None
    duplicate: Positive | None = None
    swap: Positive | None = None
    wrong_index: bool = False
    done: bool = True
    framing: Literal["lf", "crlf", "cr"] = "lf"
    space: bool = True
    sse_fields: bool = False
    comments: Count = 0
    bom: bool = False

    # When.
    fail_first: Count | None = None
    key: Annotated[str, Meta(max_length=200)] | None = None


WORDS = Directions.__struct_fields__
_KINDS = get_type_hints(Directions)
_TEXTS = frozenset(name for name, kind in _KINDS.items() if kind is str or str in get_args(kind)) | {
    "key",
    "content_type",
    "json",
}
_LITERAL = re.compile(r"true|false|-?(0|[1-9]\d{0,15})(\.\d{1,15})?")

# Words that `fail_first` takes away once its calls are used up.
_FAULT_WORDS = """
status error error_code error_shape retry_after retry_after_form leak headers body content_type instead refuse drop first_byte
stall stall_after cut_after close error_after garbage_after duplicate swap wrong_index done finish_reason usage
"""
FAULTS = frozenset(_FAULT_WORDS.split())

# Words whose text the mock finds itself when they stand alone: `[[mock reasoning]]`.
ALONE = frozenset({"reasoning", "refusal", "tools"})

_FRAMING_HEADERS = frozenset({"content-length", "transfer-encoding", "connection", "content-type"})


def check(words: Mapping[str, object], where: str) -> Directions:
    """Read words into directions; numbers may come as text. `where` names the source in the message of WrongDirection."""
    try:
        directions = msgspec.convert({name: _typed(name, value) for name, value in words.items()}, Directions)
    except msgspec.ValidationError as error:
        raise WrongDirection(f"{where}: {error}. {_known(str(error))}.", param="mock") from None
    _check_together(directions, where)
    return directions


def _typed(name: str, value: object) -> object:
    """A word's value as its kind wants it: a bare 50 of a directive is text there and a number here."""
    if value is True and name in ALONE:
        return "auto"
    if isinstance(value, str) and name not in _TEXTS and _LITERAL.fullmatch(value):
        return msgspec.json.decode(value)
    return value


def _known(complaint: str) -> str:
    """What would have been right: the values of the word at fault where there are only a few, else all words."""
    word = complaint.partition("`$.")[2].partition("`")[0].partition(".")[0].partition("[")[0]
    if word not in WORDS:
        unknown = complaint.partition("unknown field `")[2].partition("`")[0]
        near = difflib.get_close_matches(unknown, WORDS, n=1)
        return (f"Did you mean {near[0]}? " if near else "") + "Known words: " + ", ".join(WORDS)
    values = [
        str(value) for kind in (_KINDS[word], *get_args(_KINDS[word])) if get_origin(kind) is Literal for value in get_args(kind)
    ]
    return f"{word} may be {', '.join(values)}" if values else f"See the guide of the mock for {word}"


def _check_together(directions: Directions, where: str) -> None:
    taken = _FRAMING_HEADERS.intersection(name.lower() for name in directions.headers)
    if taken:
        raise WrongDirection(
            f"{where}: headers can't set {', '.join(sorted(taken))}; use content_type, cut_after or close.", param="mock"
        )
    if len(directions.text or "") * directions.repeat > MOST_CHARACTERS:
        raise WrongDirection(f"{where}: text times repeat is over {MOST_CHARACTERS} characters.", param="mock")


def without_faults(words: Mapping[str, object]) -> dict[str, object]:
    """The same words as they stand once the first calls have failed."""
    return {name: value for name, value in words.items() if name not in FAULTS}
