"""The folder of scheduled backups: their names tell when they were made, the oldest go when a good new one is there."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

_FORM: Final = "%Y%m%dT%H%M%SZ"
_SCHEDULED: Final = re.compile(r"scheduled-(\d{8}T\d{6}Z)\.tar\.gz")


def stamp(now: float) -> str:
    """A moment, in seconds since 1970, as file names carry it: UTC, sorted as it is read."""
    return datetime.fromtimestamp(now, UTC).strftime(_FORM)


def scheduled_name(now: float) -> str:
    """The name of a scheduled backup of this moment."""
    return f"scheduled-{stamp(now)}.tar.gz"


def last_scheduled(folder: Path) -> float | None:
    """When the newest scheduled backup was made, in seconds since 1970; None where there is none."""
    found = _scheduled(folder)
    return found[-1][0] if found else None


def prune(folder: Path, keep: int) -> list[Path]:
    """Remove scheduled backups until `keep` are left, the oldest first; which ones. What people put there stays."""
    gone = [path for _, path in _scheduled(folder)[: -max(1, keep)]]
    for path in gone:
        path.unlink(missing_ok=True)
    return gone


def sweep(folder: Path) -> None:
    """Remove what scheduled backups that were killed left half written."""
    for draft in folder.glob(".scheduled-*.part"):
        draft.unlink(missing_ok=True)


def _scheduled(folder: Path) -> list[tuple[float, Path]]:
    """Oldest first."""
    try:
        names = [(match, path) for path in folder.iterdir() if (match := _SCHEDULED.fullmatch(path.name))]
    except OSError:
        return []
    return sorted((datetime.strptime(match[1], _FORM).replace(tzinfo=UTC).timestamp(), path) for match, path in names)
