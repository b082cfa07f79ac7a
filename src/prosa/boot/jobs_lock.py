"""One process at a time does the jobs of a SQLite database: held for as long as it lives, however it dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

LOCK_FILE: Final = "jobs.lock"


class JobsElsewhere(Exception):
    """Another process does the jobs here."""


@contextmanager
def doing_jobs(folder: Path) -> Iterator[None]:
    """Be the one. Raises JobsElsewhere."""
    descriptor = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise JobsElsewhere from error
    try:
        yield
    finally:
        os.close(descriptor)


def done_elsewhere(folder: Path) -> bool:
    """Whether somebody is the one now; asking takes the place for an instant."""
    try:
        with doing_jobs(folder):
            return False
    except (JobsElsewhere, OSError):
        return True
