"""Tells a model's stream in the words of the Responses API, while it comes.

One teller for one model call; several may follow one another over the same scribe (the tools loop), and one may go on in the
message that another left open (after a takeover).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from prosa.answers.asking.chunks import ChunkReader, Fault, citations_of, fault_of, logprobs_of, usage_of
from prosa.answers.asking.citing import Citing, Piece
from prosa.answers.asking.linking import links
from prosa.answers.asking.shapes import ABSENT, CallPiece, Choice, Chunk, Delta
from prosa.answers.asking.thoughts import sealed
from prosa.answers.responses import (
    Growth,
    Logprob,
    Message,
    OutputText,
    Reasoning,
    ReasoningText,
    Refusal,
    ResponseRequest,
    Scribe,
    ServedName,
    SummaryText,
    Tokens,
    citation,
    tokens,
)
from prosa.gateway import Usage
from prosa.kit.ids import new_object_id

# Why a model stopped, where the answer is not whole by it.
_CUT: Final = {"length": "max_output_tokens", "content_filter": "content_filter"}
_MOST_CALLS: Final = 128  # of one model call; what a model that loops calls beyond is not told


@dataclass(frozen=True, slots=True)
class Telling:
    """How a model's answer is told. `hosted`: names of functions that are tools of our own. `allowed`: names that may be called
    at all, None for any."""

    hosted: frozenset[str] = frozenset()
    allowed: frozenset[str] | None = None
    summary: bool = False  # thoughts as a summary
    logprobs: bool = False
    items: Mapping[str, str] = field(default_factory=dict)  # of hosted tools' functions: the type of the items that tell of them
    served: Mapping[str, ServedName] = field(default_factory=dict)  # functions that are tools of other servers
    container: str = ""  # in which code runs
    cites: bool = False  # marks of sources are looked for in the words, …
    marks: bool = False  # … and stay in them


@dataclass(slots=True)
class _Call:
    """A call that is being told; without a place while its name is not known."""

    id: str = ""
    name: str = ""
    held: str = ""
    place: int = -1
    growth: Growth | None = None
    spoken: bool = False
    barred: bool = False


class Teller:
    """Feeds on the bytes of `GatewayReply.read()`.

    After the end: `finish_reason` (OpenAI's chat word; None where the stream broke), `fault` if it broke, `usage` of this call.
    """

    def __init__(self, scribe: Scribe, telling: Telling = Telling()) -> None:
        self.finish_reason: str | None = None
        self.fault: Fault | None = None
        self.usage: Tokens | None = None
        self._scribe = scribe
        self._telling = telling
        self._reader = ChunkReader()
        self._message = -1  # the place of the message that is being said, of the thoughts that are being told
        self._thoughts = -1
        self._growth: Growth | None = None
        self._content_index = 0
        self._citing = Citing(scribe.said.sources, keep=telling.marks) if telling.cites else None
        self._blocks: list[msgspec.Raw] = []
        self._calls: dict[int, _Call] = {}
        self._began = False
        self._go_on()

    @property
    def reason(self) -> str | None:
        """Why the response is incomplete, if this call makes it so: `max_output_tokens` or `content_filter`."""
        return _CUT.get(self.finish_reason or "")

    @property
    def done(self) -> bool:
        """The end marker was seen."""
        return self._reader.done

    def feed(self, data: bytes) -> list[bytes]:
        """The events for these bytes of the stream, cut anywhere. A broken stream sets `fault`; later bytes are passed over."""
        told: list[bytes] = []
        if self.fault is not None:
            return told
        for chunk in self._reader.feed(data):
            if not self._take(chunk, told):
                return told
        self.fault = self._reader.fault
        return told

    def finish(self, usage: Usage | None = None) -> list[bytes]:
        """The stream has ended: everything of it is closed, and its tokens are counted (`usage`: what the gateway knows, where
        the stream told nothing). Calls of our own tools stay open: they wait for their results.

        After a fault nothing is closed: another teller may go on, or `Scribe.end_all` closes.
        """
        self._count(usage)
        if self.fault is not None:
            return []
        told: list[bytes] = []
        whole = self.reason is None
        scribe = self._scribe
        if not self._began:
            self._say("", None, told)  # an answer of no words is an answer
        self._end_thoughts(told, whole=whole)
        self._end_message(told, whole=whole)
        for call in self._calls.values():
            if call.growth is None:
                continue
            if whole and not call.spoken:
                more = scribe.more(call.place, call.growth, "{}")  # some servers say nothing where there is nothing to say
                told += [more] if more else []
            if call.name in self._telling.hosted and whole:
                told += scribe.end_part(call.place)
            else:
                told += scribe.end_item(call.place, whole=whole)
        return told

    def _go_on(self) -> None:
        """Take up a message that stands open."""
        said = self._scribe.said
        if said.continuable() is None:
            return
        place = len(said) - 1
        self._message, self._began = place, True
        self._growth, self._content_index = said.growth(place), 0

    def _take(self, chunk: Chunk, told: list[bytes]) -> bool:
        """Tell one chunk; False where it tells of a fault."""
        choices = chunk.choices
        if choices:
            choice = choices[0]
            if choice.index == 0:
                if choice.delta is not None:
                    self._add(choice.delta, choice, told)
                if choice.finish_reason is not None:
                    self.finish_reason = choice.finish_reason
        self.usage = usage_of(chunk) or self.usage
        self.fault = fault_of(chunk)
        return self.fault is None

    def _add(self, delta: Delta, choice: Choice, told: list[bytes]) -> None:
        thought = delta.reasoning_content or delta.reasoning
        if thought:
            self._think(thought, told)
        if delta.thinking_blocks:
            self._keep(delta.thinking_blocks, told)
        if delta.content:
            self._say(delta.content, logprobs_of(choice) if self._telling.logprobs else None, told)
        if delta.annotations is not ABSENT and self._growth is not None and type(self._growth.leaf) is OutputText:
            told += [self._scribe.annotation(self._message, citation) for citation in citations_of(delta)]
        if delta.refusal:
            self._refuse(delta.refusal, told)
        if delta.tool_calls:
            for piece in delta.tool_calls:
                self._call(piece, told)

    def _say(self, text: str, logprobs: list[Logprob] | None, told: list[bytes]) -> None:
        growth = self._growth
        if growth is None or type(growth.leaf) is not OutputText or self._message < 0:
            growth = self._part(OutputText, told)
        if text and self._citing is not None:
            self._cite(self._citing.feed(text), growth, told)
        elif text:
            told.append(self._scribe.text(self._message, self._content_index, growth, text, logprobs))

    def _cite(self, pieces: Sequence[Piece], growth: Growth, told: list[bytes]) -> None:
        """Say words, and where marks of sources stand in them."""
        scribe = self._scribe
        for words, source in pieces:
            at = len(growth.settle()) if source is not None else 0
            if words:
                told.append(scribe.text(self._message, self._content_index, growth, words))
            if source is not None:
                told.append(scribe.annotation(self._message, citation(source, at)))

    def _refuse(self, text: str, told: list[bytes]) -> None:
        growth = self._growth
        if growth is None or type(growth.leaf) is not Refusal or self._message < 0:
            growth = self._part(Refusal, told)
        told.append(self._scribe.more(self._message, growth, text))

    def _part(self, kind: Callable[[], OutputText | Refusal], told: list[bytes]) -> Growth:
        """Begin a part of the message, and the message before it where there is none."""
        scribe = self._scribe
        self._end_thoughts(told)
        self._began = True
        if self._message < 0:
            self._message, event = scribe.new_message()
            told.append(event)
        else:
            told += scribe.end_part(self._message)
        told.append(scribe.new_part(self._message, kind()))
        growth = scribe.said.growth(self._message)
        assert growth is not None
        self._growth, self._content_index = growth, scribe.said.part_place(self._message)
        return growth

    def _think(self, text: str, told: list[bytes]) -> None:
        self._begin_thoughts(told)
        scribe = self._scribe
        growth = scribe.said.growth(self._thoughts)
        if growth is None:
            told.append(scribe.new_part(self._thoughts, SummaryText() if self._telling.summary else ReasoningText()))
            growth = scribe.said.growth(self._thoughts)
            assert growth is not None
        told.append(scribe.more(self._thoughts, growth, text))

    def _keep(self, blocks: list[msgspec.Raw], told: list[bytes]) -> None:
        self._begin_thoughts(told)
        self._blocks += blocks

    def _begin_thoughts(self, told: list[bytes]) -> None:
        self._began = True
        if self._thoughts < 0:
            self._end_message(told)
            self._thoughts, event = self._scribe.new_reasoning()
            told.append(event)

    def _end_thoughts(self, told: list[bytes], *, whole: bool = True) -> None:
        if self._thoughts < 0:
            return
        item = self._scribe.said.item(self._thoughts)
        if self._blocks and isinstance(item, Reasoning):
            told += self._scribe.end_part(self._thoughts)
            item.encrypted_content = sealed(self._blocks)
        told += self._scribe.end_item(self._thoughts, whole=whole)
        self._thoughts, self._blocks = -1, []

    def _end_message(self, told: list[bytes], *, whole: bool = True) -> None:
        growth = self._growth
        if self._citing is not None and growth is not None and type(growth.leaf) is OutputText:
            self._cite(self._citing.rest(), growth, told)
            if self._scribe.said.sources:
                found = links(growth.settle(), self._scribe.said, self._telling.container)
                told += [self._scribe.annotation(self._message, link) for link in found]
        if self._message >= 0 and isinstance(self._scribe.said.item(self._message), Message):
            told += self._scribe.end_item(self._message, whole=whole)
        self._message, self._growth = -1, None

    def _call(self, piece: CallPiece, told: list[bytes]) -> None:
        call = self._named(piece)
        if call is None or call.barred:
            return
        function = piece.function
        arguments = (function.arguments if function is not None else None) or ""
        if call.growth is None:
            call.name = call.name or (function.name if function is not None else None) or ""
            call.id = call.id or piece.id or ""
            call.held += arguments
            if not call.name:
                return
            arguments, call.held = call.held, ""
            if not self._begin_call(call, told):
                return
        if arguments and call.growth is not None:
            call.spoken = True
            more = self._scribe.more(call.place, call.growth, arguments)
            told += [more] if more else []

    def _named(self, piece: CallPiece) -> _Call | None:
        """The call that a piece belongs to. Some servers leave the index out: a new id is then a new call."""
        index = piece.index
        if index is None:
            last = max(self._calls, default=-1)
            new = last < 0 or (piece.id and piece.id != self._calls[last].id)
            index = last + 1 if new else last
        if index not in self._calls:
            if len(self._calls) >= _MOST_CALLS:
                return None
            self._calls[index] = _Call()
        return self._calls[index]

    def _begin_call(self, call: _Call, told: list[bytes]) -> bool:
        telling = self._telling
        if telling.allowed is not None and call.name not in telling.allowed:
            call.barred = True
            return False
        self._end_thoughts(told)
        self._end_message(told)
        self._began = True
        scribe = self._scribe
        kind, served = telling.items.get(call.name), telling.served.get(call.name)
        if served is not None:
            call.place, begun = scribe.new_served(served)
            told += begun
        elif kind is not None:
            call.place, begun = scribe.new_hosted(kind, telling.container)
            told += begun
        else:
            hosted = call.name in telling.hosted
            call.place, event = scribe.new_call(call.name, call.id or f"call_{new_object_id()}", hosted=hosted)
            told.append(event)
        call.growth = scribe.said.growth(call.place)
        return True

    def _count(self, usage: Usage | None) -> None:
        if self.usage is None and usage is not None:
            self.usage = tokens(usage.prompt_tokens, usage.completion_tokens)
        if self.usage is not None:
            self._scribe.said.spent(self.usage)


def telling_of(request: ResponseRequest, hosted: frozenset[str] = frozenset(), types: "dict[str, str] | None" = None) -> Telling:
    """How the answer to this request is told; `types` names the functions of hosted tools by their types."""
    only = request.choice.only
    allowed = None if only is None else frozenset((types or {}).get(name, name) for name in only)
    return Telling(hosted, allowed, request.wants_summary, request.wants_logprobs)
