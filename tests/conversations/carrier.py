"""Exports and imports over a real database, with all that they stand on."""

import asyncio
import io
import json
import zipfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from prosa.conversations import ConversationService, Face, TitleBy
from prosa.conversations.exporting import ExportService, ExportStarter, ExportWish, Format
from prosa.conversations.importing import Importer, ImportParts, ImportService
from prosa.drivers.blobs import blobs_of
from prosa.drivers.journal import Journal
from prosa.drivers.sql import Database
from prosa.events import Signals
from prosa.files import File, FileService, FileSettings
from prosa.kit.clock import SystemClock
from prosa.runs import Engine, EngineParts, Run, RunSettings, RunState

SPACE = "ana"


def message(text: str, role: str = "user", *parts: dict[str, Any]) -> bytes:
    """A message in the words of the Responses API."""
    kind = "output_text" if role == "assistant" else "input_text"
    extra: dict[str, Any] = {"annotations": []} if role == "assistant" else {}
    content = [{"type": kind, "text": text, **extra}, *parts]
    return msgspec.json.encode({"type": "message", "role": role, "status": "completed", "content": content})


class Carrier:
    """The services of one process."""

    def __init__(self, database: Database, folder: Path, runs: RunSettings | None = None) -> None:
        clock = SystemClock()
        self.database = database
        self.journal = Journal(database)
        self.blobs = blobs_of(database, folder, clock)
        self.files = FileService(database, self.blobs, FileSettings(), clock)
        self.conversations = ConversationService(database, self.journal, clock)
        self.runs = Engine(EngineParts(database, self.journal, Signals(Path("nowhere"), database), clock), runs)
        self.exports = ExportService(self.runs, database, self.files, clock)
        news = self.conversations.news
        self.imports = ImportService(ImportParts(self.runs, database, self.journal, self.files, news, clock))

    async def talk(self, title: str | None, *said: str, space: str = SPACE, face: Face | None = None) -> str:
        """A conversation in which two take turns."""
        items = [message(text, "assistant" if place % 2 else "user") for place, text in enumerate(said)]
        by = TitleBy.NOBODY if title is None else TitleBy.PERSON
        made = await self.conversations.create(space, b'{"topic":"x"}', items, face=face or Face(title=title, title_by=by))
        return made.id

    async def file(self, name: str, data: bytes, space: str = SPACE) -> File:
        """A file of the owner's."""
        async with self.files.upload(space) as upload:
            await upload.receive(name, None, pieces(data))
            return await upload.keep("user_data")

    async def exported(self, wish: ExportWish, space: str = SPACE) -> bytes:
        """What an export by a run makes."""
        run = await self.finished(await self.exports.start(ExportStarter(space), wish))
        assert run.state is RunState.COMPLETED, run.result
        file = await self.exports.made(space, run.id)
        return b"".join([piece async for piece in self.exports.content(file)])

    async def json(self, *ids: str, space: str = SPACE) -> dict[str, Any]:
        """The JSON of these conversations, or of all."""
        wish = ExportWish(format=Format.JSON, ids=ids or None)
        found: dict[str, Any] = json.loads(await self.exported(wish, space))
        return found

    async def direct(self, id: str, format: Format, space: str = SPACE, **more: Any) -> bytes:
        """One conversation, at once."""
        _, content = await self.exports.direct(space, id, ExportWish(format=format, ids=(id,), **more))
        return b"".join([piece async for piece in content])

    async def imported(self, data: bytes, space: str = SPACE, *, dry_run: bool = False) -> dict[str, Any]:
        """The report of an import; one that failed has its error in it."""
        importer = Importer(space)
        file = await self.imports.keep(importer, "export", pieces(data))
        run = await self.finished(await self.imports.start(importer, file, dry_run=dry_run))
        report: dict[str, Any] = json.loads(run.result or "null")
        assert (run.state is RunState.COMPLETED) == (report["error"] is None)
        return report

    async def finished(self, run: Run) -> Run:
        """The run once it has ended."""
        async with asyncio.timeout(60):
            return await self.runs.finished(run)

    async def rows(self, table: str) -> list[tuple[object, ...]]:
        """All of a table."""
        return list(await self.database.fetch(f"SELECT * FROM {table}"))


@asynccontextmanager
async def a_carrier(database: Database, folder: Path, runs: RunSettings | None = None) -> AsyncIterator[Carrier]:
    """The services over this database."""
    carrier = Carrier(database, folder, runs)
    try:
        yield carrier
    finally:
        await carrier.runs.stop()
        await carrier.journal.aclose()


async def pieces(data: bytes, size: int = 60_000) -> AsyncIterator[bytes]:
    """Content as it might stream in."""
    for start in range(0, len(data), size):
        yield data[start : start + size]


def unzipped(data: bytes) -> dict[str, bytes]:
    """The members of a zip."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(members: dict[str, bytes] | Sequence[tuple[str, bytes]], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as archive:
        for name, data in members.items() if isinstance(members, dict) else members:
            archive.writestr(name, data)
    return made.getvalue()
