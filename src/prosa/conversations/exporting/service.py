"""Exports: one conversation at once, or any number by a run."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import msgspec

from prosa.conversations.exporting.bundling import Bundle, Sources, title_name
from prosa.conversations.exporting.errors import ExportExpired, ExportNotFound, ExportNotReady, ExportRefused, ExportTooLarge
from prosa.conversations.exporting.kind import BEGUN, ExportKind, reader_of
from prosa.conversations.exporting.models import EXPORT, MOST_EXPORTED, ExportWish, Format
from prosa.conversations.exporting.reading import ExportReading
from prosa.conversations.exporting.setting import CHARACTERS, ENTRIES, Setter, volumes
from prosa.drivers.sql import Database
from prosa.files import File, FileNotFound, FileService, Purpose
from prosa.kit.clock import Clock
from prosa.kit.ids import new_object_id
from prosa.runs import Engine, NewRun, Run, RunState

MOST_ITEMS = 20_000  # of a conversation that is answered at once as JSON or Markdown, and …
MOST_CHARACTERS = 64 << 20


@dataclass(frozen=True, slots=True)
class ExportStarter:
    """Who starts a run; `id` is that of a repeated request."""

    space: str
    account_id: str | None = None
    credential_id: str | None = None
    id: str | None = None


class ExportService:
    """The engine knows the kind of run from then on. Nothing heavy is loaded before the first use."""

    def __init__(self, engine: Engine, database: Database, files: FileService, clock: Clock) -> None:
        self._engine = engine
        self._files = files
        self._clock = clock
        self._sources = Sources(ExportReading(database), files, Setter())
        engine.kinds[EXPORT] = ExportKind(self._sources, clock)

    async def start(self, starter: ExportStarter, wish: ExportWish) -> Run:
        """Begin an export; durable when this returns.

        Raises ConversationNotFound for one that is named, ExportRefused, TooManyRuns, DatabaseUnavailable.
        """
        if wish.ids is not None:
            if not 0 < len(wish.ids) <= MOST_EXPORTED or len(set(wish.ids)) < len(wish.ids):
                raise ExportRefused(
                    f"conversation_ids: expected from 1 to {MOST_EXPORTED} different ids, or null for all.",
                    param="conversation_ids",
                )
            for id in wish.ids:
                await self._sources.reading.shelf(starter.space, id)
        new = NewRun(
            starter.space,
            EXPORT,
            msgspec.json.encode(wish),
            (BEGUN,),
            id=starter.id or new_object_id(),
            account_id=starter.account_id,
            credential_id=starter.credential_id,
        )
        return await self._engine.start_run(new)

    async def direct(self, space: str, id: str, wish: ExportWish) -> tuple[str, AsyncIterator[bytes]]:
        """One conversation now: the file's name and its content, which is read as it is taken.

        Raises ConversationNotFound, ExportTooLarge, DocumentFailed, TooManyDocuments.
        """
        shelf = await self._sources.reading.shelf(space, id)
        count, characters = await self._sources.reading.size(space, id)
        name = title_name(shelf) + wish.format.ending
        reader = reader_of(wish, self._clock.now())
        if wish.format in (Format.PDF, Format.DOCX):
            if count > ENTRIES or characters > CHARACTERS:
                raise ExportTooLarge
            first, *others = [each async for each in volumes(self._sources.reading.path(space, shelf), wish.language)]
            if others:
                raise ExportTooLarge
            return name, _once(await self._sources.setter.soon(shelf, first, wish.format, reader))
        if count > MOST_ITEMS or characters > MOST_CHARACTERS:
            raise ExportTooLarge
        return name, Bundle(self._sources, space, wish, reader).pieces([id])

    async def made(self, space: str, run_id: str) -> File:
        """What an export made. Raises ExportNotFound, ExportNotReady, ExportExpired."""
        run = await self._engine.get(space, run_id)
        if run.kind != EXPORT:
            raise ExportNotFound
        if run.state is not RunState.COMPLETED:
            raise ExportNotReady(open=run.open)
        try:
            return await self._files.kept(space, Purpose.EXPORT, run.id)
        except FileNotFound:
            raise ExportExpired from None

    def content(self, file: File, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """The bytes of it. Raises FileDamaged, StorageUnavailable."""
        return self._files.content(file, start, length)


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data
