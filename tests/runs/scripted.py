"""A kind of run without models: it does what its request says, step by step."""

import asyncio
from collections.abc import Sequence
from typing import Final

import msgspec

from prosa.drivers.journal import Part, Statement
from prosa.kit.errors import ProsaError, Unavailable
from prosa.kit.ids import new_object_id
from prosa.runs import Drive, Ending, Event, Run, RunState, Why, fenced_insert

KIND: Final = "scripted"
ENDS: Final = {
    Why.CANCELLED: RunState.CANCELLED,
    Why.FAILED: RunState.FAILED,
    **dict.fromkeys((Why.INTERRUPTED, Why.EXPIRED), RunState.INCOMPLETE),
}

GIVEN: Final = Statement(
    "INSERT INTO items (id, space, run_id, made, position, type, body, created_at)"
    " VALUES ($1, $2, $3, FALSE, CAST(0 AS BIGINT), 'message', $4, CAST(0 AS BIGINT))"
)
REMOVED: Final = Statement("DELETE FROM items WHERE run_id = $1")
MADE: Final = fenced_insert(
    "items",
    {
        "id": "TEXT",
        "space": "TEXT",
        "run_id": "TEXT",
        "made": "BOOLEAN",
        "position": "BIGINT",
        "type": "TEXT",
        "body": "TEXT",
        "created_at": "BIGINT",
    },
)


class Scripted(ProsaError):
    """What a script raises on purpose."""

    code = "scripted"


class Step(msgspec.Struct, array_like=True):
    """What to do: `push` so many events, `wait` so many seconds, `flush`, `room`, `fail`, `break` (a defect), `ask` (WAITING)."""

    do: str
    much: float = 0


class Script(msgspec.Struct):
    """The request of a run. `giving_up`: whoever takes it over ends it, instead of going on."""

    steps: list[Step]
    giving_up: bool = False


class ScriptedKind:
    """Drives scripts. `drives` counts who drives what now, over all processes that share it."""

    name = KIND

    async def drive(self, drive: Drive) -> Ending:
        """Do the steps that the log doesn't show as done yet."""
        script = msgspec.json.decode(drive.run.request, type=Script)
        if drive.resumed:
            drive.push(_event(drive.next_number, drive.run.fence, "resumed"))
            if script.giving_up:
                return _ending(drive.run, drive.next_number, RunState.INCOMPLETE)
        done = sum(1 for event in drive.log if b'"type":"said"' in event.data)
        asked = sum(1 for event in drive.log if b'"type":"asked"' in event.data)
        for step in script.steps:
            if step.do == "push":
                skipped = min(done, int(step.much))
                done -= skipped
                for _ in range(int(step.much) - skipped):
                    drive.push(_event(drive.next_number, drive.run.fence, "said"))
                    await drive.room()
            elif step.do == "ask":
                asked -= 1
                if asked < 0:
                    return Ending(RunState.WAITING, (_event(drive.next_number, drive.run.fence, "asked"),), b"{}")
            else:
                await _other(step, drive)
        return _ending(drive.run, drive.next_number, RunState.COMPLETED)

    async def settle(self, run: Run, log: Sequence[Event], why: Why, error: ProsaError | None) -> Ending:
        """End it as whoever asks for it says."""
        return _ending(run, log[-1].number + 1 if log else 0, ENDS[why])

    def removing(self, run: Run) -> Sequence[Part]:
        """Its items go with it."""
        return ((REMOVED, (run.id,)),)

    def promoted(self, run: Run) -> Sequence[Part]:
        """Nothing more is written when it begins."""
        return ()


async def _other(step: Step, drive: Drive) -> None:
    if step.do == "wait":
        await asyncio.sleep(step.much)
    elif step.do == "flush":
        await drive.flush()
    elif step.do == "fail":
        raise Unavailable("This script fails.")
    elif step.do == "break":
        raise ZeroDivisionError


def first_event() -> bytes:
    """What a run's log begins with."""
    return _event(0, 0, "begun")


def given(space: str, run_id: str) -> Part:
    """The row that the caller gives with a run."""
    return GIVEN, (new_object_id(), space, run_id, "{}")


def _ending(run: Run, number: int, state: RunState) -> Ending:
    made = MADE.part(run.id, run.fence, state, (new_object_id(), run.space, run.id, True, 0, "message", "{}", 0))
    return Ending(state, (_event(number, run.fence, state),), b'{"state":"%s"}' % state.encode(), (made,))


def _event(number: int, fence: int, what: str) -> bytes:
    return b'{"type":"%s","sequence_number":%d,"by":%d}' % (what.encode(), number, fence)
