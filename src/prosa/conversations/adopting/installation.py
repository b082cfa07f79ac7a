"""A whole installation: its people first, then what they said."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from prosa.conversations.adopting.chatai import Sort, read_talk, read_word, sort_of
from prosa.conversations.adopting.models import AdoptionReport, Owner, Talk, Unreadable, Word
from prosa.conversations.adopting.multiuser import NEEDED, owned_talks, words
from prosa.conversations.adopting.naming import ChataiNaming, MultiuserNaming, Naming
from prosa.conversations.adopting.service import Adoption, Index, Surroundings
from prosa.conversations.adopting.stage_store import Stage
from prosa.drivers.foreign import ForeignFile, documents, opened_tables
from prosa.drivers.journal import Journal
from prosa.drivers.sql import Database
from prosa.identity import (
    Arrival,
    Arrivals,
    Newcomer,
    PeopleImport,
    UnreadablePerson,
    chatai_newcomer,
    multiuser_newcomer,
)

TOGETHER: Final = 100  # people of one transaction
REMARKS: Final = 50  # that are told of people


@dataclass(slots=True)
class InstallationReport:
    """What an import found and did; after a dry run, what a real one would do."""

    conversations: AdoptionReport
    people: dict[Arrival, int] = field(default_factory=lambda: dict.fromkeys(Arrival, 0))
    changed: list[str] = field(default_factory=list)  # what was said of people, the first of it
    unreadable: int = 0
    repeated: int = 0  # records with an id that another one had already
    reasons: list[str] = field(default_factory=list)  # why records can't be read, the first of them


@dataclass(frozen=True, slots=True)
class Ground:
    """What imports stand on; `now` in microseconds since 1970."""

    database: Database
    journal: Journal
    people: PeopleImport
    now: int
    index: Index = field(default=lambda _items: ())


class InstallationImport:
    """One import. What was written when it is cut off stays, and the next run goes on."""

    def __init__(self, on: Ground, how: Arrivals) -> None:
        self._on = on
        self._how = how
        self._people: list[Newcomer] = []
        self.report = InstallationReport(AdoptionReport(how.dry_run))

    async def chatai(self, files: Sequence[Path]) -> InstallationReport:
        """C's collections, in whatever files and order. Raises ForeignFile, DatabaseUnavailable."""
        salt = await self._salt()
        with closing(Stage()) as stage:
            for file in files:
                for document in documents(file):
                    if document.fields is None:
                        self._refuse(f"{file.name}: object {document.number} is no JSON")
                        continue
                    try:
                        self._sort(stage, document.fields)
                    except (Unreadable, UnreadablePerson) as error:
                        self._refuse(f"{file.name}: object {document.number}: {error}")
                    if len(self._people) >= TOGETHER:
                        await self._arrive(stage, salt)
            await self._arrive(stage, salt)
            await self._adopt(stage, ChataiNaming(salt), salt)
        return self.report

    async def multiuser(self, file: Path) -> InstallationReport:
        """M's database. Raises ForeignFile, DatabaseUnavailable."""
        salt = await self._salt()
        with closing(Stage()) as stage, opened_tables(file) as tables:
            for table, needed in NEEDED.items():
                tables.columns(table, needed)
            for number, row in enumerate(tables.rows("users", NEEDED["users"]), 1):
                try:
                    self._people.append(multiuser_newcomer(row))
                except UnreadablePerson as error:
                    self._refuse(f"user {number}: {error}")
                if len(self._people) >= TOGETHER:
                    await self._arrive(stage, salt)
            await self._arrive(stage, salt)
            self._stage(stage, owned_talks(tables))
            self._stage(stage, words(tables))
            await self._adopt(stage, MultiuserNaming(salt), salt)
        return self.report

    async def _salt(self) -> str:
        return await self._on.people.salt(dry_run=self._how.dry_run)

    def _sort(self, stage: Stage, fields: dict[str, object]) -> None:
        sort = sort_of(fields)
        if sort is Sort.USER:
            self._people.append(chatai_newcomer(fields))
        elif sort is Sort.TALK:
            self._count(stage.put_talk(read_talk(fields)))
        elif sort is Sort.MESSAGE:
            self._count(stage.put_word(read_word(fields)))
        else:
            raise Unreadable("it is neither a user, a talk nor a message")

    def _stage(self, stage: Stage, records: Iterator[Talk | Unreadable] | Iterator[Word | Unreadable]) -> None:
        for record in records:
            if isinstance(record, Unreadable):
                self._refuse(str(record))
            elif isinstance(record, Talk):
                self._count(stage.put_talk(record))
            else:
                self._count(stage.put_word(record))

    def _count(self, is_first: bool) -> None:
        self.report.repeated += not is_first

    def _refuse(self, reason: str) -> None:
        self.report.unreadable += 1
        if len(self.report.reasons) < REMARKS:
            self.report.reasons.append(reason)

    async def _arrive(self, stage: Stage, salt: str) -> None:
        newcomers, self._people = self._people, []
        outcomes = await self._on.people.take(newcomers, salt, self._how)
        stage.put_owners((outcome.key, Owner(outcome.account_id)) for outcome in outcomes)
        for newcomer, outcome in zip(newcomers, outcomes, strict=True):
            self.report.people[outcome.arrival] += 1
            for note in outcome.notes:
                if len(self.report.changed) < REMARKS:
                    self.report.changed.append(f"{newcomer.email}: {note}")

    async def _adopt(self, stage: Stage, naming: Naming, salt: str) -> None:
        stage.arrange()
        on = self._on
        surroundings = Surroundings(on.database, on.journal, naming, on.now, salt, on.index)
        adoption = Adoption(surroundings, self.report.conversations)
        await adoption.take(stage)
        found = sum(self.report.people.values()) + self.report.conversations.words + self.report.conversations.talks
        if not found and not self.report.conversations.words_left_out:
            raise ForeignFile("there is nothing in it that could be taken over")
