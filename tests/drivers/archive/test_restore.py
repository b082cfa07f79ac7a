"""What a backup holds comes back: on both kinds of database, from each to each, all of it or nothing."""

import asyncio
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa

from prosa.drivers.archive import (
    Archive,
    ArchiveDamaged,
    ArchiveError,
    ArchiveNewer,
    Restoration,
    RestoreOptions,
    SecretsAftercare,
    TargetForeign,
    TargetNotEmpty,
    restore,
)
from prosa.drivers.sql import Connection, Database, DatabaseAddress, current_revision, downgrade, revisions, upgrade
from prosa.drivers.vault import Keyring
from prosa.identity import secret_columns
from tests.databases import KINDS, a_database, an_address
from tests.drivers.archive.filling import (
    ANA,
    KEYRING,
    NOW,
    OTHER,
    account,
    add,
    brought_back,
    exchange,
    fill,
    rows,
    saved,
)

PAIRS = [(one, other) for one in KINDS for other in KINDS]
_ALL = "SELECT * FROM accounts ORDER BY number"


@pytest.fixture
def place(request: pytest.FixtureRequest) -> Iterator[DatabaseAddress]:
    """Where nothing is yet, of the kind that the test names."""
    with an_address(request.param, migrated=False) as address:
        yield address


async def filled(stack: ExitStack, kind: str) -> DatabaseAddress:
    address = stack.enter_context(an_address(kind))
    database = Database(address)
    try:
        await fill(database)
    finally:
        await database.aclose()
    return address


async def ask(address: DatabaseAddress, query: str) -> list[tuple[object, ...]]:
    database = Database(address)
    try:
        return await rows(database, query)
    finally:
        await database.aclose()


@pytest.mark.parametrize(("kind", "place"), PAIRS, indirect=["place"])
async def test_every_row_comes_back_in_either_kind(kind: str, place: DatabaseAddress, tmp_path: Path) -> None:
    with ExitStack() as stack:
        address = await filled(stack, kind)
        made = await saved(address, tmp_path / "b.tar.gz")
        assert made.manifest.origin == kind
        assert made.manifest.revision == revisions()[-1]
        done = await brought_back(made.path, place)
        again = await saved(place, tmp_path / "again.tar.gz")
        before, after = ({t.name: (t.columns, t.rows, t.hash) for t in found.manifest.tables} for found in (made, again))
        assert before == after
        assert before["accounts"][1] == 3
        assert (done.kept, done.notes) == (None, ())
        assert await ask(place, _ALL) == await ask(address, _ALL)


@pytest.mark.parametrize(("kind", "place"), PAIRS, indirect=["place"])
async def test_numbers_go_on_after_the_highest_that_was_ever_given(kind: str, place: DatabaseAddress, tmp_path: Path) -> None:
    with ExitStack() as stack:
        address = await filled(stack, kind)  # it deleted the last of its five interactions
        await brought_back((await saved(address, tmp_path / "b.tar.gz")).path, place)
    database = Database(place)
    async with database.writing() as connection:
        await add(connection, "interactions", exchange("next", ANA, "x"))
        await add(connection, "accounts", account("d" * 32, "d@exemplo.br"))
    assert (await rows(database, "SELECT number FROM interactions WHERE interaction_id = 'next'"))[0][0] == 6
    assert (await rows(database, "SELECT max(number) FROM accounts"))[0][0] == 4
    await database.aclose()


@pytest.mark.parametrize("kind", KINDS)
async def test_a_backup_under_load_is_of_one_instant(kind: str, tmp_path: Path) -> None:
    async with a_database(kind) as database:
        stop = asyncio.Event()

        async def write(worker: int) -> None:
            """Each transaction adds one row to both tables, so that at every instant they have as many."""
            number = 0
            while not stop.is_set():
                number += 1
                async with database.writing() as connection:
                    await add(connection, "interactions", exchange(f"{worker}-{number}", f"s{worker}", "x" * 500))
                    change = {"account_id": f"s{worker}", "credential_id": f"{worker}-{number}", "changed_at": number}
                    await add(connection, "rights_changes", change)

        writers = [asyncio.create_task(write(worker)) for worker in range(3)]
        await asyncio.sleep(0.3)
        made = await saved(database.address, tmp_path / "b.tar.gz")
        await asyncio.sleep(0.05)
        stop.set()
        await asyncio.gather(*writers)
        total = (await rows(database, "SELECT count(*) FROM interactions"))[0][0]
    with an_address("sqlite", migrated=False) as place:
        await brought_back(made.path, place)
        lost = await ask(
            place,
            "SELECT count(*) FROM interactions i FULL JOIN rights_changes r ON i.interaction_id = r.credential_id"
            " WHERE i.number IS NULL OR r.number IS NULL",
        )
        gaps = await ask(
            place, "SELECT space, count(*), max(CAST(substr(interaction_id, 3) AS INTEGER)) FROM interactions GROUP BY 1"
        )
    assert lost == [(0,)]
    assert len(gaps) == 3
    assert all(count == last for _, count, last in gaps)
    assert 0 < made.manifest.rows // 2 <= int(str(total))


@pytest.mark.parametrize("place", KINDS, indirect=True)
async def test_a_database_that_holds_something_is_replaced_only_by_force_and_kept(place: DatabaseAddress, tmp_path: Path) -> None:
    with ExitStack() as stack:
        path = (await saved(await filled(stack, "sqlite"), tmp_path / "b.tar.gz")).path
    upgrade(place)
    await brought_back(path, place)  # an empty one is no reason to ask
    database = Database(place)
    async with database.writing() as connection:
        await add(connection, "accounts", account("d" * 32, "d@exemplo.br"))
    await database.aclose()
    with pytest.raises(TargetNotEmpty, match="--force"):
        await brought_back(path, place)
    assert len(await ask(place, _ALL)) == 4
    done = await brought_back(path, place, force=True)
    assert len(await ask(place, _ALL)) == 3
    assert done.kept is not None
    assert stat.S_IMODE(done.kept.stat().st_mode) == 0o600
    with an_address("sqlite", migrated=False) as other:
        await brought_back(done.kept, other)
        assert len(await ask(other, _ALL)) == 4


class Breaking:
    """A feature's care that fails at the very end."""

    async def before(self, _connection: Connection) -> None:
        return

    async def after(self, connection: Connection, _restoration: Restoration) -> list[str]:
        await connection.execute(sa.text("UPDATE accounts SET name = 'changed'"))
        raise ArchiveError("the lights went out")


@pytest.mark.parametrize("place", KINDS, indirect=True)
async def test_a_restore_that_is_interrupted_leaves_the_old_database(place: DatabaseAddress, tmp_path: Path) -> None:
    with ExitStack() as stack:
        path = (await saved(await filled(stack, "sqlite"), tmp_path / "b.tar.gz")).path
    upgrade(place)
    database = Database(place)
    async with database.writing() as connection:
        await add(connection, "accounts", account("d" * 32, "d@exemplo.br"))
    await database.aclose()
    before = await ask(place, _ALL)
    with pytest.raises(ArchiveError, match="lights"):
        await restore(Archive.checked(path), place, NOW, RestoreOptions(tmp_path / "kept", True, (Breaking(),)))
    assert await ask(place, _ALL) == before
    task = asyncio.create_task(brought_back(path, place, force=True))
    for _ in range(200):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await ask(place, _ALL) == before
    assert current_revision(place) == revisions()[-1]


@pytest.mark.parametrize("place", KINDS, indirect=True)
async def test_an_older_schema_comes_back_and_is_brought_forward(place: DatabaseAddress, tmp_path: Path) -> None:
    with an_address("sqlite") as address:
        downgrade(address, revisions()[0])
        assert address.path is not None
        with sqlite3.connect(address.path) as file:
            file.execute(
                "INSERT INTO interactions (space, interaction_id, user_id, prompt, asked_at, cached) VALUES ('s','i','u','p',1,0)"
            )
        file.close()
        made = await saved(address, tmp_path / "b.tar.gz")
        assert current_revision(address) == revisions()[0]  # a backup changes nothing, not even the schema
    assert made.manifest.revision == revisions()[0]
    await brought_back(made.path, place)
    assert current_revision(place) == revisions()[-1]
    assert await ask(place, "SELECT interaction_id FROM interactions") == [("i",)]


@pytest.mark.attack("M15")
async def test_what_a_newer_prosa_made_is_neither_restored_nor_replaced(tmp_path: Path) -> None:
    with ExitStack() as stack:
        address = await filled(stack, "sqlite")
        good = await saved(address, tmp_path / "good.tar.gz")
        database = Database(address)
        async with database.writing() as connection:
            await connection.execute(sa.text("UPDATE alembic_version SET version_num = '2999_01_01_flying'"))
        await database.aclose()
        newer = await saved(address, tmp_path / "newer.tar.gz")
        with an_address("sqlite", migrated=False) as place, pytest.raises(ArchiveNewer):
            await brought_back(newer.path, place)
        with pytest.raises(ArchiveNewer):
            await brought_back(good.path, address, force=True)


@pytest.mark.parametrize("place", KINDS, indirect=True)
async def test_another_programs_tables_are_never_touched(place: DatabaseAddress, tmp_path: Path) -> None:
    with ExitStack() as stack:
        path = (await saved(await filled(stack, "sqlite"), tmp_path / "b.tar.gz")).path
    database = Database(place)
    await database.open()
    async with database.writing() as connection:
        await connection.execute(sa.text("DROP TABLE alembic_version"))
    await database.aclose()
    for force in (False, True):
        with pytest.raises(TargetForeign, match="another program"):
            await brought_back(path, place, force=force)


async def test_a_damaged_database_file_is_set_aside_by_force(tmp_path: Path) -> None:
    with ExitStack() as stack:
        path = (await saved(await filled(stack, "sqlite"), tmp_path / "b.tar.gz")).path
    torn = tmp_path / "prosa.db"
    torn.write_bytes(b"not a database at all" * 999)
    address = DatabaseAddress(path=torn)
    with pytest.raises(ArchiveError, match="damaged"):
        await brought_back(path, address)
    done = await brought_back(path, address, force=True)
    assert done.kept is not None
    assert (done.kept / "prosa.db").read_bytes().startswith(b"not a database")
    assert len(await ask(address, _ALL)) == 3
    assert "damaged" in done.notes[0]


async def test_a_file_that_changes_after_it_was_checked_restores_nothing(tmp_path: Path) -> None:
    with ExitStack() as stack:
        address = await filled(stack, "sqlite")
        path = (await saved(address, tmp_path / "b.tar.gz")).path
        found = Archive.checked(path)
        database = Database(address)
        async with database.writing() as connection:
            await connection.execute(sa.text("UPDATE accounts SET role = 'admin'"))
        await database.aclose()
        (await saved(address, tmp_path / "evil.tar.gz")).path.replace(path)
    with an_address("sqlite", migrated=False) as place, pytest.raises(ArchiveDamaged):
        await restore(found, place, NOW, RestoreOptions(tmp_path))


@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
async def test_a_server_at_work_keeps_its_database(place: DatabaseAddress, tmp_path: Path) -> None:
    with ExitStack() as stack:
        path = (await saved(await filled(stack, "sqlite"), tmp_path / "b.tar.gz")).path
    database = Database(place)
    try:
        await database.fetch("SELECT 1")
        with pytest.raises(ArchiveError, match="stop every server"):
            await brought_back(path, place, force=True)
    finally:
        await database.aclose()
    await brought_back(path, place)


@pytest.mark.attack("C10")
@pytest.mark.parametrize("place", KINDS, indirect=True)
@pytest.mark.parametrize("keyring", [KEYRING, OTHER], ids=["with its secret", "without"])
async def test_without_the_secret_people_are_kept_and_what_stays_closed_is_listed(
    place: DatabaseAddress, keyring: Keyring, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        path = (await saved(await filled(stack, "sqlite"), tmp_path / "b.tar.gz")).path
    care = SecretsAftercare(keyring, secret_columns().sealed)
    done = await restore(Archive.checked(path), place, NOW, RestoreOptions(tmp_path, aftercare=(care,)))
    assert await ask(place, "SELECT kid FROM secret_checks") == [(keyring.kid,)]
    assert len(await ask(place, _ALL)) == 3
    told = " ".join(done.notes)
    assert ("accounts.cpf: 1 sealed values can't be read any more: ana@exemplo.br" in told) == (keyring is OTHER)


async def test_tables_that_are_no_part_of_prosa_are_left_out_and_named(tmp_path: Path) -> None:
    with ExitStack() as stack:
        address = await filled(stack, "sqlite")
        database = Database(address)
        async with database.writing() as connection:
            await connection.execute(sa.text("CREATE TABLE notes_of_the_operator (a TEXT)"))
            await connection.execute(sa.text("INSERT INTO notes_of_the_operator VALUES ('x')"))
            await connection.execute(sa.text("CREATE VIRTUAL TABLE search USING fts5(words)"))
            await connection.execute(sa.text("INSERT INTO search VALUES ('hidden words')"))
            await connection.execute(sa.text("CREATE VIEW admins AS SELECT * FROM accounts"))
        await database.aclose()
        made = await saved(address, tmp_path / "b.tar.gz")
    names = {table.name for table in made.manifest.tables}
    assert "notes_of_the_operator" in names
    assert not any(name.startswith("search") or name == "admins" for name in names)
    with an_address("sqlite", migrated=False) as place:
        done = await brought_back(made.path, place)
    assert done.notes == ("table notes_of_the_operator is no part of prosa and was left out",)
