"""Moving house: from SQLite to PostgreSQL, and back, with nothing lost and nothing changed."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa

from prosa.drivers.archive import ArchiveError, ArchiveNewer, CopyDiffers, NoDatabase, TargetNotEmpty, copy, verify
from prosa.drivers.archive.checking import VerifyOptions
from prosa.drivers.archive.rows import Value
from prosa.drivers.archive.target_store import Target
from prosa.drivers.sql import Database, DatabaseAddress, current_revision, downgrade, revisions
from tests.databases import KINDS, a_database, an_address
from tests.drivers.archive.filling import ANA, add, exchange, fill, rows, saved

ROUTES = [("sqlite", "postgresql"), ("postgresql", "sqlite"), ("sqlite", "sqlite")]


@pytest.mark.parametrize(("here", "there"), ROUTES)
async def test_there_and_back_everything_is_as_it_was(here: str, there: str, tmp_path: Path) -> None:
    with an_address(there, migrated=False) as middle, an_address(here, migrated=False) as end:
        async with a_database(here) as database:
            await fill(database)
            first = await copy(database.address, middle)
            before = await saved(database.address, tmp_path / "before.tar.gz")
        await copy(middle, end)
        after = await saved(end, tmp_path / "after.tar.gz")
        counters = [{t.name: t.counter for t in made.manifest.tables} for made in (before, after)]
        assert (await verify(middle, VerifyOptions())).findings == ()
    facts = [{t.name: (t.columns, t.rows, t.hash) for t in tables} for tables in (before.manifest.tables, after.manifest.tables)]
    assert facts[0] == facts[1] == {t.name: (t.columns, t.rows, t.hash) for t in first.tables}
    assert first.replaced == 0
    assert counters[0]["interactions"] == counters[1]["interactions"] == 5


@pytest.mark.parametrize("there", KINDS)
async def test_the_database_to_move_to_has_to_be_empty(there: str) -> None:
    async with a_database("sqlite") as database, a_database(there) as target:
        await fill(database)
        async with target.writing() as connection:
            await add(connection, "interactions", exchange("mine", ANA, "precious"))
        await target.aclose()
        with pytest.raises(TargetNotEmpty):
            await copy(database.address, target.address)
        assert await rows(target, "SELECT prompt FROM interactions") == [("precious",)]


@pytest.mark.parametrize("there", KINDS)
async def test_what_arrives_otherwise_than_sent_is_undone(there: str, monkeypatch: pytest.MonkeyPatch) -> None:
    put = Target.put

    async def spoiled(self: Target, facts: object, batch: Sequence[Sequence[Value]]) -> None:
        await put(self, facts, batch)  # type: ignore[arg-type]  # handed on as it came
        await self.connection.execute(sa.text("UPDATE interactions SET prompt = 'spoiled'"))

    monkeypatch.setattr(Target, "put", spoiled)
    with an_address(there, migrated=False) as target:
        async with a_database("sqlite") as database:
            await fill(database)
            with pytest.raises(CopyDiffers, match="interactions"):
                await copy(database.address, target)
        assert _left(target) == []


def _left(target: DatabaseAddress) -> list[str]:
    """What a move that came to nothing has left."""
    if target.path is not None:
        return [path.name for path in target.path.parent.iterdir()]
    revision = current_revision(target)
    return [] if revision is None else [revision]


async def test_nul_characters_become_visible_where_postgresql_has_no_place_for_them() -> None:
    with an_address("postgresql", migrated=False) as target:
        async with a_database("sqlite") as database:
            async with database.writing() as connection:
                await add(connection, "interactions", exchange("i", ANA, "a\x00b\x00"))
            done = await copy(database.address, target)
        moved = Database(target)
        assert await rows(moved, "SELECT prompt FROM interactions") == [("a\ufffdb\ufffd",)]
        await moved.aclose()
    assert done.replaced == 1


async def test_a_value_that_the_other_kind_cannot_hold_is_named_and_nothing_is_left() -> None:
    with an_address("postgresql", migrated=False) as target:
        async with a_database("sqlite") as database:
            async with database.writing() as connection:
                await add(connection, "interactions", exchange("i", ANA, "a") | {"tokens": 2**40})
            with pytest.raises(ArchiveError, match="table interactions can't hold a row"):
                await copy(database.address, target)
        assert current_revision(target) is None


async def test_rows_that_refer_to_nothing_do_not_arrive() -> None:
    for kind in KINDS:
        with an_address(kind, migrated=False) as target:
            async with a_database("sqlite") as database:
                await fill(database)
                await _untie(database)
                with pytest.raises(ArchiveError, match="not there"):
                    await copy(database.address, target)


async def _untie(database: Database) -> None:
    """Break a reference behind the database's back."""
    await database.aclose()
    assert database.address.path is not None
    with sqlite3.connect(database.address.path) as file:
        file.execute("UPDATE sessions SET account_id = 'nobody'")
    file.close()


async def test_an_older_schema_moves_and_is_brought_forward() -> None:
    with an_address("sqlite") as source, an_address("postgresql", migrated=False) as target:
        downgrade(source, revisions()[0])
        await copy(source, target)
        assert current_revision(target) == revisions()[-1]
        assert current_revision(source) == revisions()[0]


async def test_a_newer_schema_or_no_database_does_not_move(tmp_path: Path) -> None:
    nowhere = DatabaseAddress(path=tmp_path / "target.db")
    async with a_database("sqlite") as database:
        async with database.writing() as connection:
            await connection.execute(sa.text("UPDATE alembic_version SET version_num = '2999_01_01_flying'"))
        with pytest.raises(ArchiveNewer):
            await copy(database.address, nowhere)
        async with database.writing() as connection:
            await connection.execute(sa.text("DROP TABLE alembic_version"))
        with pytest.raises(NoDatabase):
            await copy(database.address, nowhere)
    with pytest.raises(ArchiveError, match="none yet"):
        await copy(DatabaseAddress(path=tmp_path / "source.db"), nowhere)
    assert _left(nowhere) == []
