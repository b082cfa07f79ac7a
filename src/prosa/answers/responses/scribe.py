"""Writes down what is said: each method changes the growing output and returns the event that tells of it, one line of JSON.

The order of events of an item is that of "Items are streamable" in the Open Responses specification: added, its parts one after
the other (added, deltas, done, done), done.
"""

from collections.abc import Callable, Mapping
from typing import Final

import msgspec
from msgspec import Raw

from prosa.answers.responses import events
from prosa.answers.responses.content import Logprob, OutputPart, OutputText, ReasoningText, Refusal, SummaryText
from prosa.answers.responses.hosted import Arguments, Source
from prosa.answers.responses.items import (
    CodeCall,
    CodeImage,
    CodeLogs,
    FileSearchCall,
    FunctionCall,
    FunctionOutput,
    HostedCall,
    Message,
    OutputItem,
    Reasoning,
    SearchResult,
    ToolCall,
    shown_id,
)
from prosa.answers.responses.response import Response
from prosa.answers.responses.said import Growing, Growth, Said, over
from prosa.answers.responses.served import ApprovalRequest, CallError, ServedCall, ServedName, ToolList, cut_call
from prosa.answers.responses.usage import Tokens
from prosa.kit.errors import ProsaError
from prosa.kit.ids import new_object_id

_encode: Final = msgspec.json.Encoder().encode
_NO_LOGPROBS: Final[list[Logprob]] = []


class Shown(msgspec.Struct):
    """What the item of a hosted call shows of what came of it; null where the request doesn't ask for it."""

    results: list[SearchResult] | None = None
    outputs: list[CodeLogs | CodeImage] | None = None


class Scribe:
    """Holds what is said and the number of the next event. Everything that goes into a run's log is numbered here."""

    __slots__ = ("_mint", "number", "said")

    def __init__(self, number: int = 0, said: Said | None = None, mint: Callable[[], str] = new_object_id) -> None:
        self.number = number
        self.said = said if said is not None else Said()
        self._mint = mint

    def created(self, response: Response) -> bytes:
        """The first event of all."""
        return _encode(events.Created(self._next(), response))

    def state(self, response: Response) -> bytes:
        """The response is in another state now: queued, in progress, or at its end."""
        return _encode(events.LIFECYCLE[response.status](self._next(), response))

    def error(self, error: ProsaError) -> bytes:
        """Something went wrong; `response.failed` follows."""
        return _encode(events.Error(self._next(), error.code, error.message, error.param))

    def own(self, type: str, fields: Mapping[str, object] | None = None) -> bytes:
        """An event of prosa's own, `prosa:…`."""
        return _encode({"type": type, "sequence_number": self._next(), **(fields or {})})

    def model_called(self, tokens: Tokens | None) -> bytes:
        """One of several model calls is over, before the next begins. What it cost must have been counted already."""
        self.said.calls += 1
        return _encode(events.ModelCalled(self._next(), tokens))

    def new_message(self) -> tuple[int, bytes]:
        """Begin an answer; returns its place."""
        return self.begin(Message(shown_id("message", self._mint())))

    def new_reasoning(self) -> tuple[int, bytes]:
        """Begin to tell thoughts; returns their place."""
        return self.begin(Reasoning(shown_id("reasoning", self._mint())))

    def new_call(self, name: str, call_id: str, *, hosted: bool = False) -> tuple[int, bytes]:
        """Begin a call of a function, or of a tool of our own; returns its place."""
        if hosted:
            return self.begin(ToolCall(shown_id("prosa:tool_call", self._mint()), call_id, name))
        return self.begin(FunctionCall(shown_id("function_call", self._mint()), call_id, name))

    def new_hosted(self, kind: str, container: str = "") -> tuple[int, list[bytes]]:
        """Begin a call of a tool that has items of its own, of this type; returns its place."""
        shown = shown_id(kind, self._mint())
        item: HostedCall = FileSearchCall(shown) if kind == "file_search_call" else CodeCall(shown, container)
        index, added = self.begin(item)
        begun = events.SearchInProgress if isinstance(item, FileSearchCall) else events.CodeInProgress
        return index, [added, _encode(begun(self._next(), item.id, index))]

    def new_served(self, named: ServedName, approved: str | None = None) -> tuple[int, list[bytes]]:
        """Begin a call of a tool of another server, or ask for one; `approved`: by the answer to this request, as it is shown.
        Returns its place."""
        if named.asks:
            index, added = self.begin(ApprovalRequest(shown_id("mcp_approval_request", self._mint()), named.label, named.name))
            return index, [added]
        item = ServedCall(shown_id("mcp_call", self._mint()), named.label, named.name, approval_request_id=approved)
        index, added = self.begin(item)
        return index, [added, _encode(events.ServedInProgress(self._next(), item.id, index))]

    def new_list(self, label: str) -> tuple[int, list[bytes]]:
        """Begin to list the tools of a server; returns the list's place."""
        item = ToolList(shown_id("mcp_list_tools", self._mint()), label)
        index, added = self.begin(item)
        return index, [added, _encode(events.ListInProgress(self._next(), item.id, index))]

    def list_ended(self, index: int, found: ToolList, server: str) -> list[bytes]:
        """What a server offers, or why it can't be known; `server` as the next answer knows it again."""
        self.said.end(index, found)
        ended = events.ListCompleted if found.error is None else events.ListFailed
        told = [_encode(ended(self._next(), found.id, index)), _encode(events.ItemDone(self._next(), index, found))]
        if found.error is None:
            self.said.listed[found.id] = server
            told.append(_encode(events.Listed(self._next(), found.id, server)))
        return told

    def servers_ready(self) -> bytes:
        """Lists and approved calls are over; the model is asked next."""
        self.said.served = True
        return _encode(events.ServersReady(self._next()))

    def served_ended(self, index: int, output: str, error: CallError | None = None) -> list[bytes]:
        """What came of a call of a tool of another server; of a request for one, that nobody is asked."""
        item = self.said.item(index)
        if isinstance(item, ApprovalRequest):
            item = cut_call(item, "failed", error)
        else:
            assert isinstance(item, ServedCall)
            item.output, item.error = None if error is not None else output, error
            item.status = "completed" if error is None else "failed"
        ended = events.ServedCompleted if error is None else events.ServedFailed
        self.said.end(index, item)
        return [_encode(ended(self._next(), item.id, index)), _encode(events.ItemDone(self._next(), index, item))]

    def begin(self, item: OutputItem) -> tuple[int, bytes]:
        """Begin an item; returns its place."""
        index = len(self.said)
        event = _encode(events.ItemAdded(self._next(), index, item))
        self.said.add(item)
        return index, event

    def new_part(self, index: int, part: OutputPart | ReasoningText | SummaryText) -> bytes:
        """Begin a part of a message, or of thoughts."""
        item = self.said.item(index)
        if isinstance(part, SummaryText):
            place = len(item.summary) if isinstance(item, Reasoning) else 0
            event = _encode(events.SummaryPartAdded(self._next(), item.id, index, place, part))
        else:
            place = len(item.content) if isinstance(item, Message | Reasoning) else 0
            event = _encode(events.PartAdded(self._next(), item.id, index, place, part))
        self.said.add_part(index, part)
        return event

    def text(self, index: int, content_index: int, growth: Growth, delta: str, logprobs: list[Logprob] | None = None) -> bytes:
        """More of an answer's text. The hot one: once for each piece of a stream."""
        growth.pieces.append(delta)
        if logprobs:
            growth.leaf.logprobs.extend(logprobs)  # type: ignore[union-attr]  # only a text's growth comes here
        number = self.number
        self.number = number + 1
        item_id = self.said.id_at(index)
        return _encode(events.TextDelta(number, item_id, index, content_index, delta, logprobs or _NO_LOGPROBS))

    def more(self, index: int, growth: Growth, delta: str) -> bytes:
        """More of anything else that grows: a refusal, thoughts, arguments; nothing for those of a hosted call."""
        growth.pieces.append(delta)
        leaf = growth.leaf
        if isinstance(leaf, Arguments):
            return b""
        item_id, number = self.said.id_at(index), self._next()
        if isinstance(leaf, ReasoningText):
            return _encode(events.ReasoningDelta(number, item_id, index, self.said.part_place(index), delta))
        if isinstance(leaf, SummaryText):
            return _encode(events.SummaryDelta(number, item_id, index, self.said.part_place(index), delta))
        if isinstance(leaf, FunctionCall):
            return _encode(events.ArgumentsDelta(number, item_id, index, delta))
        if isinstance(leaf, ToolCall):
            return _encode(events.ToolArgumentsDelta(number, item_id, index, delta))
        if isinstance(leaf, ServedCall):
            return _encode(events.ServedDelta(number, item_id, index, delta))
        return _encode(events.RefusalDelta(number, item_id, index, self.said.part_place(index), delta))

    def annotation(self, index: int, annotation: Raw) -> bytes:
        """A citation within the text that is being said (an object of OpenAI's annotation types)."""
        growth = self.said.growth(index)
        assert growth is not None and isinstance(growth.leaf, OutputText)
        found = growth.leaf.annotations
        found.append(annotation)
        item_id, place = self.said.id_at(index), self.said.part_place(index)
        return _encode(events.AnnotationAdded(self._next(), item_id, index, place, len(found) - 1, annotation))

    def end_part(self, index: int) -> list[bytes]:
        """What grows of the item at this place is whole: its text, then its part."""
        growth = self.said.growth(index)
        if growth is None:
            return []
        whole, leaf = growth.settle(), growth.leaf
        if isinstance(leaf, Arguments):
            return self._hosted_whole(index, whole)
        told = [] if growth.told else [self._text_done(index, leaf, whole)]
        item_id, place = self.said.id_at(index), self.said.part_place(index)
        self.said.end_part(index)
        if isinstance(leaf, FunctionCall | ToolCall | ServedCall):
            return told
        if isinstance(leaf, SummaryText):
            return [*told, _encode(events.SummaryPartDone(self._next(), item_id, index, place, leaf))]
        return [*told, _encode(events.PartDone(self._next(), item_id, index, place, leaf))]

    def _text_done(self, index: int, leaf: Growing, whole: str) -> bytes:
        number, item_id, place = self._next(), self.said.id_at(index), self.said.part_place(index)
        if isinstance(leaf, FunctionCall):
            return _encode(events.ArgumentsDone(number, item_id, index, whole))
        if isinstance(leaf, ToolCall):
            return _encode(events.ToolArgumentsDone(number, item_id, index, whole))
        if isinstance(leaf, ServedCall):
            return _encode(events.ServedDone(number, item_id, index, whole))
        if isinstance(leaf, SummaryText):
            return _encode(events.SummaryDone(number, item_id, index, place, whole))
        if isinstance(leaf, ReasoningText):
            return _encode(events.ReasoningDone(number, item_id, index, place, whole))
        if isinstance(leaf, Refusal):
            return _encode(events.RefusalDone(number, item_id, index, place, whole))
        assert isinstance(leaf, OutputText)
        return _encode(events.TextDone(number, item_id, index, place, whole, leaf.logprobs))

    def end_item(self, index: int, *, whole: bool = True) -> list[bytes]:
        """An item is over, `whole` or cut off; what still grows of it ends first."""
        told = self.end_part(index)
        item = over(self.said.item(index), whole=whole)
        self.said.end(index, item)
        return [*told, _encode(events.ItemDone(self._next(), index, item))]

    def given(self, index: int, item: FunctionOutput) -> list[bytes]:
        """What the client's function gave has this place in the output."""
        return [_encode(events.ItemAdded(self._next(), index, item)), _encode(events.ItemDone(self._next(), index, item))]

    def end_all(self, *, whole: bool = False) -> list[bytes]:
        """Everything that is in progress is over: before a response ends early, or goes on with something else."""
        return [event for index in self.said.open() for event in self.end_item(index, whole=whole)]

    def tool_started(self, index: int) -> bytes:
        """A tool of our own is called now. Durable before it is, so that no successor calls it again."""
        self.said.started.add(index)
        item = self.said.item(index)
        if isinstance(item, FileSearchCall):
            return _encode(events.Searching(self._next(), item.id, index))
        started = events.Interpreting if isinstance(item, CodeCall) else events.ToolStarted
        return _encode(started(self._next(), item.id, index))

    def tool_ended(self, index: int, output: str, *, failed: bool = False) -> bytes:
        """What came of it, as the model will be told."""
        item = self.said.item(index)
        assert isinstance(item, ToolCall)
        item.output, item.status = output, "failed" if failed else "completed"
        self.said.end(index, item)
        return _encode(events.ItemDone(self._next(), index, item))

    def hosted_ended(self, index: int, output: str, sources: list[Source], shown: "Shown | None" = None) -> list[bytes]:
        """What came of a call of a hosted tool: what the model will be told, and what the item shows of it; without `shown` it
        failed. `tool_ended` is for the others."""
        item = self.said.item(index)
        assert isinstance(item, HostedCall)
        self.said.answered(index, output, sources)
        told = [_encode(events.ToolAnswered(self._next(), item.id, index, output, sources))]
        if shown is None:
            item.status = "failed"
        elif isinstance(item, FileSearchCall):
            item.status, item.results = "completed", shown.results
            told.append(_encode(events.SearchCompleted(self._next(), item.id, index)))
        else:
            item.status, item.outputs = "completed", shown.outputs
            told.append(_encode(events.CodeCompleted(self._next(), item.id, index)))
        self.said.end(index, item)
        return [*told, _encode(events.ItemDone(self._next(), index, item))]

    def _hosted_whole(self, index: int, arguments: str) -> list[bytes]:
        self.said.wanted(index, arguments)
        self.said.end_part(index)
        item = self.said.item(index)
        told = []
        if isinstance(item, CodeCall) and item.code:
            told.append(_encode(events.CodeDelta(self._next(), item.id, index, item.code)))
            told.append(_encode(events.CodeDone(self._next(), item.id, index, item.code)))
        return [*told, _encode(events.ToolArgumentsDone(self._next(), item.id, index, arguments))]

    def _next(self) -> int:
        number = self.number
        self.number = number + 1
        return number
