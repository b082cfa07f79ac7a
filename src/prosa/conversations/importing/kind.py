"""The kind of run that imports: the whole file is looked at first, then conversation after conversation is written."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import aclosing
from typing import Final

import msgspec

from prosa.conversations.importing.errors import ImportExpired
from prosa.conversations.importing.identities import Identities
from prosa.conversations.importing.models import IMPORT, Draft, Fault, ImportOrder, ImportReport
from prosa.conversations.importing.planting import FILE, MANY, Soil, file_ids, planted
from prosa.conversations.importing.store import ImportStore, completion
from prosa.conversations.importing.uploaded import Attached, Uploaded
from prosa.conversations.models import Conversation
from prosa.conversations.news import News
from prosa.drivers.journal import Journal, Part, RowRefused
from prosa.files import File, FileEmpty, FileNotFound, FileRefused, FileService, FileTypeMismatch, ImageTooLarge, Purpose
from prosa.kit import moments
from prosa.kit.clock import Clock
from prosa.kit.errors import ProsaError
from prosa.kit.ids import brought_id
from prosa.runs import Drive, Ending, Event, Run, RunState, Why

_logger = logging.getLogger("prosa.imports")
OFTEN: Final = 0.25  # seconds between two words of how far it is
BEGUN: Final = b'{"type":"import.started","sequence_number":0}'
_STATES: Final = {Why.CANCELLED: RunState.CANCELLED, Why.FAILED: RunState.FAILED, Why.INTERRUPTED: RunState.INCOMPLETE}
_order: Final = msgspec.json.Decoder(ImportOrder).decode
_encode: Final = msgspec.json.Encoder().encode


class ImportKind:
    """See prosa.runs.Kind. A driver that goes on after another's death finds what is there by its id, and writes the rest."""

    name = IMPORT

    def __init__(self, store: ImportStore, journal: Journal, files: FileService, news: News, clock: Clock) -> None:
        self._store = store
        self._journal = journal
        self._files = files
        self._news = news
        self._clock = clock

    async def drive(self, drive: Drive) -> Ending:
        """Read the file, and write what is in it unless it is a dry run. Raises what the run fails with."""
        order = _order(drive.run.request)
        file = await self._file(drive.run.space, order)
        uploaded = await Uploaded.opened(self._files, file)
        report = ImportReport(dry_run=order.dry_run, filename=file.filename)
        progress = _Progress(drive, self._clock, report)
        named = await self._looked_at(uploaded, report, progress)
        if not order.dry_run:
            await self._write(uploaded, report, progress, named)
        return _ending(RunState.COMPLETED, report, drive.next_number)

    async def settle(self, run: Run, log: Sequence[Event], why: Why, error: ProsaError | None) -> Ending:
        """End it where it is; what was written stays."""
        report = ImportReport(dry_run=_order(run.request).dry_run)
        if error is not None:
            report.error = {"code": error.code, "message": error.message}
        return _ending(_STATES[why], report, log[-1].number + 1 if log else 0)

    def promoted(self, run: Run) -> Sequence[Part]:
        """Nothing: it never waits."""
        return ()

    def removing(self, run: Run) -> Sequence[Part]:
        """Nothing: what was imported stays, and the upload goes by itself."""
        return ()

    async def _file(self, space: str, order: ImportOrder) -> File:
        try:
            return await self._files.kept(space, Purpose.IMPORT, order.file_id)
        except FileNotFound:
            raise ImportExpired from None

    async def _looked_at(self, uploaded: Uploaded, report: ImportReport, progress: "_Progress") -> set[str]:
        """Count everything, so that what can't be imported is refused before anything is written; the files that are named."""
        named: set[str] = set()
        async with aclosing(uploaded.drafts()) as drafts:
            async for found in drafts:
                if isinstance(found, Fault):
                    report.fault(found)
                else:
                    report.see(found)
                    named |= await asyncio.to_thread(file_ids, found) if len(found.items) > MANY else file_ids(found)
                await progress.told("checking")
        return named

    async def _write(self, uploaded: Uploaded, report: ImportReport, progress: "_Progress", named: set[str]) -> None:
        space = uploaded.file.space
        identities = Identities(space, uploaded.file.sha256)
        soil = Soil(identities, await self._all_files(uploaded, report, identities, named), moments.stored(self._clock.now()))
        async with aclosing(uploaded.drafts()) as drafts:
            async for found in drafts:
                if isinstance(found, Draft):
                    new = await self._plant(found, soil)
                    report.written += new
                    report.already_there += not new
                    await progress.told("writing")

    async def _plant(self, draft: Draft, soil: Soil) -> bool:
        """Write one conversation with all that is in it; False where it is there already."""
        space = soil.identities.space
        version = await self._store.there(space, soil.identities.conversation(draft))
        if version:
            return False
        many = len(draft.items) > MANY
        conversation, front, items = await asyncio.to_thread(planted, draft, soil) if many else planted(draft, soil)
        told = self._news.conversation(space, "created", conversation.id)
        if not many:
            return await self._write_once(conversation, (*front, *items, *told))
        if version is None and not await self._write_once(conversation, front):
            return False
        for start in range(0, len(items), MANY):
            await self._journal.append_all(items[start : start + MANY])
        await self._journal.append_all((*completion(space, conversation.id), *told))
        self._news.told(space)
        return True

    async def _write_once(self, conversation: Conversation, parts: Sequence[Part]) -> bool:
        """Write it; False where it is there already."""
        for last in (False, True):
            try:
                await self._journal.append_all(parts)
                break
            except RowRefused as error:
                # By another driver of this very run, or its folder was made by somebody else at this moment.
                if error.constraint and await self._store.there(conversation.space, conversation.id) is not None:
                    return False
                if last:
                    raise
        self._news.told(conversation.space)
        return True

    async def _all_files(
        self, uploaded: Uploaded, report: ImportReport, identities: Identities, named: set[str]
    ) -> dict[str, str | None]:
        """For each file that messages name, the stored id of what it is here."""
        found: dict[str, str | None] = {}
        for attached in await uploaded.attached():
            if attached.id in named and attached.id not in found:
                found[attached.id] = await self._attach(uploaded, attached, identities)
                report.files += found[attached.id] is not None
        for name in named - found.keys():
            found[name] = await self._own(identities.space, name)
        report.leave_out("files that aren't in the export", sum(id is None for id in found.values()))
        return found

    async def _attach(self, uploaded: Uploaded, attached: Attached, identities: Identities) -> str | None:
        """Store a file that travelled along; None where it is none that is taken."""
        id = identities.file(attached.id)
        try:
            return (await self._files.get(identities.space, id)).id
        except FileNotFound:
            pass
        try:
            async with self._files.upload(identities.space) as upload:
                await upload.receive(attached.name, None, uploaded.content(attached))
                return (await upload.keep("user_data", id=id)).id
        except (FileEmpty, FileRefused, FileTypeMismatch, ImageTooLarge):
            return None

    async def _own(self, space: str, name: str) -> str | None:
        """A file of the importer's own that has the id already: the same installation exported it without its files."""
        try:
            return (await self._files.get(space, brought_id(name, FILE) or "")).id
        except FileNotFound:
            return None


class _Progress:
    """Tells in the run's log how far it is."""

    def __init__(self, drive: Drive, clock: Clock, report: ImportReport) -> None:
        self._drive = drive
        self._clock = clock
        self._report = report
        self._last = clock.monotonic() - OFTEN
        self._stage = ""

    async def told(self, stage: str) -> None:
        """That one more is done."""
        now = self._clock.monotonic()
        if stage == self._stage and now - self._last < OFTEN:
            return
        self._last, self._stage = now, stage
        report, number = self._report, self._drive.next_number
        done = report.conversations if stage == "checking" else report.written + report.already_there
        of = None if stage == "checking" else report.conversations
        self._drive.push(_encode({"type": "import.progress", "sequence_number": number, "stage": stage, "done": done, "of": of}))
        await self._drive.room()


def _ending(state: RunState, report: ImportReport, number: int) -> Ending:
    report.left_out = {reason: count for reason, count in report.left_out.items() if count}
    shown = _encode(report)
    event = b'{"type":"import.%s","sequence_number":%d,"import":%s}' % (state.encode(), number, shown)
    return Ending(state, (event,), shown)
