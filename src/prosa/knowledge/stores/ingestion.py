"""The kind of run that reads files into a vector store: one run a batch, one file after the other, each failing for itself."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Final

from prosa.drivers.journal import Part
from prosa.kit.errors import ProsaError
from prosa.knowledge.stores import files_store
from prosa.knowledge.stores.models import Fault, FileCounts, FileStatus, StoredFile, VectorStore
from prosa.knowledge.stores.orders import INGESTION, Order, ending, fault_of
from prosa.knowledge.stores.parts import StoreParts
from prosa.knowledge.stores.progress import Progress, begun
from prosa.knowledge.stores.reading import Reader
from prosa.knowledge.stores.turns import Turns
from prosa.runs import Drive, Ending, Event, Run, RunState, Why

PAGE: Final = 50  # files that are looked up at once
_STATES: Final = {Why.CANCELLED: RunState.CANCELLED, Why.FAILED: RunState.FAILED, Why.INTERRUPTED: RunState.INCOMPLETE}
_INTERRUPTED: Final = Fault("server_error", "The server was interrupted too often while it read the file; add it again.")


class NoMoreAllowed(ProsaError):
    """Whoever added the files may not call models any more; never told but as a file's `last_error`."""

    code = "server_error"

    def __init__(self) -> None:
        super().__init__("Whoever added the file may not call models any more.")


class IngestionKind:
    """See prosa.runs.Kind. A driver that goes on after another's death reads what is left; what was embedded is remembered."""

    name = INGESTION

    def __init__(self, parts: StoreParts) -> None:
        self._parts = parts
        self._turns = Turns(parts.settings.at_once)

    async def drive(self, drive: Drive) -> Ending:
        """Read the files. Raises what the run fails with."""
        run, order = drive.run, Order.of(drive.run)
        reader = Reader(self._parts, drive, Progress(drive, self._parts.clock))
        if drive.resumed:
            for file_id in begun(drive.log):
                await reader.forsake(run.space, order.store_id, file_id)
        store = await self._parts.stores.get(run.space, order.store_id)
        if store is not None and order.anew:
            await self._embed_anew(drive, reader, order.store_id)
        elif store is not None:
            await self._read(drive, reader)
        news = self._parts.news(run.space, "updated", order.store_id) if store is not None else ()
        return ending(run, RunState.COMPLETED, await self._counts(run), drive.next_number, rows=news)

    async def settle(self, run: Run, log: Sequence[Event], why: Why, error: ProsaError | None) -> Ending:
        """End it where it is: what was read stays, the rest says why it wasn't."""
        counts, state = await self._counts(run), _STATES[why]
        left = counts.in_progress
        if why is Why.CANCELLED:
            status, fault = FileStatus.CANCELLED, None
            counts = FileCounts(0, counts.completed, counts.failed, counts.cancelled + left)
        else:
            status, fault = FileStatus.FAILED, _INTERRUPTED if error is None else fault_of(error)
            counts = FileCounts(0, counts.completed, counts.failed + left, counts.cancelled)
        number = log[-1].number + 1 if log else 0
        news = self._parts.news(run.space, "updated", Order.of(run).store_id)
        return ending(run, state, counts, number, error, (files_store.batch_end(run, state, status, fault), *news))

    def promoted(self, run: Run) -> Sequence[Part]:
        """Nothing: it never waits in a conversation."""
        return ()

    def removing(self, run: Run) -> Sequence[Part]:
        """Nothing: the files stay in their store."""
        return ()

    async def _read(self, drive: Drive, reader: Reader) -> None:
        seen: set[str] = set()
        while True:
            found = [each for each in await self._parts.stored.waiting(drive.run.id, PAGE) if each.file_id not in seen]
            if not found:
                return
            seen |= {each.file_id for each in found}
            each, workers = iter(found), min(self._parts.settings.at_once, len(found))
            results = await asyncio.gather(*(self._work(drive, reader, each) for _ in range(workers)), return_exceptions=True)
            for result in results:
                if isinstance(result, BaseException):
                    raise result

    async def _work(self, drive: Drive, reader: Reader, files: Iterator[StoredFile]) -> None:
        for file in files:
            async with self._turns.turn(drive.run.space):
                if not await self._parts.still_allowed(drive.run):
                    raise NoMoreAllowed
                now = await self._parts.stored.get(file.space, file.store_id, file.file_id)
                store = await self._store(file)
                if store is None or now is None or now.batch_id != drive.run.id or now.status is not FileStatus.IN_PROGRESS:
                    continue
                await reader.read(now, store.model)
                after = await self._store(file)
                if after is not None and after.model != store.model:  # it was changed meanwhile, by another run
                    await reader.follow(now, after.model)

    async def _embed_anew(self, drive: Drive, reader: Reader, store_id: str) -> None:
        space, after = drive.run.space, ""
        while True:
            store = await self._parts.stores.get(space, store_id)
            found = [] if store is None else await self._parts.stored.stale(space, store_id, store.model, after, PAGE)
            if store is None or not found:
                return
            for file in found:
                async with self._turns.turn(space):
                    if not await self._parts.still_allowed(drive.run):
                        raise NoMoreAllowed
                    await reader.embed_anew(file, store.model)
            after = found[-1].file_id

    async def _store(self, file: StoredFile) -> VectorStore | None:
        return (await self._parts.stores.several(file.space, (file.store_id,))).get(file.store_id)

    async def _counts(self, run: Run) -> FileCounts:
        found = await self._parts.stored.batch(run.space, Order.of(run).store_id, run.id)
        return FileCounts() if found is None else found.counts
