"""What a model says, thinks and calls: the items of a response's output, while they grow and after.

Source: `openai.types.responses.ResponseOutputItem`. A call of one of prosa's own tools is an item `prosa:tool_call`, since Open
Responses wants each hosted tool's calls as items whose type begins with the implementor's name ("Extending tools").
"""

from typing import Final, Literal

import msgspec
from msgspec import UNSET, Struct, UnsetType

from prosa.answers.responses.content import OutputPart, ReasoningText, SummaryText
from prosa.answers.responses.served import ApprovalRequest, ServedCall, ToolList
from prosa.conversations import prefix_of

Progress = Literal["in_progress", "completed", "incomplete"]
TOOL_CALL: Final = "prosa:tool_call"


class Message(Struct, tag="message", tag_field="type"):
    """An answer, or a part of it."""

    id: str
    status: Progress = "in_progress"
    role: Literal["assistant"] = "assistant"
    content: list[OutputPart] = msgspec.field(default_factory=list)


class Reasoning(Struct, tag="reasoning", tag_field="type"):
    """Thoughts. `encrypted_content` holds what a provider wants back untouched with the next request."""

    id: str
    summary: list[SummaryText] = msgspec.field(default_factory=list)
    content: list[ReasoningText] = msgspec.field(default_factory=list)
    encrypted_content: str | UnsetType = UNSET
    status: Progress = "in_progress"


class FunctionCall(Struct, tag="function_call", tag_field="type"):
    """A call of a function that the client has to run."""

    id: str
    call_id: str
    name: str
    arguments: str = ""
    status: Progress = "in_progress"


class ToolCall(Struct, tag=TOOL_CALL, tag_field="type"):
    """A call of one of prosa's own tools, with what came of it. `output` is null until then."""

    id: str
    call_id: str
    name: str
    arguments: str = ""
    output: str | None = None
    status: Literal["in_progress", "completed", "incomplete", "failed"] = "in_progress"


class FunctionOutput(Struct, tag="function_call_output", tag_field="type"):
    """What the client's function gave, where the response waited for it instead of ending."""

    id: str
    call_id: str
    output: str
    status: Progress = "completed"


class Place(Struct, omit_defaults=True):
    """Where in a document a passage stands: characters of its text, a page from 1 on, the headings above."""

    start: int
    end: int
    page: int | None = None
    heading: list[str] = []


class SearchResult(Struct):
    """A passage that a search found; `score` from 0 to 1. `prosa` is our own: where it stands in the document."""

    file_id: str
    filename: str
    score: float
    text: str
    attributes: dict[str, str | float | bool] = {}
    prosa: Place | UnsetType = UNSET


class FileSearchCall(Struct, tag="file_search_call", tag_field="type"):
    """A search in vector stores. `results` are null where the request doesn't ask for them."""

    id: str
    queries: list[str] = msgspec.field(default_factory=list)
    status: Literal["in_progress", "searching", "completed", "incomplete", "failed"] = "in_progress"
    results: list[SearchResult] | None = None


class CodeLogs(Struct, tag="logs", tag_field="type"):
    """What code printed."""

    logs: str


class CodeImage(Struct, tag="image", tag_field="type"):
    """What code drew, by its address."""

    url: str


class CodeCall(Struct, tag="code_interpreter_call", tag_field="type"):
    """Code that is run. `outputs` are null where the request doesn't ask for them."""

    id: str
    container_id: str = ""
    code: str | None = None
    outputs: list[CodeLogs | CodeImage] | None = None
    status: Literal["in_progress", "interpreting", "completed", "incomplete", "failed"] = "in_progress"


HostedCall = FileSearchCall | CodeCall
OwnCall = ToolCall | FileSearchCall | CodeCall | ServedCall
OutputItem = (
    Message
    | Reasoning
    | FunctionCall
    | FunctionOutput
    | ToolCall
    | FileSearchCall
    | CodeCall
    | ToolList
    | ServedCall
    | ApprovalRequest
)

_encode: Final = msgspec.json.Encoder().encode
_fields: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def shown_id(type: str, bare: str) -> str:
    """An item's id as it is shown: `msg_…`, `fc_…`."""
    return prefix_of(type) + bare


def stored_form(item: OutputItem) -> tuple[str, str, bytes]:
    """Id without its prefix, type, and JSON without the id: how `prosa.conversations.Item` keeps it."""
    fields = _fields(_encode(item))
    shown = item.id
    del fields["id"]
    return shown[shown.rfind("_") + 1 :], str(item.__struct_config__.tag), _encode(fields)
