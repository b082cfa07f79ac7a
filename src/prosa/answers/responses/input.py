"""Input items in one form: what a client may send, read strictly, and written as the Responses API shows it.

Source: `openai.types.responses.ResponseInputItem`. A message without a type is one; a content that is a plain text becomes a part
(`input_text`, for the assistant's `output_text`); what another installation's hosted tools left behind is refused.
"""

from collections.abc import Callable, Sequence
from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from prosa.answers.responses.checking import checked
from prosa.answers.responses.content import (
    InputFile,
    InputImage,
    InputPart,
    InputText,
    OutputText,
    ReasoningText,
    Refusal,
    SummaryText,
    Text,
)
from prosa.answers.responses.errors import InvalidValue, MissingParameter, UnsupportedParameter
from prosa.answers.responses.items import TOOL_CALL
from prosa.answers.responses.request import ResponseRequest
from prosa.answers.responses.served import CallError, CallStatus

MOST_PARTS: Final = 2000

Id = Annotated[str, Meta(max_length=256)]
CallId = Annotated[str, Meta(min_length=1, max_length=256)]
Label = Annotated[str, Meta(min_length=1, max_length=64)]
ToolName = Annotated[str, Meta(min_length=1, max_length=128)]
Progress = Literal["in_progress", "completed", "incomplete"]
Caller = dict[str, object] | UnsetType | None


class _Probe(Struct):
    type: str | None = None
    role: str | None = None
    id: str | None = None


class _GivenMessage(Struct, forbid_unknown_fields=True):
    role: Literal["user", "system", "developer"]
    content: Text | Annotated[list[InputPart], Meta(max_length=MOST_PARTS)]
    type: Literal["message"] = "message"
    id: Id | None = None
    status: Progress | None = None
    phase: Literal["commentary", "final_answer"] | None = None


class _ReplayedText(Struct, tag="output_text", tag_field="type", forbid_unknown_fields=True):
    text: Text
    annotations: list[dict[str, object]] | None = None
    logprobs: list[Raw] | None = None  # taken, and not kept: they say nothing to a model


class _Replayed(Struct, forbid_unknown_fields=True):
    role: Literal["assistant"]
    content: Text | Annotated[list[_ReplayedText | Refusal], Meta(max_length=MOST_PARTS)]
    type: Literal["message"] = "message"
    id: Id | None = None
    status: Progress | None = None
    phase: Literal["commentary", "final_answer"] | None = None


class GivenMessage(Struct, tag="message", tag_field="type"):
    """A message of somebody but the model."""

    role: str
    content: list[InputPart]
    id: str | UnsetType = UNSET
    status: str = "completed"


class ReplayedMessage(Struct, tag="message", tag_field="type"):
    """A message of the model, given back."""

    role: str
    content: list[OutputText | Refusal]
    id: str | UnsetType = UNSET
    status: str = "completed"
    phase: str | UnsetType = UNSET


class GivenCall(Struct, tag="function_call", tag_field="type", forbid_unknown_fields=True):
    """A call of a function, given back."""

    call_id: CallId
    name: Annotated[str, Meta(min_length=1, max_length=128)]
    arguments: Text
    id: Id | UnsetType | None = UNSET
    status: Progress | None = "completed"
    namespace: str | UnsetType | None = UNSET
    caller: Caller = UNSET
    created_by: str | UnsetType | None = UNSET


class GivenOutput(Struct, tag="function_call_output", tag_field="type", forbid_unknown_fields=True):
    """What came of a call."""

    call_id: CallId
    output: Text | Annotated[list[InputPart], Meta(max_length=MOST_PARTS)]
    id: Id | UnsetType | None = UNSET
    status: Progress | None = "completed"
    name: str | UnsetType | None = UNSET
    namespace: str | UnsetType | None = UNSET
    caller: Caller = UNSET
    created_by: str | UnsetType | None = UNSET


class GivenReasoning(Struct, tag="reasoning", tag_field="type", forbid_unknown_fields=True):
    """Thoughts, given back."""

    summary: list[SummaryText] = msgspec.field(default_factory=list)
    id: Id | UnsetType | None = UNSET
    content: list[ReasoningText] | UnsetType | None = UNSET
    encrypted_content: Text | UnsetType | None = UNSET
    status: Progress | UnsetType | None = UNSET


class GivenToolCall(Struct, tag=TOOL_CALL, tag_field="type", forbid_unknown_fields=True):
    """A call of a tool of prosa's own, given back."""

    call_id: CallId
    name: Annotated[str, Meta(min_length=1, max_length=128)]
    arguments: Text
    output: Text | None = None
    id: Id | UnsetType | None = UNSET
    status: Literal["in_progress", "completed", "incomplete", "failed"] | None = "completed"


class GivenSearch(Struct, tag="file_search_call", tag_field="type", forbid_unknown_fields=True):
    """A search, given back; what it found is not told again."""

    queries: Annotated[list[Text], Meta(max_length=MOST_PARTS)] = msgspec.field(default_factory=list)
    results: list[dict[str, object]] | UnsetType | None = UNSET
    id: Id | UnsetType | None = UNSET
    status: Literal["in_progress", "searching", "completed", "incomplete", "failed"] | None = "completed"


class _GivenLogs(Struct, tag="logs", tag_field="type", forbid_unknown_fields=True):
    logs: Text


class _GivenImage(Struct, tag="image", tag_field="type", forbid_unknown_fields=True):
    url: Annotated[str, Meta(max_length=8192)]


class GivenCode(Struct, tag="code_interpreter_call", tag_field="type", forbid_unknown_fields=True):
    """Code that was run, given back."""

    code: Text | UnsetType | None = UNSET
    container_id: Annotated[str, Meta(max_length=256)] = ""
    outputs: Annotated[list[_GivenLogs | _GivenImage], Meta(max_length=MOST_PARTS)] | UnsetType | None = UNSET
    id: Id | UnsetType | None = UNSET
    status: Literal["in_progress", "interpreting", "completed", "incomplete", "failed"] | None = "completed"


class _GivenTool(Struct, forbid_unknown_fields=True):
    name: ToolName
    input_schema: dict[str, Raw]
    description: Text | UnsetType | None = UNSET
    annotations: dict[str, Raw] | UnsetType | None = UNSET


class GivenList(Struct, tag="mcp_list_tools", tag_field="type", forbid_unknown_fields=True):
    """What a tool server offers, given back."""

    server_label: Label
    tools: Annotated[list[_GivenTool], Meta(max_length=128)]
    error: Text | UnsetType | None = UNSET
    id: Id | UnsetType | None = UNSET


class GivenServed(Struct, tag="mcp_call", tag_field="type", forbid_unknown_fields=True):
    """A call of a tool of a server, given back."""

    server_label: Label
    name: ToolName
    arguments: Text
    output: Text | None = None
    error: CallError | UnsetType | None = UNSET
    approval_request_id: Id | UnsetType | None = UNSET
    id: Id | UnsetType | None = UNSET
    status: CallStatus | None = "completed"


class GivenRequest(Struct, tag="mcp_approval_request", tag_field="type", forbid_unknown_fields=True):
    """A call that somebody has to approve, given back."""

    id: Id
    server_label: Label
    name: ToolName
    arguments: Text


class GivenApproval(Struct, tag="mcp_approval_response", tag_field="type", forbid_unknown_fields=True):
    """What somebody says to such a call."""

    approval_request_id: Id
    approve: bool
    reason: Annotated[str, Meta(max_length=2000)] | UnsetType | None = UNSET
    id: Id | UnsetType | None = UNSET


class GivenCompaction(Struct, tag="compaction", tag_field="type", forbid_unknown_fields=True):
    """A conversation that was made shorter, given back as it was given out."""

    encrypted_content: Text
    id: Id | UnsetType | None = UNSET
    created_by: str | UnsetType | None = UNSET


class ItemReference(Struct, tag="item_reference", tag_field="type", forbid_unknown_fields=True):
    """An item that is stored already."""

    id: Annotated[str, Meta(min_length=1, max_length=256)]


_probe: Final = msgspec.json.Decoder(_Probe)
_given: Final = msgspec.json.Decoder(_GivenMessage)
_replayed: Final = msgspec.json.Decoder(_Replayed)
_encode: Final = msgspec.json.Encoder().encode
_SHAPES: Final = {
    shape.__struct_config__.tag: msgspec.json.Decoder(shape)
    for shape in (
        *(GivenCall, GivenOutput, GivenReasoning, GivenToolCall, GivenSearch, GivenCode, GivenCompaction, ItemReference),
        *(GivenList, GivenServed, GivenRequest, GivenApproval),
    )
}


def input_items(request: ResponseRequest) -> list[bytes]:
    """The request's input in one form, each item one line of JSON; a plain text is the user's message.

    Raises BadRequest with `param` such as `input[0].content[1].type`. Ids that the client sent are kept where it sent them, and
    an `item_reference` stays one.
    """
    if request.input is None:
        return []
    if isinstance(request.input, str):
        return [_encode(GivenMessage("user", [InputText(request.input)]))]
    return [normal_item(raw, f"input[{index}]") for index, raw in enumerate(request.input)]


def normal_items(raws: Sequence[Raw], field: str = "items") -> list[bytes]:
    """The same for the items of a conversation. Raises BadRequest."""
    return [normal_item(raw, f"{field}[{index}]") for index, raw in enumerate(raws)]


def normal_item(raw: Raw | bytes, place: str) -> bytes:
    """One item in its normal form. Raises BadRequest naming the field below `place`."""
    probe = checked(_probe, raw, place)
    type = probe.type or ("message" if probe.role is not None else "item_reference" if probe.id is not None else None)
    if type is None:
        raise MissingParameter(f"{place}.type")
    if type == "message":
        return _message(raw, place, probe.role)
    shape = _SHAPES.get(type)
    if shape is None:
        names = ", ".join(f"'{name}'" for name in ("message", *_SHAPES))
        raise InvalidValue(f"{place}.type", f"one of {names}, but got '{type[:64]}'")
    if probe.type is None:
        return _encode(ItemReference(probe.id or ""))
    item = checked(shape, raw, place)
    if isinstance(item, GivenOutput) and not isinstance(item.output, str):
        _check_parts(item.output, f"{place}.output")
    return _encode(_without_nulls(item))


def _message(raw: Raw | bytes, place: str, role: str | None) -> bytes:
    if role == "assistant":
        said = checked(_replayed, raw, place)
        parts = [_ReplayedText(said.content)] if isinstance(said.content, str) else said.content
        kept = [part if isinstance(part, Refusal) else _text(part) for part in parts]
        return _encode(ReplayedMessage("assistant", kept, said.id or UNSET, said.status or "completed", said.phase or UNSET))
    given = checked(_given, raw, place)
    content: list[InputPart] = [InputText(given.content)] if isinstance(given.content, str) else given.content
    _check_parts(content, f"{place}.content")
    return _encode(GivenMessage(given.role, content, given.id or UNSET, given.status or "completed"))


def _text(part: _ReplayedText) -> OutputText:
    return OutputText(part.text, [Raw(_encode(annotation)) for annotation in part.annotations or ()])


def _check_parts(parts: Sequence[InputPart], place: str) -> None:
    for index, part in enumerate(parts):
        check = _CHECKS.get(type(part))
        if check is not None:
            check(part, f"{place}[{index}]")


def _check_image(part: InputImage, place: str) -> None:
    part.detail = part.detail or "auto"
    if bool(part.image_url) == bool(part.file_id):
        raise (
            MissingParameter(f"{place}.image_url")
            if not part.image_url
            else InvalidValue(place, "'image_url' or 'file_id', not both")
        )
    if part.image_url and not part.image_url.startswith(("https://", "http://", "data:image/")):
        raise InvalidValue(f"{place}.image_url", "an https address or a data: URL of an image")


def _check_file(part: InputFile, place: str) -> None:
    if part.file_url:
        raise UnsupportedParameter(
            f"{place}.file_url", "Send the file's content as 'file_data', or upload it and send 'file_id'."
        )
    if bool(part.file_data) == bool(part.file_id):
        raise (
            MissingParameter(f"{place}.file_data")
            if not part.file_data
            else InvalidValue(place, "'file_data' or 'file_id', not both")
        )


_CHECKS: Final[dict[type, Callable[..., None]]] = {InputImage: _check_image, InputFile: _check_file}


def _without_nulls(item: Struct) -> Struct:
    """Null says the same as absence, and OpenAI's own types don't let every field be null."""
    for name in item.__struct_fields__:
        if getattr(item, name) is None and name != "output":
            setattr(item, name, "completed" if name == "status" and not isinstance(item, GivenReasoning) else UNSET)
    return item
