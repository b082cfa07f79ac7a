"""The stream of a Responses API, event by event, as OpenAI's chunks. Source: `openai.types.responses.ResponseStreamEvent`."""

from collections.abc import Callable
from typing import Final

import msgspec

from prosa.gateway.errors import StreamBroken
from prosa.gateway.models import Heard, Usage
from prosa.gateway.stream.chunks import ChunkWriter, Delta
from prosa.gateway.stream.disguise import told
from prosa.gateway.stream.ending import broken_off
from prosa.gateway.stream.typed import typed
from prosa.gateway.stream.usage import counted
from prosa.kit.errors import ProsaError

# Why an answer is not whole, in the words of a chat; whatever else ends one is a break.
CUT: Final = {"max_output_tokens": "length", "content_filter": "content_filter"}


class _Details(msgspec.Struct):
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None


class Tokens(msgspec.Struct):
    """Usage as the Responses API tells it."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    input_tokens_details: _Details | None = None
    output_tokens_details: _Details | None = None

    def counted(self) -> Usage | None:
        """The same as the gateway counts."""
        cached = self.input_tokens_details.cached_tokens if self.input_tokens_details is not None else None
        reasoning = self.output_tokens_details.reasoning_tokens if self.output_tokens_details is not None else None
        return counted(self.input_tokens, self.output_tokens, cached, reasoning)


class _Reason(msgspec.Struct):
    reason: str | None = None


class State(msgspec.Struct):
    """What a response says of itself."""

    id: str = ""
    model: str | None = None
    status: str | None = None
    usage: Tokens | None = None
    incomplete_details: _Reason | None = None
    error: msgspec.Raw = msgspec.Raw()


class _Item(msgspec.Struct):
    type: str = ""
    call_id: str = ""
    name: str = ""
    arguments: str = ""
    encrypted_content: str | None = None


_Event = dict[str, msgspec.Raw]


class _Fields(msgspec.Struct):
    type: str = ""
    output_index: int = 0
    summary_index: int = 0
    delta: str | msgspec.UnsetType = msgspec.UNSET
    item: msgspec.Raw = msgspec.Raw()
    response: State | None = None


_decode: Final = msgspec.json.Decoder(_Fields).decode
_item: Final = msgspec.json.Decoder(_Item).decode
_members: Final = msgspec.json.Decoder(_Event).decode
_encode: Final = msgspec.json.Encoder().encode


class OpenAIResponsesStream:
    """The decoder of one stream. `heard` is what was passed on before, when this stream is the second look at an answer."""

    def __init__(self, out: ChunkWriter, secret: str | None, heard: Heard, *, found_again: bool) -> None:
        """`found_again`: the answer is kept at the provider's, so that its id is worth knowing."""
        self._out = out
        self._secret = secret
        self._found_again = found_again
        self._calls: dict[int, int] = {}  # place of an item -> index of the tool call
        self._silent: set[int] = set()  # calls whose arguments have not begun
        self._known_calls = heard.calls
        self._skip_text = heard.text
        self._skip_reasoning = heard.reasoning
        self._table: dict[str, Callable[[_Fields], bytes]] = {
            "response.created": self._began,
            "response.in_progress": self._began,
            "response.queued": self._began,
            "response.output_item.added": self._item_added,
            "response.output_item.done": self._item_done,
            "response.output_text.delta": self._text,
            "response.refusal.delta": self._refusal,
            "response.reasoning_summary_part.added": self._summary_part,
            "response.reasoning_summary_text.delta": self._reasoning,
            "response.reasoning_text.delta": self._reasoning,
            "response.function_call_arguments.delta": self._arguments,
            "response.completed": self._completed,
            "response.incomplete": self._incomplete,
            "response.failed": self._failed,
            "response.cancelled": self._cancelled,
        }

    def translate(self, event: bytes) -> bytes:
        """The chunks for one event; events that are unknown here, such as those of hosted tools, are passed over."""
        found = typed(event, _decode, self._out, self._secret)
        if isinstance(found, bytes):
            return found
        act = self._table.get(found.type)
        return act(found) if act is not None else b""

    def _began(self, event: _Fields) -> bytes:
        state, figures = event.response, self._out.figures
        if state is None:
            return b""
        figures.model = state.model or figures.model
        if self._found_again and state.id and figures.response_id is None:
            figures.response_id = state.id
            return self._out.delta(Delta(content=""))  # a piece, so that the id can be noted before anything is said
        return b""

    def _text(self, event: _Fields) -> bytes:
        more, self._skip_text = _rest(event.delta, self._skip_text)
        return self._out.text(more) if more else b""

    def _refusal(self, event: _Fields) -> bytes:
        more, self._skip_text = _rest(event.delta, self._skip_text)
        self._out.figures.text_chars += len(more)
        return self._out.delta(Delta(refusal=more)) if more else b""

    def _summary_part(self, event: _Fields) -> bytes:
        return self._think("\n\n") if event.summary_index else b""

    def _reasoning(self, event: _Fields) -> bytes:
        return self._think("" if event.delta is msgspec.UNSET else event.delta)

    def _think(self, text: str) -> bytes:
        more, self._skip_reasoning = _rest(text, self._skip_reasoning)
        return self._out.reasoning(more) if more else b""

    def _item_added(self, event: _Fields) -> bytes:
        item = _item(event.item)
        if item.type != "function_call":
            return b""
        index = self._calls[event.output_index] = len(self._calls)
        if index < self._known_calls:
            return b""
        if not item.arguments:
            self._silent.add(index)
        return self._out.tool(index, item.call_id, item.name, item.arguments)

    def _arguments(self, event: _Fields) -> bytes:
        index = self._calls.get(event.output_index)
        if index is None or index < self._known_calls or not event.delta:
            return b""
        self._silent.discard(index)
        return self._out.arguments(index, event.delta)

    def _item_done(self, event: _Fields) -> bytes:
        item = _item(event.item)
        if item.type == "reasoning" and item.encrypted_content:
            if self._skip_text or len(self._calls) < self._known_calls:
                return b""  # what follows it was heard already
            kept = {name: value for name, value in _members(event.item).items() if name != "status"}
            return self._out.delta(Delta(thinking_blocks=[msgspec.Raw(_encode(kept))]))
        index = self._calls.get(event.output_index)
        if index in self._silent and index is not None and item.arguments:
            self._silent.discard(index)
            return self._out.arguments(index, item.arguments)
        return b""

    def _completed(self, event: _Fields) -> bytes:
        return self._end(event, "tool_calls" if self._calls else "stop")

    def _incomplete(self, event: _Fields) -> bytes:
        why = event.response.incomplete_details if event.response is not None else None
        reason = CUT.get(why.reason or "") if why is not None else None
        if reason is None:
            return self._over(event, broken_off())
        return self._end(event, reason)

    def _failed(self, event: _Fields) -> bytes:
        said = event.response.error if event.response is not None else msgspec.Raw()
        return self._over(event, told(_encode({"error": said}) if bytes(said) else b"", self._secret))

    def _cancelled(self, event: _Fields) -> bytes:
        return self._over(event, StreamBroken("The answer broke off: it was cancelled at the model provider's"))

    def _over(self, event: _Fields, error: ProsaError) -> bytes:
        """It has ended there without being whole: to listen again would bring nothing more."""
        self._count(event)
        self._out.figures.response_id = None
        return self._out.broke(error)

    def _end(self, event: _Fields, reason: str) -> bytes:
        self._count(event)
        return self._out.finish(reason) + self._out.end()

    def _count(self, event: _Fields) -> None:
        if event.response is not None and event.response.usage is not None:
            self._out.figures.usage = event.response.usage.counted() or self._out.figures.usage


def _rest(text: str | msgspec.UnsetType, known: int) -> tuple[str, int]:
    """What of a text is new, and how much is still known of what follows."""
    if text is msgspec.UNSET or not known:
        return ("" if text is msgspec.UNSET else text), known
    return text[known:], max(0, known - len(text))
