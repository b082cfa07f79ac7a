"""The list of who was erased: ids and moments alone, beside the database and outside of every backup.

A backup that is restored later still holds them, and the database that knew better is gone then. `restore` erases anew whoever
stands here. One JSON object a line; lines are only ever added.
"""

import fcntl
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from prosa.drivers.sql import Connection
from prosa.kit.ids import without_prefix
from prosa.kit.moments import shown
from prosa.privacy.models import ErasuresUnwritable

FILE: Final = "erasures.jsonl"
_HEAD: Final = b'{"prosa":"erasures","holds":"ids of deleted accounts; keep it apart from backups"}\n'


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """`asked`: the person did, or the operator in their name; else an account was deleted, which `--bring-back` undoes."""

    id: str
    at: str
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Erasures:
    """The ids that a list holds; `asked` are those of them who asked for it. `found`: whether there is a list at all."""

    ids: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    found: bool = False


class ErasureList:
    """The file in the data folder, and its copy where the operator wants one. Blocking: short, and off the loop."""

    def __init__(self, path: Path, copy: Path | None = None) -> None:
        self._path = path
        self._copy = copy
        self.copy_failed = False

    def begin(self) -> None:
        """Make it, empty, where there is none: that nobody was erased is another thing than that nobody knows.

        Raises ErasuresUnwritable.
        """
        self.add(())

    def add(self, lines: Iterable[Line]) -> None:
        """Add who isn't there yet, durably. A copy that can't be written now is completed by the next one.

        Raises ErasuresUnwritable.
        """
        coming = list(lines)
        try:
            written = _completed(self._path, coming)
        except OSError as error:
            raise ErasuresUnwritable from error
        if self._copy is not None:
            try:
                _completed(self._copy, written)
                self.copy_failed = False
            except OSError:
                self.copy_failed = True

    def read(self, *others: Path) -> Erasures:
        """What this list, its copy and `others` hold together."""
        found, lines = False, []
        for path in (self._path, self._copy, *others):
            if path is not None and path.is_file():
                found = True
                lines += _lines(path.read_bytes())
        return Erasures(frozenset(line.id for line in lines), frozenset(line.id for line in lines if line.asked), found)


class ErasureNotes:
    """Notes every account that is deleted, inside the transaction that deletes it: an Eraser, the last of them."""

    def __init__(self, erasures: ErasureList) -> None:
        self._erasures = erasures

    async def __call__(self, connection: Connection, space: str) -> None:
        """See Eraser. Raises ErasuresUnwritable: then nothing is deleted."""
        import asyncio
        import time

        if without_prefix(space, "") is not None:
            await asyncio.to_thread(self._erasures.add, (line_of(space, time.time_ns() // 1000),))


def line_of(account_id: str, moment: int, *, asked: bool = False) -> Line:
    """`moment` in microseconds since 1970."""
    return Line(account_id, shown(moment).isoformat(timespec="seconds").replace("+00:00", "Z"), asked)


def _completed(path: Path, coming: Iterable[Line]) -> list[Line]:
    """Add what a file hasn't got yet, while nobody else does; all that it holds then."""
    path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
    with open(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600), "r+b", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        content = file.read()
        there = _lines(content)
        known = {(line.id, line.asked) for line in there}
        new = [line for line in coming if (line.id, line.asked) not in known and (line.id, True) not in known]
        text = b"".join(msgspec.json.encode(line) + b"\n" for line in new)
        if not content:
            text = _HEAD + text
        elif not content.endswith(b"\n"):  # a line that was cut off by a fault of the power: what comes must not hang on it
            text = b"\n" + text if text else b""
        if text:
            file.write(text)
            os.fsync(file.fileno())
    return [*there, *new]


def _lines(content: bytes) -> list[Line]:
    found = []
    for text in content.splitlines():
        try:
            found.append(msgspec.json.decode(text, type=Line))
        except (msgspec.MsgspecError, UnicodeDecodeError):
            continue  # the head, or a line that was cut off
    return found
