"""Bringing the database up to date, and back."""

import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import prosa
from prosa.drivers.sql.errors import DatabaseUnavailable, DatabaseUnusable, translated

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection


@cache
def folder() -> Path:
    """Where the migrations lie: inside the installed package, or at the top of the repository."""
    package = Path(prosa.__file__).parent
    installed = package / "_migrations"
    return installed if installed.is_dir() else package.parents[1] / "migrations"


@cache
def revisions() -> tuple[str, ...]:
    """Every revision, oldest first. Names begin with their date, so that their order is the history's order."""
    return tuple(sorted(file.stem for file in (folder() / "versions").glob("[0-9]*.py")))


def needs_migration(path: Path) -> bool:
    """Whether `upgrade` has something to do; asks with the standard library alone.

    A file that a newer prosa has migrated is left alone: neighbouring versions run together over one database.
    Raises DatabaseUnusable for a file that is no database of prosa, DatabaseUnavailable for one that can't be read.
    """
    if not path.exists() or path.stat().st_size == 0:
        return True
    current = current_revision(path)
    return current is None or (current in revisions() and current != revisions()[-1])


def current_revision(path: Path) -> str | None:
    """The revision of an existing file, None for an empty database. Raises as `needs_migration`."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=10.0)) as connection:
            tables = {str(row[0]) for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if not tables:
                return None
            if "alembic_version" not in tables:
                raise DatabaseUnusable
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            return str(row[0]) if row else None
    except sqlite3.OperationalError as error:
        raise DatabaseUnavailable from error
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:  # a broken schema's complaint can't always be read
        raise DatabaseUnusable from error


def upgrade(path: Path, revision: str = "head") -> None:
    """Migrate forward to `revision`, creating the file, readable by its owner alone, when it isn't there.

    All of it is one transaction, and of two processes that come at once the second finds nothing to do.
    Raises DatabaseUnavailable.
    """
    with translated():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=True)
        _run(path, revision, forward=True)


def downgrade(path: Path, revision: str) -> None:
    """Migrate back to `revision` ("base": nothing is left). What only the newer form can hold is lost."""
    with translated():
        _run(path, revision, forward=False)


def _run(path: Path, revision: str, *, forward: bool) -> None:
    from alembic import command
    from sqlalchemy import create_engine, event
    from sqlalchemy.engine import URL
    from sqlalchemy.pool import NullPool

    from prosa.drivers.sql.engine import begin, prepare

    engine = create_engine(URL.create("sqlite", database=str(path)), poolclass=NullPool)
    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    try:
        with engine.begin() as connection:
            config = _config(connection)
            (command.upgrade if forward else command.downgrade)(config, revision)
    finally:
        engine.dispose()


def _config(connection: "Connection") -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(folder()).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
