"""Migrations go forward and back over filled databases of both kinds, and never leave half of themselves."""

import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, create_engine, text

from prosa.drivers.sql import (
    DatabaseAddress,
    DatabaseUnusable,
    current_revision,
    downgrade,
    migrate,
    needs_migration,
    revisions,
    unhurried_engine,
    upgrade,
)
from tests.databases import KINDS, an_address
from tests.drivers.sql import filling
from tests.drivers.sql.filling import Rows, content, fill

T = TypeVar("T")
STEPS = (None, *revisions())  # None: nothing is there


@pytest.fixture(params=KINDS)
def address(request: pytest.FixtureRequest) -> Iterator[DatabaseAddress]:
    """A database of each kind that nobody has migrated yet."""
    with an_address(request.param, migrated=False) as found:
        yield found


def within(address: DatabaseAddress, work: Callable[[Connection], T]) -> T:
    """Do something in a transaction of the database."""
    if address.path is not None:
        engine = create_engine(f"sqlite:///{address.path}")
        try:
            with engine.begin() as connection:
                return work(connection)
        finally:
            engine.dispose()
    url = address.url or ""

    async def ask() -> T:
        engine = unhurried_engine(url)
        try:
            async with engine.begin() as connection:
                return await connection.run_sync(work)
        finally:
            await engine.dispose()

    return migrate.finished(ask())


@pytest.fixture
def look_again(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Looking tables up takes longer than a step: it is done once, and anew after each call of this."""
    found: list[MetaData] = []
    look_up = filling._reflected

    def once(connection: Connection) -> MetaData:
        if not found:
            found.append(look_up(connection))
        return found[0]

    monkeypatch.setattr(filling, "_reflected", once)
    return found.clear


def kept(before: Rows, after: Rows) -> None:
    """What both forms of the database hold is the same."""
    for table in before.keys() & after.keys():
        assert len(before[table]) == len(after[table])
        if before[table] and len(before[table][0]) == len(after[table][0]):
            assert before[table] == after[table]


def test_an_empty_database_needs_migration_and_is_ready_after_it(address: DatabaseAddress) -> None:
    assert needs_migration(address)
    upgrade(address)
    assert not needs_migration(address)
    assert current_revision(address) == revisions()[-1]
    upgrade(address)


def test_a_missing_and_an_empty_file_need_migration_too(tmp_path: Path) -> None:
    path = tmp_path / "da ta%20" / "prosa.db"
    assert needs_migration(path)
    upgrade(path)
    assert not needs_migration(path)
    (tmp_path / "empty.db").touch()
    assert needs_migration(tmp_path / "empty.db")


def test_the_file_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "prosa.db"
    upgrade(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_every_step_goes_forward_and_back_over_filled_tables(address: DatabaseAddress, look_again: Callable[[], None]) -> None:
    before: Rows = {}
    for revision in revisions():
        upgrade(address, revision)
        look_again()
        kept(before, within(address, content))
        within(address, fill)
        before = within(address, content)
    assert all(before.values())
    assert not needs_migration(address)
    for older in reversed(STEPS[:-1]):
        downgrade(address, older or "base")
        look_again()
        assert current_revision(address) == older
        after = within(address, content)
        kept(before, after)
        before = after
    assert before == {}
    assert needs_migration(address)
    upgrade(address)
    look_again()
    within(address, fill)


@pytest.mark.faults
def test_every_step_goes_back_over_filled_tables_and_forward_again(address: DatabaseAddress) -> None:
    upgrade(address)
    within(address, fill)
    for newer, older in zip(reversed(revisions()), reversed(STEPS[:-1]), strict=True):
        before = within(address, content)
        downgrade(address, older or "base")
        assert current_revision(address) == older
        kept(before, within(address, content))
        upgrade(address, newer)
        within(address, fill)
        downgrade(address, older or "base")
    assert within(address, content) == {}
    assert needs_migration(address)
    upgrade(address)
    within(address, fill)


def test_the_order_of_the_names_is_the_history_and_each_file_is_named_by_its_revision() -> None:
    scripts = ScriptDirectory(str(migrate.folder()))
    assert scripts.get_current_head() == revisions()[-1]
    assert [script.revision for script in reversed(list(scripts.walk_revisions()))] == list(revisions())


def test_a_database_that_a_newer_prosa_migrated_is_left_alone(address: DatabaseAddress) -> None:
    upgrade(address)
    within(address, lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '2999_01_01_later'")))
    assert not needs_migration(address)
    assert current_revision(address) == "2999_01_01_later"


@pytest.mark.parametrize("statement", ["CREATE TABLE other (a INTEGER)", "CREATE TABLE alembic_version (version_num TEXT)"])
def test_another_programs_database_is_refused_and_left_as_it_is(address: DatabaseAddress, statement: str) -> None:
    def use(connection: Connection) -> None:
        connection.execute(text(statement))
        if "version_num" in statement:
            connection.execute(text("INSERT INTO alembic_version VALUES ('4ac1b25d')"))

    within(address, use)
    before = within(address, content)
    with pytest.raises(DatabaseUnusable):
        needs_migration(address)
    assert within(address, content) == before


def test_what_is_no_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "text.db"
    file.write_text("this is no database, however long the text may be" * 100)
    before = file.read_bytes()
    with pytest.raises(DatabaseUnusable):
        needs_migration(file)
    assert file.read_bytes() == before


def test_a_schema_of_its_own_beside_another_programs_is_enough() -> None:
    with an_address("postgresql", migrated=False) as found:
        within(found, lambda connection: connection.execute(text("CREATE TABLE other (a INTEGER)")))
        within(found, lambda connection: connection.execute(text("CREATE SCHEMA ours")))
        address = DatabaseAddress(url=f"{found.url}&options=-csearch_path%3Dours")
        upgrade(address)
        assert not needs_migration(address)
        with pytest.raises(DatabaseUnusable):
            needs_migration(found)


def test_several_processes_that_migrate_at_once_all_end_well(address: DatabaseAddress) -> None:
    code = (
        "import sys; from pathlib import Path; from prosa.drivers.sql import *;"
        "upgrade(parse_database(sys.stdin.read(), Path('none')))"
    )
    running = [subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, text=True) for _ in range(3)]
    for process in running:
        assert process.stdin is not None
        process.stdin.write(address.url or f"sqlite:///{address.path}")
        process.stdin.close()
    assert [process.wait(60) for process in running] == [0, 0, 0]
    assert not needs_migration(address)


LATER = """
import os
import sqlalchemy as sa
from alembic import op
revision = "2999_01_01_later"
down_revision = {before!r}
def upgrade():
    op.create_table("later", sa.Column("a", sa.Integer))
    op.execute("DELETE FROM installation")
    {then}
def downgrade():
    op.execute("DELETE FROM installation")
    {then}
"""


@contextmanager
def one_more(folder: Path, then: str) -> Iterator[None]:
    """A further migration, which does something and then what `then` says."""
    original = migrate.folder()
    (folder / "versions").mkdir(parents=True)
    for file in (original / "env.py", *(original / "versions").glob("*.py")):
        (folder / file.relative_to(original)).write_text(file.read_text())
    (folder / "versions" / "2999_01_01_later.py").write_text(LATER.format(before=revisions()[-1], then=then))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrate, "folder", lambda: folder)
        patch.setattr(migrate, "revisions", lambda: (*revisions(), "2999_01_01_later"))
        yield


def test_a_migration_that_fails_midway_leaves_everything_as_it_was(address: DatabaseAddress, tmp_path: Path) -> None:
    upgrade(address)
    within(address, fill)
    before = within(address, content)
    with one_more(tmp_path / "failing", "raise KeyError('midway')"), pytest.raises(KeyError):
        upgrade(address)
    assert current_revision(address) == revisions()[-1]
    assert within(address, content) == before
    with one_more(tmp_path / "good", "pass"):
        upgrade(address)
        assert not needs_migration(address)
    assert "later" in within(address, content)


def test_a_migration_whose_process_is_killed_midway_leaves_everything_as_it_was(address: DatabaseAddress, tmp_path: Path) -> None:
    upgrade(address)
    within(address, fill)
    before = within(address, content)
    with one_more(tmp_path / "killed", "os.kill(os.getpid(), 9)"):
        code = (
            "import sys; from pathlib import Path; from prosa.drivers.sql import migrate, parse_database;"
            f"migrate.folder = lambda: Path({str(migrate.folder())!r});"
            "migrate.upgrade(parse_database(sys.argv[1], Path('none')))"
        )
        url = address.url or f"sqlite:///{address.path}"
        assert subprocess.run([sys.executable, "-c", code, url], check=False).returncode == -9
    assert current_revision(address) == revisions()[-1]
    assert within(address, content) == before
    upgrade(address)


def test_asking_about_migrations_and_importing_the_features_loads_no_heavy_library() -> None:
    code = (
        "import sys, pathlib, prosa.interactions, prosa.drivers.sql as sql; sql.needs_migration(pathlib.Path('none.db'));"
        "sys.exit(any(name.split('.')[0] in {'sqlalchemy', 'alembic', 'aiosqlite', 'asyncpg'} for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_damaged_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "prosa.db"
    upgrade(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    whole = path.read_bytes()
    path.write_bytes(whole[:100] + b"\xa5" * (len(whole) - 100))
    with pytest.raises(DatabaseUnusable):
        needs_migration(path)
