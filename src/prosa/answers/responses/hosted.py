"""Calls of tools for which the Responses API has items of their own: what stands beside such an item, what the model hears of it.

The item shows neither the name of the function nor its arguments as the model wrote them, and what came of it only where the
request asks for that; all three stand in events of prosa's own.
"""

from typing import Final

import msgspec
from msgspec import Raw, Struct

from prosa.answers.responses.items import CodeCall, FileSearchCall, HostedCall, Place, ToolCall

NAMES: Final[dict[str, str]] = {"file_search_call": "file_search", "code_interpreter_call": "code_interpreter"}
"""The function by which a model calls for such an item: it is called as the tool's type is."""
ITEMS: Final = {name: kind for kind, name in NAMES.items()}
"""And the item's type by the tool's."""


class Source(Struct, omit_defaults=True):
    """A passage that the model may cite by its mark (`4:0`)."""

    mark: str
    file_id: str
    filename: str
    place: Place | None = None


class Citation(Struct, tag="file_citation", tag_field="type"):
    """OpenAI's annotation; `index`: where in the text it stands. `prosa` is our own: the place in the document."""

    file_id: str
    filename: str
    index: int
    prosa: Place | msgspec.UnsetType = msgspec.UNSET


class Arguments:
    """What the model wrote, while it grows: not told as it comes."""

    __slots__ = ("arguments",)

    def __init__(self) -> None:
        self.arguments = ""


class Hosted:
    """What stands beside a hosted call: its arguments, and what the model was told."""

    __slots__ = ("arguments", "output")

    def __init__(self) -> None:
        self.arguments = ""
        self.output: str | None = None


class _Search(Struct):
    queries: list[str] | None = None
    query: str | None = None


class _Code(Struct):
    code: str | None = None


_search: Final = msgspec.json.Decoder(_Search).decode
_code: Final = msgspec.json.Decoder(_Code).decode
_encode: Final = msgspec.json.Encoder().encode


def queries_of(arguments: str | bytes) -> list[str]:
    """What is searched for; nothing where the model wrote something else."""
    try:
        found = _search(arguments)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return []
    asked = found.queries if found.queries is not None else [found.query or ""]
    return [query for query in asked if query.strip()]


def code_of(arguments: str) -> str:
    """The code; what is no object is taken for code itself, as some models write it."""
    try:
        return _code(arguments).code or ""
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return arguments


def filled(item: HostedCall, arguments: str) -> None:
    """Put into the item what the model asks for."""
    if isinstance(item, FileSearchCall):
        item.queries = queries_of(arguments)
    else:
        item.code = code_of(arguments)


def told_call(item: HostedCall, beside: Hosted | None) -> ToolCall:
    """The call as any of our own tools', which is how the tool gets it, and the model hears of it."""
    kind = str(item.__struct_config__.tag)
    arguments = beside.arguments if beside is not None else ""
    if not arguments:
        asked = {"code": item.code or ""} if isinstance(item, CodeCall) else {"queries": item.queries}
        arguments = _encode(asked).decode()
    call_id = "call_" + item.id[item.id.rfind("_") + 1 :]
    output = beside.output if beside is not None else None
    status = item.status if item.status in ("in_progress", "completed", "incomplete", "failed") else "in_progress"
    return ToolCall(item.id, call_id, NAMES[kind], arguments, output, status)


def citation(source: Source, index: int) -> Raw:
    """The annotation for a source that is cited at this place of the text."""
    place = source.place if source.place is not None else msgspec.UNSET
    return Raw(_encode(Citation(source.file_id, source.filename, index, place)))
