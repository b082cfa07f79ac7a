"""Migrations go forward and back, over a filled database too."""

import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from prosa.drivers.sql import DatabaseUnusable, current_revision, downgrade, migrate, needs_migration, revisions, upgrade
from prosa.interactions.store import METADATA

ROW = "INSERT INTO interactions (space, interaction_id, user_id, prompt, asked_at, cached) VALUES ('a', ?, 'u', 'Olá', 1, 0)"


def test_a_missing_and_an_empty_file_need_migration_and_are_ready_after_it(tmp_path: Path) -> None:
    path = tmp_path / "da ta%20" / "prosa.db"
    assert needs_migration(path)
    upgrade(path)
    assert not needs_migration(path)
    assert current_revision(path) == revisions()[-1]
    upgrade(path)
    (tmp_path / "empty.db").touch()
    assert needs_migration(tmp_path / "empty.db")


def test_the_file_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "prosa.db"
    upgrade(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_every_step_goes_back_and_forward_over_filled_tables(tmp_path: Path) -> None:
    path = tmp_path / "prosa.db"
    upgrade(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.executemany(ROW, [(str(number),) for number in range(50)])
        connection.commit()
    for revision in (*reversed(revisions()[:-1]), "base"):
        downgrade(path, revision)
    assert needs_migration(path)
    with closing(sqlite3.connect(path)) as connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert tables <= {"alembic_version", "sqlite_sequence"}
    for revision in revisions():
        upgrade(path, revision)
    assert not needs_migration(path)


def test_the_tables_are_the_ones_that_the_stores_know(tmp_path: Path) -> None:
    path = tmp_path / "prosa.db"
    upgrade(path)
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    engine.dispose()


def test_the_order_of_the_names_is_the_history_and_each_file_is_named_by_its_revision() -> None:
    scripts = ScriptDirectory(str(migrate.folder()))
    assert scripts.get_current_head() == revisions()[-1]
    assert [script.revision for script in reversed(list(scripts.walk_revisions()))] == list(revisions())


def test_a_file_that_a_newer_prosa_migrated_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "prosa.db"
    upgrade(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '2999_01_01_later'")
        connection.commit()
    assert not needs_migration(path)


def test_a_foreign_file_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.db"
    with closing(sqlite3.connect(foreign)) as connection:
        connection.execute("CREATE TABLE other (a)")
    text = tmp_path / "text.db"
    text.write_text("this is no database, however long the text may be" * 100)
    for file in (foreign, text):
        before = file.read_bytes()
        with pytest.raises(DatabaseUnusable):
            needs_migration(file)
        assert file.read_bytes() == before


def test_two_processes_that_migrate_at_once_both_end_well(tmp_path: Path) -> None:
    path = tmp_path / "prosa.db"
    code = "import sys; from pathlib import Path; from prosa.drivers.sql import upgrade; upgrade(Path(sys.argv[1]))"
    running = [subprocess.Popen([sys.executable, "-c", code, str(path)]) for _ in range(3)]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    assert not needs_migration(path)


def test_asking_about_migrations_and_importing_the_features_loads_no_sqlalchemy() -> None:
    code = (
        "import sys, pathlib, prosa.interactions, prosa.drivers.sql as sql; sql.needs_migration(pathlib.Path('none.db'));"
        "sys.exit(any(name.split('.')[0] in {'sqlalchemy', 'alembic', 'aiosqlite'} for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
