"""A kind of run that says what a test tells it to say, when it tells it to."""

import asyncio
import json
from collections.abc import Sequence
from typing import Final

import msgspec

from prosa.drivers.journal import Part
from prosa.kit.errors import ProsaError
from prosa.runs import Drive, Ending, Engine, Event, NewRun, Run, RunState, Why

KIND: Final = "puppet"
ENDS: Final = {Why.CANCELLED: RunState.CANCELLED, Why.FAILED: RunState.FAILED, Why.INTERRUPTED: RunState.INCOMPLETE}


class Puppet:
    """Register it in an engine. `say` is heard once it is durable; `end` ends the run that listens."""

    name = KIND

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._lines: dict[str, asyncio.Queue[bytes | None]] = {}
        engine.kinds[KIND] = self

    async def begin(self, space: str, conversation_id: str | None = None, **fields: object) -> Run:
        """A run of this space that has said `begun`."""
        new = NewRun(
            space,
            KIND,
            msgspec.json.encode(fields),
            (event(0, "begun"),),
            conversation_id=conversation_id,
            metadata=b'{"topic":"tests"}',
        )
        self._lines[new.id] = asyncio.Queue()
        return await self.engine.start_run(new)

    def say(self, run: Run, *texts: str) -> None:
        """Have the run say this."""
        for text in texts:
            self._lines[run.id].put_nowait(text.encode())

    def end(self, run: Run) -> None:
        """Have it end."""
        self._lines[run.id].put_nowait(None)

    async def ended(self, run: Run) -> Run:
        """Have it end, and wait until it has."""
        self.end(run)
        async with asyncio.timeout(5):
            return await self.engine.finished(run)

    def finish(self) -> None:
        """Have all of them end, so that the server needn't wait for them when it stops."""
        for lines in self._lines.values():
            lines.put_nowait(None)

    async def drive(self, drive: Drive) -> Ending:
        """See Kind."""
        lines = self._lines[drive.run.id]
        while (text := await lines.get()) is not None:
            drive.push(event(drive.next_number, "said", text.decode()))
            await drive.room()
        return _ending(drive.next_number, RunState.COMPLETED)

    async def settle(self, run: Run, log: Sequence[Event], why: Why, error: ProsaError | None) -> Ending:
        """See Kind."""
        return _ending(log[-1].number + 1, ENDS[why])

    def promoted(self, run: Run) -> Sequence[Part]:
        """See Kind."""
        return ()

    def removing(self, run: Run) -> Sequence[Part]:
        """See Kind."""
        return ()


def event(number: int, kind: str, text: str = "") -> bytes:
    """One line of the log."""
    return json.dumps({"type": kind, "sequence_number": number, "text": text}, ensure_ascii=False, separators=(",", ":")).encode()


def _ending(number: int, state: RunState) -> Ending:
    return Ending(state, (event(number, state.value),), b'{"made":"of nothing"}')
