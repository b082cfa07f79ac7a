"""The purge: exactly what has been in the trash long enough or is too old by its owner's role, everywhere, and nothing else."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from prosa.conversations import Purge, RetentionSettings
from prosa.drivers.blobs import blobs_of
from prosa.drivers.sql import Database
from prosa.files import FileNotFound, FileService, FileSettings
from prosa.jobs import JobStore, Steadiness
from tests.conversations.desk import SPACE, Desk, a_desk, message
from tests.databases import database
from tests.files.filing import pieces

__all__ = ["database"]
DAY = 86_400.0
KEPT = RetentionSettings(30 * DAY)


class Time:
    """The machine's clock, moved at will; and how the monotonic one goes on meanwhile."""

    def __init__(self) -> None:
        self.later = 0.0
        self.slept = 0.0

    def now(self) -> float:
        return time.time() + self.later

    def monotonic(self) -> float:
        return time.monotonic() + self.slept


class Yard:
    """Conversations, files and the purge over one database."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.desk = desk
        self.clock = Time()
        self.files = FileService(desk.database, blobs_of(desk.database, folder, self.clock), FileSettings(), self.clock)
        self.steadiness = Steadiness(JobStore(desk.database, desk.journal), self.clock)

    def purge(self, settings: RetentionSettings = KEPT) -> Purge:
        return Purge(self.desk.database, self.files, settings, self.clock, self.steadiness.paused)

    async def emptied(self, settings: RetentionSettings = KEPT) -> int:
        """How many parts it took to empty the trash."""
        purge, parts = self.purge(settings), 1
        while await purge.empty_trash():
            parts += 1
        return parts

    async def aged(self, **days: float) -> None:
        purge = self.purge(RetentionSettings(None, {role: age * DAY for role, age in days.items()}))
        while await purge.age():
            pass

    async def live(self, days: float) -> None:
        """So much later, with a look at the clock every hour as servers have."""
        for _ in range(round(days * 4)):
            self.clock.later += DAY / 4
            self.clock.slept += DAY / 4
            await self.steadiness.look()

    async def conversation(self, *texts: str) -> str:
        return (await self.desk.conversations.create(SPACE, b"{}", [message(text) for text in texts])).id

    async def trash(self, id: str) -> None:
        await self.write("UPDATE conversations SET deleted_at = :at WHERE id = :id", at=round(self.clock.now() * 1e6), id=id)

    async def write(self, sql: str, **values: object) -> None:
        async with self.desk.database.writing() as connection:
            await connection.execute(sa.text(sql), values)

    async def rows(self, table: str, where: str = "1 = 1") -> int:
        async with self.desk.database.reading() as connection:
            return int((await connection.execute(sa.text(f"SELECT count(*) FROM {table} WHERE {where}"))).scalar_one())  # ours

    async def file(self, name: str) -> str:
        async with self.files.upload(SPACE) as upload:
            await upload.receive(name, None, pieces(b"what " + name.encode()))
            return (await upload.keep("user_data", None)).id

    async def there(self, file: str) -> bool:
        try:
            await self.files.get(SPACE, file)
        except FileNotFound:
            return False
        return True


@pytest.fixture
async def yard(database: Database, tmp_path: Path) -> AsyncIterator[Yard]:
    """Over a fresh database of each kind."""
    async with a_desk(database) as desk:
        made = Yard(desk, tmp_path)
        await made.steadiness.look()
        yield made


async def test_what_was_deleted_stays_for_its_days_and_goes_then_with_all_that_hangs_on_it(yard: Yard) -> None:
    stays, goes = await yard.conversation("stays"), await yard.conversation("goes", "with", "all")
    run = await yard.desk.talk("asked", goes)
    await yard.desk.talk("asked", stays)
    own, shared, unrelated = [await yard.file(name) for name in ("own.txt", "shared.txt", "unrelated.txt")]
    named = [message(f"see file-{file}") for file in (own, shared)]
    await yard.desk.conversations.add_items(SPACE, goes, named)
    await yard.desk.conversations.add_items(SPACE, stays, named[1:])
    for number, id in enumerate((goes, stays)):
        await yard.write(
            "INSERT INTO conversation_tags (conversation_id, tag_key, space, tag) VALUES (:id, 'a', :space, 'A')",
            id=id,
            space=SPACE,
        )
        await yard.write(
            "INSERT INTO shares (id, space, conversation_id, digest, content, messages, files, created_at)"
            " VALUES (:share, :space, :id, :share, 'told', 1, 0, 1)",
            id=id,
            space=SPACE,
            share=f"s{number}",
        )
    await yard.trash(goes)
    await yard.live(29)
    assert not await yard.purge().trash_due() and await yard.emptied() == 1
    assert await yard.rows("items", f"conversation_id = '{goes}'") == 7
    await yard.live(1.1)
    assert await yard.purge().trash_due() and await yard.emptied() > 1
    for table in ("conversations", "items", "runs", "conversation_tags", "shares"):
        assert await yard.rows(table) > 0, table
        column = "id" if table == "conversations" else "conversation_id"
        assert await yard.rows(table, f"{column} = '{goes}'") == 0, table
    assert await yard.rows("run_events", f"run_id = '{run.id}'") == 0
    assert await yard.rows("conversations_gone") == await yard.rows("files_let_go") == 0
    assert [await yard.there(file) for file in (own, shared, unrelated)] == [False, True, True]
    assert not await yard.purge().trash_due()


async def test_nothing_is_purged_where_the_trash_is_for_ever(yard: Yard) -> None:
    await yard.trash(await yard.conversation("kept"))
    await yard.live(60)
    forever = RetentionSettings(None)
    assert not await yard.purge(forever).trash_due()
    await yard.emptied(forever)
    assert await yard.rows("items") == 1


async def test_what_is_restored_in_time_is_not_purged(yard: Yard) -> None:
    id = await yard.conversation("back")
    await yard.trash(id)
    await yard.live(31)
    await yard.write("UPDATE conversations SET deleted_at = NULL WHERE id = :id", id=id)
    await yard.emptied()
    assert (await yard.desk.conversations.get(SPACE, id)).id == id


async def test_a_conversation_with_an_open_run_is_left_until_it_ended(yard: Yard) -> None:
    id = await yard.conversation("busy")
    yard.desk.echo.gate.clear()
    run = await yard.desk.say("wait", id)
    await yard.trash(id)
    await yard.live(31)
    await yard.emptied()
    assert await yard.rows("conversations") == 1
    yard.desk.echo.gate.set()
    await yard.desk.runs.finished(run)
    await yard.emptied()
    assert await yard.rows("conversations") == await yard.rows("items") == await yard.rows("runs") == 0


async def test_a_long_conversation_goes_in_small_transactions(yard: Yard) -> None:
    id = await yard.conversation(*(f"line {number}" for number in range(450)))
    await yard.trash(id)
    await yard.live(31)
    purge = yard.purge()
    assert await purge.empty_trash() and await yard.rows("conversations") == 0 and await yard.rows("items") == 450
    assert await purge.empty_trash() and await yard.rows("items") == 250
    assert await yard.emptied() >= 3  # another process goes on with it
    assert await yard.rows("items") == await yard.rows("conversations_gone") == 0


@pytest.mark.attack("N3")
async def test_a_clock_that_leaps_pauses_the_purge_for_a_day(yard: Yard) -> None:
    id = await yard.conversation("precious")
    await yard.trash(id)
    await yard.live(1)
    yard.clock.later += 40 * DAY  # while the process runs: the monotonic clock knows better
    assert await yard.purge().trash_due()
    await yard.emptied()
    assert await yard.rows("items") == 1 and await yard.steadiness.paused() is not None
    yard.clock.later -= 40 * DAY  # it was set right: another leap
    await yard.emptied()
    await yard.live(1.1)
    assert await yard.steadiness.paused() is None and not await yard.purge().trash_due()
    await yard.live(28)
    await yard.emptied()
    assert await yard.rows("items") == 0  # on the day on which it should


@pytest.mark.attack("N3")
async def test_a_leap_while_nobody_looked_pauses_the_purge_too_and_what_was_begun_is_finished(yard: Yard) -> None:
    begun, waits = await yard.conversation(*("begun",) * 300), await yard.conversation("waits")
    await yard.trash(begun)
    await yard.live(31)
    await yard.purge().empty_trash()
    await yard.trash(waits)
    yard.clock.later += 40 * DAY
    yard.clock.slept += 40 * DAY  # off for so long, or a wrong clock: nobody can tell
    yard.steadiness = Steadiness(JobStore(yard.desk.database, yard.desk.journal), yard.clock)
    await yard.emptied()
    assert await yard.rows("items") == await yard.rows("conversations") == 1
    await yard.live(1.1)
    await yard.emptied()
    assert await yard.rows("items") == 0


async def test_what_nobody_touches_goes_by_the_age_that_the_role_of_its_owner_allows(yard: Yard) -> None:
    """A key of the settings has no role: what it owns stays."""
    await _account(yard, "ana", "user")
    await _account(yard, "bia", "admin")
    at = round(yard.clock.now() * 1e6)
    for space in ("ana", "bia", "settings-1"):
        await yard.desk.conversations.create(space, b"{}", [message("old")])
        await yard.desk.runs.finished(await yard.desk.say("loose", space=space))
        await yard.write(
            "INSERT INTO interactions (space, interaction_id, user_id, prompt, asked_at, cached)"
            " VALUES (:space, 'i', 'u', 'p', :at, FALSE)",
            space=space,
            at=at,
        )
    old, named = await yard.file("old.txt"), await yard.file("named.txt")
    await yard.live(10)
    fresh = await yard.conversation(f"see file-{named}")
    await yard.write("UPDATE conversations SET updated_at = :at WHERE id = :id", at=round(yard.clock.now() * 1e6), id=fresh)
    await yard.live(1)
    assert await yard.purge(RetentionSettings(None, {"user": 1.0})).retention_due()
    await yard.aged(user=10, admin=100)
    for table in ("conversations", "items", "runs", "interactions"):
        assert await yard.rows(table, "space = 'bia'") and await yard.rows(table, "space = 'settings-1'")
        given = " AND NOT made" if table == "items" else ""  # this desk's answers are all ana's
        assert await yard.rows(table, f"space = 'ana'{given}") == (1 if table in ("conversations", "items") else 0), table
    assert (await yard.desk.conversations.get(SPACE, fresh)).id == fresh
    assert (await yard.there(old), await yard.there(named)) == (False, True)


async def _account(yard: Yard, id: str, role: str) -> None:
    await yard.write(
        "INSERT INTO accounts (id, number, email, email_key, name, role, status, created_at, updated_at, version, failures)"
        " VALUES (:id, :number, :id, :id, :id, :role, 'active', 1, 1, 1, 0)",
        id=id,
        number=sum(id.encode()),
        role=role,
    )
