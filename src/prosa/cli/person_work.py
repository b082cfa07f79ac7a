"""What `prosa person …` does."""

import os
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import IO, TYPE_CHECKING

from prosa.cli.asking import agreed
from prosa.cli.frame import with_workshop
from prosa.cli.people_work import named
from prosa.cli.port import BootPort, Workshop
from prosa.cli.terminal import complain, say, table
from prosa.drivers.archive import stamp
from prosa.drivers.sql import compact, scrub

if TYPE_CHECKING:
    from prosa.cli.person_commands import Erase


@dataclass(frozen=True, slots=True)
class Target:
    """Where an archive is written to; None: a new file in this folder."""

    file: Path | None
    force: bool


def export(port: BootPort, email: str, target: Target) -> int:
    """Write the archive; 1 when it can't be."""
    path = target.file or Path(f"person-{stamp(time.time())}.zip")
    if path.exists() and not target.force:
        complain(f"{path} is there already")
        return 1
    return with_workshop(port, lambda shop: _export(shop, email, path))


async def _export(shop: Workshop, email: str, path: Path) -> int:
    account = await named(shop.identity, email)
    aside = path.with_name(f".{path.name}.{token_hex(4)}.part")
    try:
        with _fresh(aside) as file:
            report = await shop.privacy.archive(account.id, file)
            _settle(file)
        aside.replace(path)
    except OSError as error:
        complain(f"{path} can't be written: {error.strerror}")
        return 1
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
    say(table([(str(count), name) for name, count in report.rows.items() if count]))
    say(f"{path}: everything that is kept of {account.email}, with {report.files} files")
    if report.lost:
        complain(f"the content of {report.lost} files is missing; prosa verify tells which")
    return 0


def _fresh(path: Path) -> IO[bytes]:
    """A new file that nobody else reads."""
    return open(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b")


def _settle(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def erase(port: BootPort, email: str, options: "Erase") -> int:
    """Erase the person; 1 when they can't be, or when something of them is left."""
    return with_workshop(port, lambda shop: _erase(shop, email, options))


async def _erase(shop: Workshop, email: str, options: "Erase") -> int:
    account = await named(shop.identity, email)
    if not options.yes and not agreed(
        f"Erase {account.email} ({account.name}) with everything that is theirs? It can't be undone."
    ):
        say("nothing was changed")
        return 1
    await shop.privacy.erase(account.id)
    while await shop.leave_no_trace():
        pass
    # What SQLite moves between pages leaves copies, which only writing the file anew takes away.
    database = shop.ground.database
    if await (compact(database, sys.maxsize) if options.compact else compact(database)):
        await scrub(database)
    left = await shop.privacy.left_of(account.id)
    for name, count in left.items():
        complain(f"{count} rows are left in {name}: run prosa person erase again, and tell the makers of prosa")
    say("erased, and noted in the list of erasures; backups of before lose the person when they are restored")
    return 1 if left else 0
