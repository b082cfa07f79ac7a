"""`prosa backup`, `restore`, `migrate-to`, `verify`: keeping what is stored, moving it, looking whether it is whole."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from prosa.cli.frame import KEEP, LOOK, examples, run
from prosa.cli.port import BootPort


@dataclass(frozen=True, slots=True)
class Backup:
    """Options of `backup`."""

    force: Annotated[bool, Parameter(help="Replace a file that is there already.", negative="")] = False
    with_secret: Annotated[
        bool, Parameter(help="Put the server's secret inside; keep such a file as you keep a key.", negative="")
    ] = False
    scheduled: Annotated[bool, Parameter(show=False, negative="")] = False  # how the server's timer calls it


@dataclass(frozen=True, slots=True)
class Restore:
    """Options of `restore`."""

    force: Annotated[bool, Parameter(help="Replace a database that is not empty; it is kept as a backup first.", negative="")] = (
        False
    )
    bring_back: Annotated[
        bool,
        Parameter(
            help="Also bring back what was deleted, suspended or revoked since the backup; never who asked to be erased.",
            negative="",
        ),
    ] = False
    erasures: Annotated[
        tuple[Path, ...],
        Parameter(help="A list of erasures of another machine (its erasures.jsonl); may be said several times."),
    ] = ()


@dataclass(frozen=True, slots=True)
class Verify:
    """Options of `verify`."""

    json: Annotated[bool, Parameter(help="As JSON, for programs.", negative="")] = False


def backups(app: App, port: BootPort) -> None:
    """Put the commands into the program."""
    _keeping(app, port)
    _moving(app, port)


def _keeping(app: App, port: BootPort) -> None:
    @app.command(
        group=KEEP, help_epilogue=examples("backup", "backup /mnt/safe/prosa.tar.gz", "backup with-key.tar.gz --with-secret")
    )
    def backup(file: Path | None = None, /, *, options: Annotated[Backup, Parameter(name="*")] = Backup()) -> int:
        """Save everything that is stored into one file, as it is at this instant. The server may run meanwhile.

        Parameters
        ----------
        file
            The file; by default a new one in the folder of backups.
        """
        from prosa.cli import backup_work

        return run(backup_work.save(port.storage(), file, options))

    @app.command(group=KEEP, help_epilogue=examples("restore prosa.tar.gz", "restore prosa.tar.gz --force"))
    def restore(file: Path, /, *, options: Annotated[Restore, Parameter(name="*")] = Restore()) -> int:
        """Bring back what a backup holds, into the database of the settings. The server must not run.

        Parameters
        ----------
        file
            A file that `prosa backup` made.
        """
        from prosa.cli import backup_work

        storage = port.storage()
        with port.alone():
            return run(backup_work.bring_back(storage, file, options))


def _moving(app: App, port: BootPort) -> None:
    @app.command(
        group=KEEP, name="migrate-to", help_epilogue=examples("migrate-to postgresql://prosa@db.example/prosa", "migrate-to -")
    )
    def migrate_to(url: Annotated[str, Parameter(allow_leading_hyphen=True)], /) -> int:
        """Copy everything into another, empty database: from SQLite to PostgreSQL, or back. Stop the server first.

        Parameters
        ----------
        url
            The database to fill: postgresql://… or sqlite:///file; "-" reads it from standard input, where nobody sees it.
        """
        from prosa.cli import backup_work

        return run(backup_work.move(port.storage(), url))

    @app.command(group=LOOK, help_epilogue=examples("verify", "verify --json", "verify prosa.tar.gz"))
    def verify(file: Path | None = None, /, *, options: Annotated[Verify, Parameter(name="*")] = Verify()) -> int:
        """Check all that is stored: the schema, every row, every reference, sealed fields, accounts, keys. Changes nothing.

        Parameters
        ----------
        file
            A backup to check instead of the database.
        """
        from prosa.cli import backup_work

        if file is not None:
            return backup_work.check_file(file, json=options.json)
        return run(backup_work.check(port.storage(), json=options.json))
