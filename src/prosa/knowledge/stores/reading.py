"""One file becomes passages in an index: extracted, cut, embedded, stored."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final, TypeVar

from prosa.drivers.sql import DatabaseUnavailable
from prosa.kit.errors import ProsaError
from prosa.knowledge.extraction import Chunking, Extracted, Passage, chunks, extract
from prosa.knowledge.retrieval import searched_text
from prosa.knowledge.stores import files_store
from prosa.knowledge.stores.models import FileStatus, StoredFile
from prosa.knowledge.stores.orders import Order, fault_of
from prosa.knowledge.stores.parts import StoreParts
from prosa.knowledge.stores.progress import STORING, Progress
from prosa.runs import Drive, LeaseLost

Made = TypeVar("Made")
_logger: Final = logging.getLogger("prosa.knowledge")
SLICE: Final = 128  # passages that are embedded at once
TOGETHER: Final = 8  # passages that are cut before others have their turn: half a millisecond
PAUSES: Final = (1.0, 4.0, 16.0)  # seconds before another try
_PASSING: Final = frozenset({429, 502, 503, 504})


class SpaceFull(ProsaError):
    """All that a space may keep in vector stores is kept; never told but as a file's `last_error`."""

    code = "invalid_file"

    def __init__(self, most: int) -> None:
        super().__init__(f"No more can be kept: all vector stores together may have {most >> 20} MB. Delete some first.")


class Reader:
    """Reads the files of one run."""

    def __init__(self, parts: StoreParts, drive: Drive, progress: Progress) -> None:
        self._parts = parts
        self._drive = drive
        self._progress = progress
        self._payer = Order.of(drive.run).payer(drive.run)

    async def read(self, file: StoredFile, model: str | None) -> None:
        """Read a file, or note why it can't be. Raises LeaseLost, DatabaseUnavailable."""
        try:
            await self._read(file, model)
        except (LeaseLost, DatabaseUnavailable):
            raise
        except ProsaError as error:
            await self._failed(file, error)

    async def follow(self, file: StoredFile, model: str | None) -> None:
        """Embed a file by the model that its store was given meanwhile; if that fails, its words find it. Raises as `read`."""
        now = await self._parts.stored.get(file.space, file.store_id, file.file_id)
        if now is None or now.status is not FileStatus.COMPLETED or now.model == model:
            return
        try:
            await self.embed_anew(now, model)
        except (LeaseLost, DatabaseUnavailable):
            raise
        except ProsaError as error:
            _logger.warning("a file that was read could not be embedded by its store's new model: %s", error.code)

    async def embed_anew(self, file: StoredFile, model: str | None) -> None:
        """Have what was read of a file embedded by another model. Raises what that fails with, LeaseLost, DatabaseUnavailable."""
        passages = [each async for each in self._parts.index.passages(file.space, file.store_id, file.file_id)]
        vectors = await self._embedded(file, passages, model)
        await self._stored(file, passages, vectors, model, anew=True)

    async def _read(self, file: StoredFile, model: str | None) -> None:
        parts, space = self._parts, file.space
        self._progress.stage(file, "extracting")
        content = await parts.files.get(space, file.file_id)
        named = (content.filename, content.media_type)
        extracted = await patiently(lambda: extract(*named, parts.files.content(content)))
        passages = await _cut(extracted, file.chunking)
        await self._room(file, sum(len(each.text.encode("utf-8", "replace")) for each in passages))
        vectors = await self._embedded(file, passages, model)
        await self._stored(file, passages, vectors, model)

    async def _room(self, file: StoredFile, size: int) -> None:
        most = self._parts.settings.space_bytes
        if await self._parts.stores.used(file.space) - file.usage_bytes + size > most:
            raise SpaceFull(most)

    async def _embedded(self, file: StoredFile, passages: Sequence[Passage], model: str | None) -> list[bytes] | None:
        if model is None:
            return None
        found: list[bytes] = []
        texts = [searched_text(passage) for passage in passages]
        for start in range(0, len(texts), SLICE):
            self._progress.stage(file, "embedding", start, len(texts))
            ask = partial(self._parts.embedder.embed, texts[start : start + SLICE], model, self._payer)
            found += await patiently(ask)
            await self._drive.room()
        return found

    async def _stored(
        self,
        file: StoredFile,
        passages: Sequence[Passage],
        vectors: Sequence[bytes] | None,
        model: str | None,
        *,
        anew: bool = False,
    ) -> None:
        size = sum(len(each.text.encode("utf-8", "replace")) for each in passages) + sum(map(len, vectors or ()))
        await self._room(file, size)
        self._progress.stage(file, STORING)
        await self._drive.flush()  # by which a driver that drives no more learns of it
        # Once begun it is done whole, with the look whether the file was wanted to the end: else its text might stay behind.
        work = asyncio.ensure_future(self._put(file, passages, vectors, (model, size), anew=anew))
        try:
            done = await asyncio.shield(work)
        except asyncio.CancelledError:
            await asyncio.wait([work])
            raise
        if done and not anew:
            self._progress.file(file, FileStatus.COMPLETED, size)

    async def _put(
        self,
        file: StoredFile,
        passages: Sequence[Passage],
        vectors: Sequence[bytes] | None,
        made: tuple[str | None, int],
        *,
        anew: bool,
    ) -> bool:
        """Store it; False where nobody wants it any more. `made`: the model, and bytes."""
        (model, size), run = made, self._drive.run
        if not await self._parts.index.put(file.space, file.store_id, file.file_id, passages, vectors):
            return False
        row = files_store.embedding if anew else files_store.reading
        if await self._parts.journal.append(*row(run, file, size, model)):
            return True
        await self.forsake(file.space, file.store_id, file.file_id)
        return False

    async def forsake(self, space: str, store_id: str, file_id: str) -> None:
        """Remove passages of a file that isn't in its store any more, or isn't to be."""
        if not await self._parts.stores.several(space, (store_id,)):
            await self._parts.index.remove(space, store_id)
            return
        found = await self._parts.stored.get(space, store_id, file_id)
        if found is None or found.status in (FileStatus.CANCELLED, FileStatus.FAILED):
            await self._parts.index.remove(space, store_id, file_id)

    async def _failed(self, file: StoredFile, error: ProsaError) -> None:
        fault = fault_of(error)
        if await self._parts.journal.append(*files_store.failure(self._drive.run, file, fault)):
            if file.usage_bytes:
                await self._parts.index.remove(file.space, file.store_id, file.file_id)  # what was read of it before
            self._progress.file(file, FileStatus.FAILED, 0, fault)


async def _cut(extracted: Extracted, chunking: Chunking) -> list[Passage]:
    """The passages; a few at a time, as another thread would hold up everybody for longer than this one."""
    found: list[Passage] = []
    for passage in chunks(extracted, chunking):
        found.append(passage)
        if len(found) % TOGETHER == 0:
            await asyncio.sleep(0)
    return found


async def patiently(ask: Callable[[], Awaitable[Made]]) -> Made:
    """Ask again where another try may go better: a batch of files isn't to fail for a bad minute of somebody else's."""
    for pause in PAUSES:
        try:
            return await ask()
        except DatabaseUnavailable:
            raise
        except ProsaError as error:
            if not (error.status in _PASSING or error.retry_after is not None):
                raise
        await asyncio.sleep(pause)
    return await ask()
