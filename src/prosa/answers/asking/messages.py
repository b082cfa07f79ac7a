"""Items of the Responses API as the messages of a chat.

What differs: a chat has one assistant's message for text, thoughts and calls together, and wants each call's result right behind
it. Results can hold pictures and documents, which a `tool` message can't: they follow in a user's message. The developer's words
go as `system`, which every server takes (OpenAI reads it as `developer` for models that want that).
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec
from msgspec import Raw, Struct

from prosa.answers.asking.served import fates_of, result_of
from prosa.answers.asking.thoughts import opened, wanted_back
from prosa.answers.responses import (
    NAMES,
    TOOL_CALL,
    InputFile,
    InputImage,
    InputText,
    InvalidValue,
    OutputText,
    Refusal,
    ToolCallMissing,
    ToolOutputMissing,
    function_name,
)
from prosa.conversations import MARGIN, Margin

_ABSENT: Final = Raw()
_PICTURES: Final = "[The tool's pictures and documents follow.]"


class ImageUrl(Struct, omit_defaults=True):
    """A picture's address."""

    url: str
    detail: str | None = None


class FileData(Struct, omit_defaults=True):
    """A document as a data: URL."""

    file_data: str
    filename: str | None = None


class Part(Struct, omit_defaults=True):
    """One part of a message."""

    type: str
    text: str | None = None
    image_url: ImageUrl | None = None
    file: FileData | None = None


class CalledFunction(Struct):
    """What was called."""

    name: str
    arguments: str


class CalledTool(Struct):
    """One call."""

    id: str
    function: CalledFunction
    type: str = "function"


class ChatMessage(Struct, omit_defaults=True):
    """One message, as `POST /v1/chat/completions` takes it. `content` null only beside calls."""

    role: str
    content: str | list[Part] | msgspec.UnsetType | None = msgspec.UNSET
    tool_calls: list[CalledTool] | None = None
    tool_call_id: str | None = None
    reasoning_content: str | None = None
    thinking_blocks: list[Raw] | None = None


class _Thought(Struct):
    text: str = ""


class _Printed(Struct):
    logs: str = ""


class _Item(Struct):
    """Any item, as far as a chat has a word for it."""

    type: str = "message"
    role: str = ""
    content: Raw = _ABSENT
    status: str | None = None
    call_id: str = ""
    name: str = ""
    arguments: str = ""
    output: Raw = _ABSENT
    summary: list[_Thought] | None = None
    encrypted_content: str | None = None
    code: str | None = None
    outputs: list[_Printed] | None = None
    id: str = ""
    server_label: str = ""
    error: Raw = _ABSENT
    approval_request_id: str | None = None
    approve: bool = False
    reason: str | None = None
    margin: Raw = msgspec.field(default=_ABSENT, name=MARGIN)


InputPart = InputText | InputImage | InputFile
_encode: Final = msgspec.json.Encoder().encode
_margin: Final = msgspec.json.Decoder(Margin).decode
_item: Final = msgspec.json.Decoder(_Item).decode
_given: Final = msgspec.json.Decoder(list[InputPart]).decode
_replayed: Final = msgspec.json.Decoder(list[OutputText | Refusal]).decode
_thoughts: Final = msgspec.json.Decoder(list[_Thought] | None).decode
_result: Final = msgspec.json.Decoder(str | list[InputPart] | None).decode
_object: Final = msgspec.json.Decoder(dict[str, Raw]).decode


@dataclass(slots=True)
class _Call:
    id: str
    name: str
    arguments: str
    output: Raw | None = None  # of a tool of our own
    whole: bool = True


@dataclass(slots=True)
class _Turn:
    """What the model did before somebody else spoke."""

    text: list[str] = field(default_factory=list)
    thoughts: list[str] = field(default_factory=list)
    blocks: list[Raw] = field(default_factory=list)
    calls: list[_Call] = field(default_factory=list)
    answered: bool = False  # a result stood behind the last call


def chat_messages(context: Sequence[bytes], instructions: str | None = None, model: str | None = None) -> list[ChatMessage]:
    """The messages for these items, oldest first; instructions come before all of them.

    Raises BadRequest: ToolOutputMissing, ToolCallMissing, and for what has to be replaced before (a reference, a file's id).
    """
    chat = _Chat([_item(raw) for raw in context], in_words=wanted_back(model))
    if instructions:
        chat.messages.append(ChatMessage("system", instructions))
    return chat.written()


class _Chat:
    """Writes the messages, item by item."""

    def __init__(self, items: list[_Item], *, in_words: bool) -> None:
        self.messages: list[ChatMessage] = []
        self._items = items
        self._in_words = in_words  # thoughts are given back as they were told
        self._turn = _Turn()
        self._outputs: dict[str, deque[Raw]] = {}
        for item in items:
            if item.type == "function_call_output":
                self._outputs.setdefault(item.call_id, deque()).append(item.output)
        # Signed thoughts are given back while the model is at work on the same question; older ones it doesn't look at.
        self._thinks_from = max((place for place, item in enumerate(items) if item.role == "user"), default=-1)

    def written(self) -> list[ChatMessage]:
        for place, item in enumerate(self._items):
            write = _WRITERS.get(item.type)
            if write is None:
                raise InvalidValue("input", f"items that a model can be told, not one of type '{item.type[:64]}'")
            write(self, item, place)
        self._flush()
        for call_id, left in self._outputs.items():
            if left:
                raise ToolCallMissing(call_id)
        return self.messages

    def _message(self, item: _Item, _place: int) -> None:
        if item.role == "assistant":
            if self._turn.calls:
                self._flush()
            self._turn.text += [part.text if isinstance(part, OutputText) else part.refusal for part in _replayed(item.content)]
            return
        self._flush()
        role = "user" if item.role == "user" else "system"
        self.messages.append(ChatMessage(role, _content(_given(item.content))))

    def _code(self, item: _Item, place: int) -> None:
        """Code of an earlier answer, with what it printed as far as that is kept."""
        printed = "".join(each.logs for each in item.outputs or ())
        margin = _margin(item.margin) if item.margin is not _ABSENT else Margin()
        output = margin.told if margin.told is not None else printed
        if item.code and item.status != "in_progress":
            arguments = _encode({"code": item.code}).decode()
            self._call(_Call(f"call_code_{place}", NAMES[item.type], arguments, Raw(_encode(output))))

    def _reasoning(self, item: _Item, place: int) -> None:
        given_back = place > self._thinks_from
        turn = self._turn
        if turn.calls or turn.text:
            self._flush()
            turn = self._turn
        told = (_thoughts(item.content) if item.content is not _ABSENT else None) or item.summary or []
        turn.thoughts += [thought.text for thought in told]
        if given_back:
            turn.blocks += opened(item.encrypted_content or "")

    def _function(self, item: _Item, _place: int) -> None:
        self._call(_Call(item.call_id, item.name, item.arguments, whole=item.status != "incomplete"))

    def _own(self, item: _Item, _place: int) -> None:
        if bytes(item.output) not in (b"", b"null"):
            self._call(_Call(item.call_id, item.name, item.arguments, item.output))

    def _answer(self, _item: _Item, _place: int) -> None:
        self._turn.answered = True

    def _search(self, _item: _Item, _place: int) -> None:
        """What an earlier search found was for the answer behind it."""

    def _unheard(self, _item: _Item, _place: int) -> None:
        """Tools are told as functions, and what was said of a call with the call."""

    def _served(self, item: _Item, place: int) -> None:
        if item.status not in ("in_progress", "calling"):
            self._foreign(item, place, result_of(item))

    def _to_approve(self, item: _Item, place: int) -> None:
        output = fates_of(self._items).output(item)
        if output is not None:
            self._foreign(item, place, output)

    def _foreign(self, item: _Item, place: int, output: str) -> None:
        name = function_name(item.server_label, item.name)
        self._call(_Call(f"call_mcp_{place}", name, item.arguments or "{}", Raw(_encode(output))))

    def _call(self, call: _Call) -> None:
        if self._turn.answered:
            self._flush()
        if call.output is None and not call.whole and not self._outputs.get(call.id):
            return  # cut off before it could be answered
        self._turn.calls.append(call)

    def _flush(self) -> None:
        turn, self._turn = self._turn, _Turn()
        text = "".join(turn.text)
        if not text and not turn.calls:
            return
        message = ChatMessage("assistant", text or None)
        if turn.calls:
            message.tool_calls = [
                CalledTool(call.id, CalledFunction(call.name, _object_of(call.arguments))) for call in turn.calls
            ]
            # A model that thinks while it calls has to get its thoughts back with the results.
            message.reasoning_content = "\n\n".join(turn.thoughts) if self._in_words else None
            message.thinking_blocks = turn.blocks or None
        self.messages.append(message)
        beside: list[Part] = []
        for call in turn.calls:
            text, parts = _result_of(call.output if call.output is not None else self._output(call.id))
            beside += parts
            self.messages.append(ChatMessage("tool", text, tool_call_id=call.id))
        if beside:
            self.messages.append(ChatMessage("user", beside))

    def _output(self, call_id: str) -> Raw:
        waiting = self._outputs.get(call_id)
        if not waiting:
            raise ToolOutputMissing(call_id)
        return waiting.popleft()


_WRITERS: Final[dict[str, Callable[[_Chat, _Item, int], None]]] = {
    "message": _Chat._message,
    "function_call": _Chat._function,
    "function_call_output": _Chat._answer,
    TOOL_CALL: _Chat._own,
    "code_interpreter_call": _Chat._code,
    "file_search_call": _Chat._search,
    "mcp_list_tools": _Chat._unheard,
    "mcp_call": _Chat._served,
    "mcp_approval_request": _Chat._to_approve,
    "mcp_approval_response": _Chat._unheard,
    "reasoning": _Chat._reasoning,
}


def _object_of(arguments: str) -> str:
    """A call's arguments as every server takes them: what a model wrote that is no object of JSON stands as a text in one. Some
    refuse it otherwise, and with it all that the conversation may ever ask again (attacks.md I6)."""
    try:
        _object(arguments)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return _encode({"text": arguments.encode("utf-8", "replace").decode()}).decode() if arguments.strip() else "{}"
    return arguments


def _result_of(output: Raw) -> tuple[str, list[Part]]:
    """A result's text, and what of it is no text."""
    found = _result(output)
    if not isinstance(found, list):
        return found or "", []
    beside = [_part(part) for part in found if not isinstance(part, InputText)]
    text = "\n".join(part.text for part in found if isinstance(part, InputText))
    return text or (_PICTURES if beside else ""), beside


def _content(parts: Sequence[InputPart]) -> str | list[Part]:
    """Text alone as a text, which every server takes; else the parts."""
    texts = [part.text for part in parts if isinstance(part, InputText)]
    return "\n".join(texts) if len(texts) == len(parts) else [_part(part) for part in parts]


def _part(part: InputPart) -> Part:
    if isinstance(part, InputText):
        return Part("text", text=part.text)
    if part.file_id:
        raise InvalidValue("input", "files that can be read here, not 'file_id'")
    if isinstance(part, InputImage):
        detail = "high" if part.detail == "original" else part.detail  # a chat knows nothing above it
        return Part("image_url", image_url=ImageUrl(part.image_url or "", detail if detail != "auto" else None))
    return Part("file", file=FileData(_data_url(part.file_data or "", part.filename or ""), part.filename or None))


_KINDS: Final = {
    ".pdf": "application/pdf",
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".csv": "text/csv",
    ".json": "application/json",
}
_PDF: Final = "JVBERi"  # "%PDF" in base64


def _data_url(data: str, name: str) -> str:
    """A file's content as a data: URL (RFC 2397); OpenAI takes bare base64 too."""
    if data.startswith("data:"):
        return data
    kind = "application/pdf" if data.startswith(_PDF) else _KINDS.get(name[name.rfind(".") :].lower(), "application/octet-stream")
    return f"data:{kind};base64,{data}"
