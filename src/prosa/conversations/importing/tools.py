"""Calls of tools as items of a file: sound ones are kept to be read, and none of them opens or asks for anything."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from prosa.conversations.margins import MARGIN, Margin
from prosa.conversations.models import prefix_of, stored_id

REQUEST: Final = "mcp_approval_request"
LIST: Final = "mcp_list_tools"
NAMED: Final = "approval_request_id"
"""The member by which a call, or somebody's word, names a request."""
NOBODYS: Final = "imported"
"""Stands in the margin of a list of tools for the server that told it: no server has such a key, so no model is told by it."""


class _Tool(msgspec.Struct):
    name: str
    input_schema: dict[str, Any]
    description: str | None = None
    annotations: dict[str, Any] | None = None


class _List(msgspec.Struct):
    server_label: str
    tools: list[_Tool]
    error: str | None = None


class _Request(msgspec.Struct):
    server_label: str
    name: str
    arguments: str


class _Protocol(msgspec.Struct, tag="mcp_protocol_error", tag_field="type"):
    code: int
    message: str


class _Execution(msgspec.Struct, tag="mcp_tool_execution_error", tag_field="type"):
    content: object


class _Http(msgspec.Struct, tag="http_error", tag_field="type"):
    code: int
    message: str


class _Called(msgspec.Struct):
    server_label: str
    name: str
    arguments: str
    output: str | None = None
    error: _Protocol | _Execution | _Http | None = None
    approval_request_id: str | None = None
    status: str | None = None


class _Response(msgspec.Struct):
    approval_request_id: str
    approve: bool
    reason: str | None = None


class _Found(msgspec.Struct):
    file_id: str = ""
    filename: str = ""
    score: float = 0.0
    text: str = ""


class _Search(msgspec.Struct):
    queries: list[str] = []
    results: list[_Found] | None = None
    status: str | None = None


class _Logs(msgspec.Struct, tag="logs", tag_field="type"):
    logs: str


class _Image(msgspec.Struct, tag="image", tag_field="type"):
    url: str


class _Code(msgspec.Struct):
    code: str | None = None
    container_id: str | None = None
    outputs: list[_Logs | _Image] | None = None
    status: str | None = None


SHAPES: Final[dict[str, type[msgspec.Struct]]] = {
    LIST: _List,
    "mcp_call": _Called,
    REQUEST: _Request,
    "mcp_approval_response": _Response,
    "file_search_call": _Search,
    "code_interpreter_call": _Code,
}
"""Types of items, and what has to stand in one so that it can be shown and told."""


def is_sound(kind: str, item: dict[str, Any]) -> bool:
    """Whether an item of a tool is in the form of its type; one of another type is."""
    if kind not in SHAPES:
        return True
    try:
        msgspec.convert(item, SHAPES[kind])
    except msgspec.ValidationError:
        return False
    return True


def disown(kind: str, item: dict[str, Any]) -> None:
    """Leave of an item's margin what may stand there, and let a list of tools be nobody's."""
    margin = _margin(item.pop(MARGIN, None))
    if kind == LIST:
        margin = {"server": NOBODYS}
    if margin:
        item[MARGIN] = margin


def _margin(told: object) -> dict[str, Any]:
    try:
        margin = msgspec.convert(told or {}, Margin)
    except msgspec.ValidationError:
        return {}
    kept: dict[str, Any] = msgspec.to_builtins(msgspec.structs.replace(margin, server=None))
    return kept


def renamed(item: dict[str, Any], here: Callable[[str], str]) -> dict[str, Any]:
    """The item with the request that it names as that is named here. `here`: what an id of the file becomes, whether anything has
    it or not, so that nothing from elsewhere is named."""
    named = item.get(NAMED)
    if not isinstance(named, str):
        return item
    return item | {NAMED: prefix_of(REQUEST) + here(stored_id(named) or named)}
