"""What a message or a step grows by, as the Assistants API streams it.

Source: `openai.types.beta.threads.message_delta_event`, `openai.types.beta.threads.runs.run_step_delta_event` of the official
SDK, whose stream helpers add deltas up by the `index` of what grows.
"""

from typing import Final, Literal

from msgspec import UNSET, Raw, Struct, UnsetType

from prosa.answers.assisting.citing import Annotation, CitedFile, FileCitation
from prosa.answers.assisting.steps import Call, CodeCall, FunctionCall, Step


class _Text(Struct):
    value: str | UnsetType = UNSET
    annotations: "list[_Citation | _Path] | UnsetType" = UNSET


class _Citation(Struct, tag="file_citation", tag_field="type"):
    index: int
    text: str
    start_index: int
    end_index: int
    file_citation: CitedFile


class _Path(Struct, tag="file_path", tag_field="type"):
    index: int
    text: str
    start_index: int
    end_index: int
    file_path: CitedFile


class _TextBlock(Struct, tag="text", tag_field="type"):
    index: int
    text: _Text


class _RefusalBlock(Struct, tag="refusal", tag_field="type"):
    index: int
    refusal: str


class _Content(Struct):
    content: list[_TextBlock | _RefusalBlock]


class MessageDelta(Struct):
    """A `thread.message.delta`."""

    id: str
    delta: _Content
    object: Literal["thread.message.delta"] = "thread.message.delta"


class _Function(Struct):
    name: str | UnsetType = UNSET
    arguments: str | UnsetType = UNSET
    output: str | UnsetType | None = UNSET


class _FunctionDelta(Struct, tag="function", tag_field="type"):
    index: int
    function: _Function
    id: str | UnsetType = UNSET


class _Logs(Struct, tag="logs", tag_field="type"):
    index: int
    logs: str


class _File(Struct):
    file_id: str


class _Image(Struct, tag="image", tag_field="type"):
    index: int
    image: _File


class _Code(Struct):
    input: str | UnsetType = UNSET
    outputs: list[_Logs | _Image] | UnsetType = UNSET


class _CodeDelta(Struct, tag="code_interpreter", tag_field="type"):
    index: int
    code_interpreter: _Code
    id: str | UnsetType = UNSET


class _SearchDelta(Struct, tag="file_search", tag_field="type"):
    index: int
    file_search: dict[str, object]
    id: str | UnsetType = UNSET


_CallDelta = _FunctionDelta | _CodeDelta | _SearchDelta


class _Calls(Struct):
    tool_calls: list[_CallDelta]
    type: str = "tool_calls"


class _Details(Struct):
    step_details: _Calls


class StepDelta(Struct):
    """A `thread.run.step.delta`."""

    id: str
    delta: _Details
    object: Literal["thread.run.step.delta"] = "thread.run.step.delta"


# A MessageDelta, past the structs: there is one for each piece of a stream.
_SAID: Final = (
    b'{"id":"%b","delta":{"content":[{"type":"text","index":%d,"text":{"value":%b%b}}]},"object":"thread.message.delta"}'
)


def said(message_id: str, index: int, text: Raw, *, first: bool) -> bytes:
    """More of a text, as JSON made of JSON. The first piece of it brings the list of annotations, to which later ones are
    added."""
    more = b',"annotations":[]' if first else b""
    return _SAID % (message_id.encode(), index, text, more)


def refused(message_id: str, index: int, text: str) -> MessageDelta:
    """More of a refusal."""
    return MessageDelta(message_id, _Content([_RefusalBlock(index, text)]))


def annotated(message_id: str, index: int, number: int, found: Annotation) -> MessageDelta:
    """What the text points to: its annotation of this number."""
    told: _Citation | _Path
    if isinstance(found, FileCitation):
        told = _Citation(number, found.text, found.start_index, found.end_index, found.file_citation)
    else:
        told = _Path(number, found.text, found.start_index, found.end_index, found.file_path)
    return MessageDelta(message_id, _Content([_TextBlock(index, _Text(annotations=[told]))]))


def call_began(step: Step, call: Call) -> StepDelta:
    """A call, with nothing in it yet."""
    index, kind = step.calls.index(call), call.given.type
    if kind == "code_interpreter_call":
        return _of(step, _CodeDelta(index, _Code("", []), call.id))
    if kind == "file_search_call":
        return _of(step, _SearchDelta(index, {}, call.id))
    return _of(step, _FunctionDelta(index, _Function(call.given.name, "", None), call.id))


def call_grew(step: Step, call: Call, piece: str) -> StepDelta:
    """More of its arguments, or of its code."""
    index = step.calls.index(call)
    if call.given.type == "code_interpreter_call":
        return _of(step, _CodeDelta(index, _Code(piece)))
    return _of(step, _FunctionDelta(index, _Function(arguments=piece)))


def call_over(step: Step, call: Call) -> StepDelta:
    """What came of it."""
    index, shown = step.calls.index(call), call.shown(results=False)
    if isinstance(shown, FunctionCall):
        return _of(step, _FunctionDelta(index, _Function(output=call.output)))
    if isinstance(shown, CodeCall):
        outputs: list[_Logs | _Image] = []
        for number, output in enumerate(shown.code_interpreter.outputs):
            image = getattr(output, "image", None)
            outputs.append(_Logs(number, getattr(output, "logs", "")) if image is None else _Image(number, _File(image.file_id)))
        return _of(step, _CodeDelta(index, _Code(outputs=outputs)))
    return _of(step, _SearchDelta(index, {}))


def _of(step: Step, delta: _CallDelta) -> StepDelta:
    return StepDelta(step.id, _Details(_Calls([delta])))
