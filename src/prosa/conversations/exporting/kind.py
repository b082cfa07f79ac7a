"""The kind of run that exports."""

import logging
from collections.abc import Sequence
from datetime import UTC
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from prosa.conversations.exporting.bundling import Bundle, Sources, Tally
from prosa.conversations.exporting.models import EXPORT, KEPT_SECONDS, ExportResult, ExportWish
from prosa.conversations.exporting.setting import Reader
from prosa.drivers.journal import Part
from prosa.files import Purpose, removal
from prosa.files import Wish as FileWish
from prosa.kit.clock import Clock
from prosa.kit.errors import ProsaError
from prosa.runs import Drive, Ending, Event, Run, RunState, Why

_logger = logging.getLogger("prosa.exports")
OFTEN: Final = 0.25  # seconds between two words of how far it is
BEGUN: Final = b'{"type":"export.started","sequence_number":0}'
_STATES: Final = {Why.CANCELLED: RunState.CANCELLED, Why.FAILED: RunState.FAILED, Why.INTERRUPTED: RunState.INCOMPLETE}
_wish: Final = msgspec.json.Decoder(ExportWish).decode
_encode: Final = msgspec.json.Encoder().encode


class ExportKind:
    """See prosa.runs.Kind. What was made before its driver's death is made again: only a whole file counts."""

    name = EXPORT

    def __init__(self, sources: Sources, clock: Clock) -> None:
        self._sources = sources
        self._clock = clock

    async def drive(self, drive: Drive) -> Ending:
        """Make the file. Raises what the run fails with."""
        run, wish = drive.run, _wish(drive.run.request)
        ids = list(wish.ids) if wish.ids is not None else await self._sources.reading.all(run.space)
        progress = _Progress(drive, self._clock, len(ids))
        bundle = Bundle(self._sources, run.space, wish, reader_of(wish, self._clock.now()), progress.tally)
        name, media_type = await bundle.name(ids)
        file = await self._sources.files.keep(
            run.space, (name, media_type), bundle.pieces(ids), FileWish(Purpose.EXPORT, KEPT_SECONDS, run.id)
        )
        tally = bundle.tally
        result = ExportResult(
            format=wish.format,
            filename=file.filename,
            media_type=file.media_type,
            bytes=file.bytes,
            conversations=tally.done,
            files=tally.files,
            expires_at=int(file.expires_at or 0),
            left_out=tuple(tally.left_out),
        )
        return _ending(RunState.COMPLETED, result, drive.next_number)

    async def settle(self, run: Run, log: Sequence[Event], why: Why, error: ProsaError | None) -> Ending:
        """End it without a file."""
        told = None if error is None else {"code": error.code, "message": error.message}
        number = log[-1].number + 1 if log else 0
        return _ending(_STATES[why], ExportResult(format=_wish(run.request).format, error=told), number)

    def promoted(self, run: Run) -> Sequence[Part]:
        """Nothing: it never waits."""
        return ()

    def removing(self, run: Run) -> Sequence[Part]:
        """The file goes with the run."""
        return removal(run.id, Purpose.EXPORT)


class _Progress:
    """Tells in the run's log how far it is."""

    def __init__(self, drive: Drive, clock: Clock, of: int) -> None:
        self._drive = drive
        self._clock = clock
        self._of = of
        self._last = clock.monotonic() - OFTEN
        self.tally = Tally(told=self._told)

    def _told(self) -> None:
        now = self._clock.monotonic()
        if now - self._last < OFTEN and self.tally.done < self._of:
            return
        self._last = now
        number = self._drive.next_number
        event = {"type": "export.progress", "sequence_number": number, "done": self.tally.done, "of": self._of}
        self._drive.push(_encode(event))


def reader_of(wish: ExportWish, now: float) -> Reader:
    """For whom it is made; a zone that isn't known is UTC. `now`: seconds since 1970."""
    try:
        zone = ZoneInfo(wish.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return Reader(wish.language, UTC, now)
    return Reader(wish.language, zone, now)


def _ending(state: RunState, result: ExportResult, number: int) -> Ending:
    shown = _encode(result)
    event = b'{"type":"export.%s","sequence_number":%d,"export":%s}' % (state.encode(), number, shown)
    return Ending(state, (event,), shown)
