"""A run's log, told again in the words of the Assistants API: each event of the one gives none, one or several of the other.

The order is the vendor's: a run is created, queued, in progress; a step is created and in progress before what is made in it; a
message or a step is completed before the next begins; at last the run. Source: `openai.types.beta.assistant_stream_event`.
"""

from collections.abc import Callable
from typing import Any, Final

import msgspec
from msgspec import Raw, Struct

from prosa.answers.assisting.citing import annotation_of
from prosa.answers.assisting.deltas import annotated, call_began, call_grew, call_over, refused, said
from prosa.answers.assisting.messages import IncompleteDetails, Message, blocks_of
from prosa.answers.assisting.pinned import PendingCall, reason_of
from prosa.answers.assisting.showing import Facts, run_object
from prosa.answers.assisting.standing import STEPS, Ended, Standing, StepStatus, Tokens, Usage, standing_at_end
from prosa.answers.assisting.steps import Call, GivenCall, Step, StepType, output_of
from prosa.kit import moments

PIECE: Final = b"thread.message.delta"
CALLS: Final = frozenset({"function_call", "prosa:tool_call", "file_search_call", "code_interpreter_call", "mcp_call"})
_OURS: Final = "function_call"
_ABSENT: Final = Raw()
_NOTHING: Final = Usage(0, 0, 0)
_encode: Final = msgspec.json.Encoder().encode


class _Told(Struct):
    """Any event of a log, as far as it is told again."""

    type: str
    output_index: int = 0
    content_index: int = 0
    item: Raw = _ABSENT
    delta: str = ""
    annotation: Raw = _ABSENT
    annotation_index: int = 0
    response: Raw = _ABSENT
    at: int = 0
    due_at: int = 0
    usage: Tokens | None = None


class _Piece(Struct):
    """The event of which a log holds the most: read and told again without a look at the words."""

    delta: Raw
    content_index: int = 0


class _Item(Struct):
    type: str
    id: str = ""
    call_id: str = ""
    content: Raw = _ABSENT
    status: str = ""


_told: Final = msgspec.json.Decoder(_Told).decode
_piece: Final = msgspec.json.Decoder(_Piece).decode
_words: Final = msgspec.json.Decoder(str).decode
_item: Final = msgspec.json.Decoder(_Item).decode
_call: Final = msgspec.json.Decoder(GivenCall).decode
_ended: Final = msgspec.json.Decoder(Ended).decode


class Story:
    """Told event by event. `steps` are those so far; `over`: the run has ended; `waits`: it waits for the client."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.steps: list[Step] = []
        self.waits = False
        self.over = False
        self._out: list[tuple[str, bytes]] | None = None  # None: nobody listens
        self._now = facts.created_at
        self._call = 0  # the model call that is under way
        self._step: Step | None = None  # to which calls are added
        self._message: Message | None = None
        self._cut: Raw = _ABSENT  # the content of a message that was broken off
        self._texts: dict[int, list[Raw]] = {}  # of the message's parts, each piece as JSON
        self._places: dict[int, Call] = {}  # calls by their place in the output

    def feed(self, data: bytes, *, telling: bool = True, ended_at: int | None = None) -> list[tuple[str, bytes]]:
        """Take the next event of the log; with `telling`, the events that it gives, each a name and a line of JSON. `ended_at`:
        with the last one, when the run ended, in microseconds since 1970."""
        told = _told(data)
        found: list[tuple[str, bytes]] = []
        self._out = found if telling else None
        if told.type in _ENDS:
            self._end(told, ended_at)
        elif (take := _TABLE.get(told.type)) is not None:
            take(self, told)
        return found

    def piece(self, data: bytes) -> bytes | None:
        """A line of JSON, PIECE's, for the log's next event where it is a piece of a text, as most are: what `feed` would give,
        at a third of its cost. None for any other, which is to be fed."""
        if self._message is None or not data.startswith(_TEXT):
            return None
        piece = _piece(data)
        pieces = self._texts.setdefault(piece.content_index, [])
        pieces.append(piece.delta)
        return said(self._message.id, piece.content_index, piece.delta, first=len(pieces) == 1)

    # Of the run

    def _created(self, _told: _Told) -> None:
        self._tell_run("created", Standing("queued"))
        self._tell_run("queued", Standing("queued"))

    def _in_progress(self, _told: _Told) -> None:
        self._tell_run("in_progress", Standing("in_progress"))

    def _moment(self, told: _Told) -> None:
        self._now = told.at

    def _called(self, told: _Told) -> None:
        """All that a model call said is there, and what it cost."""
        self._now = max(self._now, told.at)
        if told.usage is not None and (own := [step for step in self.steps if step.call == self._call]):
            for step in own:
                step.usage = _NOTHING
            own[-1].usage = told.usage.usage()
        self._complete()

    def _next_call(self, _told: _Told) -> None:
        self._complete()
        self._call += 1
        self._step = None

    def _waiting(self, told: _Told) -> None:
        self._now, self.waits = told.at, True
        step = self.steps[-1] if self.steps else None
        calls = [call for call in step.calls if call.awaited and not call.whole] if step is not None else []
        pending = [PendingCall(call.id, call.given.name, call.given.arguments) for call in calls]
        self._tell_run("requires_action", Standing("requires_action", calls=pending, due_at=told.due_at))

    def _woken(self, told: _Told) -> None:
        self._now, self.waits = told.at, False
        self._complete()
        self._step = None
        self._tell_run("queued", Standing("queued"))
        self._tell_run("in_progress", Standing("in_progress"))

    def _end(self, told: _Told, ended_at: int | None) -> None:
        ended = _ended(told.response)
        at = self._now if ended_at is None else ended_at // moments.SECOND
        self._now = max(self._now, at)
        standing = standing_at_end(ended, self._now * moments.SECOND if ended_at is None else ended_at)
        self.over, self.waits = True, False
        if standing.status == "cancelled":
            self._tell_run("cancelling", Standing("cancelling"))
        self._cut_off(ended.why)
        self._complete()
        for step in self.steps:
            if step.open:
                status: StepStatus = STEPS.get(standing.status, "completed")
                step.usage = step.usage or _NOTHING
                self._end_step(step, status, standing)
        self._tell_run(standing.status, standing)

    # Of items

    def _added(self, told: _Told) -> None:
        item = _item(told.item)
        if item.type == "message":
            self._complete()
            self._begin_message(item)
        elif item.type in CALLS:
            self._begin_call(told)
        elif item.type == "function_call_output":
            self._answer(_call(told.item))

    def _begin_message(self, item: _Item) -> None:
        facts = self.facts
        if self._message is not None:  # its driver died, and another one began anew
            self._cut_off("interrupted")
            self.steps[-1].whole = True
            self._complete()
        step = self._begin_step(item.id, "message_creation")
        step.message_id = item.id
        self._step, self._texts, self._cut = None, {}, _ABSENT
        self._message = message = Message(
            *(item.id, self._now, facts.thread_id, "assistant", []),
            assistant_id=facts.assistant_id or None,
            run_id=facts.id,
            status="in_progress",
        )
        self._tell("thread.message.created", message)
        self._tell("thread.message.in_progress", message)

    def _begin_call(self, told: _Told) -> None:
        given = _call(told.item)
        if self._step is None:
            self._complete()
            self._step = self._begin_step(given.id, "tool_calls")
        call = self._places[told.output_index] = Call(given, given.type == _OURS)
        self._step.calls.append(call)
        self._tell("thread.run.step.delta", call_began(self._step, call))

    def _begin_step(self, item_id: str, type: StepType) -> Step:
        step = Step(item_id[item_id.rfind("_") + 1 :], type, self._now, self._call)
        self.steps.append(step)
        self._tell_step("created", step)
        self._tell_step("in_progress", step)
        return step

    def _answer(self, given: GivenCall) -> None:
        """The client has answered the first call of this id that nobody has answered."""
        for step in reversed(self.steps):
            for call in step.calls:
                if call.awaited and not call.whole and call.id == given.call_id:
                    call.output, call.whole = output_of(given), True
                    return

    def _text(self, told: _Told) -> None:
        if self._message is not None:
            pieces = self._texts.setdefault(told.content_index, [])
            pieces.append(Raw(_encode(told.delta)))
            if self._out is not None:
                line = said(self._message.id, told.content_index, pieces[-1], first=len(pieces) == 1)
                self._out.append((PIECE.decode(), line))

    def _refusal(self, told: _Told) -> None:
        if self._message is not None:
            self._tell("thread.message.delta", refused(self._message.id, told.content_index, told.delta))

    def _annotation(self, told: _Told) -> None:
        if self._message is None:
            return
        text = "".join(map(_words, self._texts.get(told.content_index, ())))
        found = annotation_of(told.annotation, text)
        if found is not None:
            self._tell("thread.message.delta", annotated(self._message.id, told.content_index, told.annotation_index, found))

    def _grew(self, told: _Told) -> None:
        call = self._places.get(told.output_index)
        if call is not None and self._step is not None and told.delta:
            call.pieces.append(told.delta)
            self._tell("thread.run.step.delta", call_grew(self._step, call, told.delta))

    def _done(self, told: _Told) -> None:
        item = _item(told.item)
        if item.type == "message":
            self._end_message(item)
        elif item.type in CALLS and (call := self._places.get(told.output_index)) is not None:
            given = _call(told.item)
            call.given, call.output = given, output_of(given)
            call.whole = not call.awaited
            if call.whole and self._step is not None:
                self._tell("thread.run.step.delta", call_over(self._step, call))

    def _end_message(self, item: _Item) -> None:
        message = self._message
        if message is None:
            return
        if item.status == "incomplete":
            self._cut = item.content  # why is told at the run's end
            return
        message.content = blocks_of(item.content)
        message.status, message.completed_at = "completed", self._now
        self._tell("thread.message.completed", message)
        self._message = None
        self.steps[-1].whole = True

    def _cut_off(self, why: str) -> None:
        message = self._message
        if message is None:
            return
        if bytes(self._cut):
            message.content = blocks_of(self._cut)
        message.status, message.incomplete_at = "incomplete", self._now
        message.incomplete_details = IncompleteDetails(reason_of(why))
        self._tell("thread.message.incomplete", message)
        self._message = None

    # Telling

    def _complete(self) -> None:
        """End the steps of which nothing is missing any more."""
        for step in self.steps:
            if step.open and step.done:
                step.usage = step.usage or _NOTHING
                self._end_step(step, "completed", None)

    def _end_step(self, step: Step, status: StepStatus, standing: Standing | None) -> None:
        step.end(status, self._now, standing.error if standing is not None else None)
        self._tell_step(status, step)

    def _tell_run(self, name: str, standing: Standing) -> None:
        if self._out is not None:
            self._out.append((f"thread.run.{name}", _encode(run_object(self.facts, standing))))

    def _tell_step(self, name: str, step: Step) -> None:
        if self._out is not None:
            facts = self.facts
            self._out.append((f"thread.run.step.{name}", _encode(step.shown(facts.id, facts.assistant_id, facts.thread_id))))

    def _tell(self, name: str, shown: Any) -> None:
        if self._out is not None:
            self._out.append((name, _encode(shown)))


_TEXT: Final = b'{"type":"response.output_text.delta",'  # as the scribe writes it
_Take = Callable[[Story, _Told], None]
_ENDS: Final = frozenset({"response.completed", "response.incomplete", "response.failed"})
_TABLE: Final[dict[str, _Take]] = {
    "response.created": Story._created,
    "response.in_progress": Story._in_progress,
    "response.output_item.added": Story._added,
    "response.output_item.done": Story._done,
    "response.output_text.delta": Story._text,
    "response.refusal.delta": Story._refusal,
    "response.output_text.annotation.added": Story._annotation,
    "response.function_call_arguments.delta": Story._grew,
    "response.code_interpreter_call_code.delta": Story._grew,
    "prosa:tool_call_arguments.delta": Story._grew,
    "response.mcp_call_arguments.delta": Story._grew,
    "prosa:moment": Story._moment,
    "prosa:model_call.told": Story._called,
    "prosa:model_call.completed": Story._next_call,
    "prosa:run.waiting": Story._waiting,
    "prosa:run.woken": Story._woken,
}
