"""Everything that was saved, in the order in which one thing names another."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

import msgspec

from prosa.answers.adopting.folder import Folder
from prosa.answers.adopting.holding import Holding, portions
from prosa.answers.adopting.models import NothingSaved, SavedGround, SavedReport, Unreadable
from prosa.answers.adopting.reading import files_of, loose, members, message_of, moment, named_in, thread_of, title_from
from prosa.answers.adopting.runs import run_of
from prosa.answers.adopting.stage_store import Stage, Staged
from prosa.answers.adopting.staging import FILE, RUN, Staging
from prosa.answers.adopting.steps import calls_of
from prosa.assistants import (
    AssistantAdoption,
    AssistantOwner,
    BroughtAssistant,
    Definition,
    MovingReport,
    UnreadableAssistant,
    brought_assistant,
)
from prosa.conversations import SavedMessage, SavedThread, ThreadAdoption, ThreadGround
from prosa.drivers.journal import Part
from prosa.files import files_here
from prosa.kit.ids import brought_id
from prosa.knowledge import STORE
from prosa.runs import run_ended, runs_here

_AT_ONCE: Final = 20  # messages that are translated together


class SavedImport:
    """One import. What was written when it is cut off stays, and the next run goes on."""

    def __init__(self, ground: SavedGround) -> None:
        self._ground = ground
        self._looked = set[str]()  # files that aren't here
        self.report = SavedReport(ground.dry_run)

    async def take(self, folder: Path) -> SavedReport:
        """Everything in a folder. Raises NothingSaved, DatabaseUnavailable, StorageUnavailable."""
        ground, report = self._ground, self.report
        saved = Folder(folder)
        salt = await ground.on.identity.arrivals.salt(dry_run=ground.dry_run)
        with closing(Stage()) as stage:
            if not Staging(ground, report, stage).read(saved):
                raise NothingSaved(f"{folder}: there is nothing in it that was saved; see the guide for what it should hold")
            holding = Holding(ground, report, stage, salt)
            await holding.files(saved)
            await holding.all_stores()
            await self._assistants(stage, holding, salt)
            space = ThreadGround(
                ground.on.database, ground.on.journal, ground.space, salt, tell=ground.tell, dry_run=ground.dry_run
            )
            adoption = ThreadAdoption(space, report.threads, report.messages, report.steps)
            await self._threads(stage, holding, adoption)
            await self._runs(stage, adoption)
        return report

    # Assistants

    async def _assistants(self, stage: Stage, holding: Holding, salt: str) -> None:
        ground, report = self._ground, MovingReport(self._ground.dry_run)

        def knowing(one: BroughtAssistant) -> Definition:
            stores = [id for each in one.stores if (id := brought_id(each, STORE)) in holding.stores and id is not None]
            files = [id for each in one.files if (id := brought_id(each, FILE)) is not None]
            names = stage.names(files)
            for each in files:
                if each not in names:
                    ground.tell(f"{one.foreign}: {FILE}{each}, which its code interpreter had, isn't here")
            kept = [each for each in files if each in names]
            return msgspec.structs.replace(
                one.definition, store_ids=stores if one.stores else None, file_ids=kept if one.files else None
            )

        adoption = AssistantAdoption(ground.on, AssistantOwner(ground.space, ""), salt, report, knowing)
        await adoption.take(self._brought(stage), {})
        for line in report.told:
            ground.tell(line)
        tally = self.report.assistants
        tally.found, tally.added = report.assistants, report.added
        tally.present, tally.refused = report.present, report.refused

    def _brought(self, stage: Stage) -> Iterator[BroughtAssistant]:
        for each in stage.things("assistants"):
            try:
                yield brought_assistant({"id": each.key, "raw_data": each.body})
            except UnreadableAssistant as error:
                self.report.unreadable += 1
                self._ground.tell(str(error))

    # Threads

    async def _threads(self, stage: Stage, holding: Holding, adoption: ThreadAdoption) -> None:
        now = int(self._ground.on.now)
        for each in stage.things("threads"):
            files = named_in(members(each.body))[1]
            names = await self._names(stage, files)
            thread, notes = thread_of(each.key, each.body, now, (holding.stores, set(names)))
            self._tell(each.key, notes)
            await adoption.take(self._titled(stage, thread), self._messages(stage, each.key))
        for key in stage.strays():
            self._ground.tell(f"{key}: it wasn't saved itself; it is made of its messages")
            body = msgspec.json.encode({"created_at": stage.first_said(key)})
            thread, _ = thread_of(key, body, now, (set(), set()))
            await adoption.take(self._titled(stage, thread), self._messages(stage, key))
        await adoption.flush()

    def _titled(self, stage: Stage, thread: SavedThread) -> SavedThread:
        return thread._replace(title=title_from(stage.first_asked(thread.name)))

    async def _messages(self, stage: Stage, thread: str) -> AsyncIterator[Sequence[SavedMessage]]:
        now, runs = int(self._ground.on.now), set[str]()
        for some in stage.messages(thread, _AT_ONCE):
            names = await self._names(stage, [id for each in some for id in files_of(each.body)])
            found: list[SavedMessage] = []
            for each in some:
                said = moment(members(each.body).get("created_at")) or now
                try:
                    message, notes = message_of(each.key, each.body, said, names)
                except Unreadable as error:
                    self.report.unreadable += 1
                    self._tell(each.key, [str(error)])
                    continue
                self._tell(each.key, notes)
                if message.run_id is not None and message.run_id not in runs:
                    runs.add(message.run_id)
                    for step in stage.steps(message.run_id):
                        found.extend(calls_of(step.key, step.body, message.run_id, now))
                found.append(message)
            yield found

    async def _names(self, stage: Stage, ids: Sequence[str]) -> dict[str, str]:
        """The names of those of these files that are here: of this folder, or from before."""
        found = stage.names(ids)
        asked = [id for id in dict.fromkeys(ids) if id not in found and id not in self._looked]
        for some in portions(asked):
            here = await files_here(self._ground.on.database, some)
            for id in some:
                space, name = here.get(id, ("", ""))
                if space == self._ground.space:
                    stage.put_here(id, name)
                    found[id] = name
                else:
                    self._looked.add(id)
        return found

    # Runs

    async def _runs(self, stage: Stage, adoption: ThreadAdoption) -> None:
        for some in portions(stage.things("runs")):
            here = await runs_here(self._ground.on.database, [each.key for each in some])
            parts = [part for each in some for part in self._run(stage, each, here.get(each.key), adoption)]
            if parts and not self._ground.dry_run:
                await self._ground.on.journal.append_all(parts)

    def _run(self, stage: Stage, each: Staged, there: str | None, adoption: ThreadAdoption) -> Iterator[Part]:
        tally, space = self.report.runs, self._ground.space
        tally.found += 1
        if there == space:
            tally.present += 1
            return
        thread = loose(members(each.body).get("thread_id", msgspec.Raw()), str)
        if there is not None or thread is None or not stage.has_thread(thread):
            tally.refused += 1
            self._tell(RUN + each.key, ["its id is somebody else's here" if there else "its thread wasn't saved", "left out"])
            return
        tally.added += 1
        yield run_ended(run_of(each.key, each.body, (space, adoption.id_of(thread)), int(self._ground.on.now)))

    def _tell(self, what: str, notes: Sequence[str]) -> None:
        if notes:
            self._ground.tell(f"{what}: {', '.join(notes)}")
