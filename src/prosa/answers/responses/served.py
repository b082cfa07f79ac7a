"""Tools of other servers, over the Model Context Protocol, as the Responses API tells of them.

Source: `openai.types.responses.response_output_item` (McpListTools, McpCall, McpApprovalRequest) and `mcp_tool_call_error`. A
list and a request have no status there; whether they are whole is known beside them, by `Said`.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import Final, Literal

import msgspec
from msgspec import Raw, Struct

LONGEST_NAME: Final = 64  # of a function, as providers take it
_DIGITS: Final = 8
_OTHER: Final = re.compile(r"[^a-zA-Z0-9_-]")
CallStatus = Literal["in_progress", "calling", "completed", "incomplete", "failed"]


class ListedTool(Struct):
    """A tool as its server describes it: words of a stranger."""

    name: str
    input_schema: Raw
    description: str | None = None
    annotations: Raw = Raw(b"null")


class ToolList(Struct, tag="mcp_list_tools", tag_field="type"):
    """What a server offers. `error`: why it couldn't be asked."""

    id: str
    server_label: str
    tools: list[ListedTool] = msgspec.field(default_factory=list)
    error: str | None = None

    @property
    def status(self) -> CallStatus:
        """It isn't told."""
        return "completed"


class ProtocolError(Struct, tag="mcp_protocol_error", tag_field="type"):
    """The server refused the call in the protocol's own words."""

    code: int
    message: str


class ExecutionError(Struct, tag="mcp_tool_execution_error", tag_field="type"):
    """The tool says that it could not, or it was not called."""

    content: object


class HttpError(Struct, tag="http_error", tag_field="type"):
    """The server could not be reached, or answered something else."""

    code: int
    message: str


CallError = ProtocolError | ExecutionError | HttpError


class ServedCall(Struct, tag="mcp_call", tag_field="type"):
    """A call of a tool of another server."""

    id: str
    server_label: str
    name: str
    arguments: str = ""
    approval_request_id: str | None = None
    output: str | None = None
    error: CallError | None = None
    status: CallStatus = "in_progress"


class ApprovalRequest(Struct, tag="mcp_approval_request", tag_field="type"):
    """A call that somebody has to approve before it is made."""

    id: str
    server_label: str
    name: str
    arguments: str = ""

    @property
    def status(self) -> CallStatus:
        """It isn't told."""
        return "completed"


Statusless = ToolList | ApprovalRequest
"""Items that don't say whether they are whole."""


@dataclass(frozen=True, slots=True)
class ServedName:
    """What a function is that a model may call: a tool of a server. `asks`: it is called once somebody has approved."""

    label: str
    name: str
    asks: bool = False


def tool_key(label: str, name: str | None = None) -> str:
    """The name by which the server knows a tool among all of its own, or all tools of one label; no function has such a one."""
    return f"mcp:{label}" if name is None else f"mcp:{label}:{name}"


def function_name(label: str, name: str) -> str:
    """The function by which a model knows the tool: always the same, at most 64 characters that every provider takes."""
    plain = f"{label}__{name}"
    known = _OTHER.sub("_", plain)
    return known if known == plain and len(known) <= LONGEST_NAME else marked_name(label, name)


def marked_name(label: str, name: str) -> str:
    """The same with a mark, for where the plain one can't be, or is somebody else's."""
    mark = hashlib.sha256(f"{label}\0{name}".encode()).hexdigest()[:_DIGITS]
    return _OTHER.sub("_", f"{label}__{name}")[: LONGEST_NAME - _DIGITS - 1] + "_" + mark


def text_error(text: str) -> ExecutionError:
    """A failure in words alone."""
    return ExecutionError([{"type": "text", "text": text}])


def text_of(error: CallError) -> str:
    """A failure in words."""
    if not isinstance(error, ExecutionError):
        return error.message
    parts = error.content if isinstance(error.content, list) else [error.content]
    texts = [part.get("text") if isinstance(part, dict) else part for part in parts]
    return "\n".join(text for text in texts if isinstance(text, str)) or "The tool failed."


def cut_call(item: ApprovalRequest, status: CallStatus, error: CallError | None = None) -> ServedCall:
    """A request that nobody is asked: its call, which isn't made."""
    bare = item.id[item.id.rfind("_") + 1 :]
    return ServedCall("mcp_" + bare, item.server_label, item.name, item.arguments, error=error, status=status)
