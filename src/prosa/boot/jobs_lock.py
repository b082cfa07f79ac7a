"""One process at a time does the jobs of a SQLite database: held for as long as it lives, however it dies."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from prosa.boot.locking import locked
from prosa.boot.settings import StartRefused

LOCK_FILE: Final = "jobs.lock"
_PATIENT: Final = 20  # a server's worker needs some seconds to notice that the server was killed


class JobsElsewhere(Exception):
    """Another process does the jobs here."""


@contextmanager
def doing_jobs(folder: Path, tries: int = 1) -> Iterator[None]:
    """Be the one; asks several times within a second where it is told to. Raises JobsElsewhere."""
    descriptor = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        if not any(_taken(descriptor, pause) for pause in (0.0, *(0.1,) * (tries - 1))):
            raise JobsElsewhere
        yield
    finally:
        os.close(descriptor)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """The folder for one command, without a server and without a worker. Raises StartRefused."""
    with locked(folder), ExitStack() as stack:
        try:
            stack.enter_context(doing_jobs(folder, _PATIENT))
        except JobsElsewhere as error:
            raise StartRefused(f"the data folder {str(folder)!r} is in use by prosa worker: stop that one") from error
        yield


def _taken(descriptor: int, pause: float) -> bool:
    time.sleep(pause)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def done_elsewhere(folder: Path) -> bool:
    """Whether somebody is the one now; asking takes the place for an instant."""
    try:
        with doing_jobs(folder):
            return False
    except (JobsElsewhere, OSError):
        return True
