"""A run that waits for the client's functions: how it comes to wait, and how it goes on."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from prosa.answers.assisting.pinned import Pending, PendingCall
from prosa.answers.responses import FunctionCall, FunctionOutput, OutputItem, Scribe, Tokens
from prosa.drivers.journal import Part
from prosa.kit import moments
from prosa.kit.ids import new_object_id
from prosa.runs import Batch, Ending, Event, RunState

WAITS: Final = "prosa:run.waiting"
WOKEN: Final = "prosa:run.woken"
_OUTPUT: Final = "fco_"


def waiting(scribe: Scribe, usage: Tokens | None, now: float, seconds: float, news: tuple[Part, ...] = ()) -> Ending:
    """The run ends its drive with calls that the client has to answer within so many seconds of `now` (since 1970); `usage`: what
    the model call cost that made them; `news`: rows that tell of it."""
    calls = pending_calls(scribe)
    due = now + seconds
    called = scribe.model_called(usage)
    event = scribe.own(WAITS, {"call_ids": [call.call_id for call in calls], "at": int(now), "due_at": int(due)})
    pending = Pending(calls, scribe.number - 1, len(scribe.said), int(due))
    return Ending(RunState.WAITING, (called, event), pending.stored(), rows=news, due_at=round(due * moments.SECOND))


def pending_calls(scribe: Scribe) -> list[PendingCall]:
    """The calls of the client's functions that stand last, without outputs."""
    found: list[PendingCall] = []
    for item in reversed(scribe.said.items):
        if isinstance(item, FunctionOutput):
            break
        if isinstance(item, FunctionCall):
            found.append(PendingCall(item.call_id, item.name, item.arguments))
    return found[::-1]


class _Given(msgspec.Struct):
    type: str = ""
    call_id: str = ""


class _Told(msgspec.Struct):
    type: str
    item: _Given = msgspec.field(default_factory=_Given)


_told: Final = msgspec.json.Decoder(_Told).decode


def answers_of(log: Sequence[Event]) -> list[tuple[int, set[str | None]]]:
    """How often a run was answered: of each time the number of the event with which it had waited, and the ids of the calls."""
    found: list[tuple[int, set[str | None]]] = []
    number, ids = -1, set[str | None]()
    for event in log:
        told = _told(event.data)
        if told.type == WAITS:
            number, ids = event.number, set()
        elif told.type == "response.output_item.added" and told.item.type == "function_call_output":
            ids.add(told.item.call_id)
        elif told.type == WOKEN:
            found.append((number, ids))
    return found


def broken_off(items: Sequence[OutputItem]) -> list[OutputItem]:
    """The items of a run that has ended: a call that nobody has answered is incomplete, so that who goes on in the conversation
    needn't answer it."""
    answers = Counter(item.call_id for item in items if isinstance(item, FunctionOutput))
    found = []
    for item in items:
        if isinstance(item, FunctionCall):
            answers[item.call_id] -= 1
            if answers[item.call_id] < 0:
                item = msgspec.structs.replace(item, status="incomplete")
        found.append(item)
    return found


def woken(pending: Pending, outputs: Mapping[str, str], now: float) -> Batch:
    """The events with which it goes on: each output in the order of the calls, by its call's id."""
    scribe = Scribe(pending.number + 1)
    events = []
    for index, call in enumerate(pending.calls, pending.items):
        item = FunctionOutput(_OUTPUT + new_object_id(), call.call_id, outputs[call.call_id])
        events += scribe.given(index, item)
    events.append(scribe.own(WOKEN, {"at": int(now)}))
    return Batch(pending.number + 1, pending.number + len(events), b"\n".join(events), final=False)
