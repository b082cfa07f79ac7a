"""A person's imports: a file is kept, looked at, and carried out by runs."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

import msgspec

from prosa.conversations.importing.errors import ImportExpired, ImportNotReady
from prosa.conversations.importing.kind import BEGUN, ImportKind
from prosa.conversations.importing.models import IMPORT, KEPT_SECONDS, ImportOrder
from prosa.conversations.importing.store import ImportStore
from prosa.conversations.news import News
from prosa.drivers.journal import Journal
from prosa.drivers.sql import Database
from prosa.files import File, FileNotFound, FileService, Purpose, Wish
from prosa.kit.clock import Clock
from prosa.kit.ids import new_object_id
from prosa.runs import Engine, NewRun, Run, RunNotFound, RunState

_TYPE: Final = "application/octet-stream"
_NAME: Final = "import"
_LONGEST_NAME: Final = 200
_order: Final = msgspec.json.Decoder(ImportOrder).decode


@dataclass(frozen=True, slots=True)
class Importer:
    """Who imports; `id` is that of a repeated request."""

    space: str
    account_id: str | None = None
    credential_id: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class ImportParts:
    """What imports stand on."""

    engine: Engine
    database: Database
    journal: Journal
    files: FileService
    news: News
    clock: Clock


class ImportService:
    """The engine knows the kind of run from then on. Nothing heavy is loaded before the first use."""

    def __init__(self, parts: ImportParts) -> None:
        self._parts = parts
        self._engine = parts.engine
        kind = ImportKind(ImportStore(parts.database), parts.journal, parts.files, parts.news, parts.clock)
        parts.engine.kinds[IMPORT] = kind

    async def keep(self, importer: Importer, name: str, content: AsyncIterator[bytes]) -> File:
        """Take a file in, as it streams; it waits a day for its run.

        Raises FileTooLarge, FileQuotaExceeded, StorageFull, StorageUnavailable, DatabaseUnavailable.
        """
        wish = Wish(Purpose.IMPORT, KEPT_SECONDS, importer.id)
        return await self._parts.files.keep(importer.space, (name[:_LONGEST_NAME] or _NAME, _TYPE), content, wish)

    async def discard(self, file: File) -> None:
        """It is to be imported no more."""
        await self._parts.files.remove_kept(file.space, Purpose.IMPORT, file.id)

    async def start(self, importer: Importer, file: File, *, dry_run: bool) -> Run:
        """Look at a kept file, and unless it is a dry run write what is in it. Raises TooManyRuns, DatabaseUnavailable."""
        return await self._start(importer, ImportOrder(file.id, dry_run))

    async def carry_out(self, importer: Importer, run_id: str) -> Run:
        """Do what a dry run looked at. Raises RunNotFound, ImportNotReady, ImportExpired, TooManyRuns."""
        looked = await self._engine.get(importer.space, run_id)
        if looked.kind != IMPORT:
            raise RunNotFound
        order = _order(looked.request)
        if not order.dry_run:
            raise ImportNotReady("it was no dry run")
        if looked.state is not RunState.COMPLETED:
            raise ImportNotReady("its dry run has not ended well")
        try:
            await self._parts.files.kept(importer.space, Purpose.IMPORT, order.file_id)
        except FileNotFound:
            raise ImportExpired from None
        return await self._start(importer, ImportOrder(order.file_id, False))

    async def _start(self, importer: Importer, order: ImportOrder) -> Run:
        new = NewRun(
            importer.space,
            IMPORT,
            msgspec.json.encode(order),
            (BEGUN,),
            id=importer.id or new_object_id(),
            account_id=importer.account_id,
            credential_id=importer.credential_id,
        )
        return await self._engine.start_run(new)
