"""Emptying SQLite's write-ahead log, in the one way that no release of SQLite gets wrong.

Releases from 3.7.0 to 3.51.2 can corrupt a database (sqlite.org/wal.html, "The WAL-reset bug"; repaired in 3.51.3, and in
3.50.7 and 3.44.6): a checkpoint that begins when everything is copied already may not notice that another connection's commit
begins the log anew at that very instant. It then marks pages of the new log as copied that were not, and a later checkpoint
leaves them out. It takes a checkpoint and a writer at the same time, in one process or in two; so here a checkpoint holds the
write lock from before its beginning to its end, and no other connection of prosa ever makes one (`wal_autocheckpoint=0`), except
the last that closes the file, which SQLite does while it shuts everybody out.
"""

import asyncio
import logging
import os
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from pathlib import Path
from typing import Final

from prosa.drivers.sql.errors import DatabaseUnavailable
from prosa.drivers.sql.files import FileId, file_id
from prosa.drivers.sql.sqlite import KEPT, open_sqlite

_logger = logging.getLogger("prosa.database")

DUE: Final = 2 * KEPT  # bytes of the log from which on it is emptied
TOO_MUCH: Final = 32 * DUE  # and from which on a reader must be holding it back
EVERY: Final = 1.0  # seconds between two looks
TRIES: Final = 20  # readers that are at it are waited for, writers standing still meanwhile:
PAUSE: Final = 0.005  # seconds between two tries
REST: Final = 10.0  # seconds until the next try where they still were at it
PATIENCE: Final = "PRAGMA busy_timeout=5000"  # for the writers of other processes
REMARK_SECONDS: Final = 600.0

Turn = Callable[[], AbstractAsyncContextManager[None]]


class Checkpointer:
    """Looks at the log once a second. Of all processes that use the file one does so, elected by a lock file beside it."""

    def __init__(self, path: Path, turn: Turn) -> None:
        """`turn`: a place in the queue of this process' writers; SQLite's own way of waiting for them isn't fair."""
        self._log = path.with_name(path.name + "-wal")
        self._turn = turn
        self._election = _Election(path.with_name(path.name + "-checkpointer"))
        self._connections = _Connections(path)
        self._next: asyncio.TimerHandle | None = None
        self._work: asyncio.Task[None] | None = None
        self._rest_until = 0.0
        self._quiet_until = 0.0

    def start(self) -> None:
        """Begin to look; once is enough."""
        if self._next is None and self._work is None:
            self._schedule()

    async def stop(self) -> None:
        """Look no more; another process may be elected."""
        work, self._work = self._work, None
        if work is not None:
            await work
        if self._next is not None:
            self._next.cancel()
            self._next = None
        self._connections.close()
        self._election.leave()

    def _schedule(self) -> None:
        self._next = asyncio.get_running_loop().call_later(EVERY, self._look)

    def _look(self) -> None:
        self._next = None
        if self._size() < DUE or time.monotonic() < self._rest_until or not self._election.won():
            self._schedule()
        else:
            self._work = asyncio.get_running_loop().create_task(self._empty())

    async def _empty(self) -> None:
        try:
            async with self._turn():
                await asyncio.to_thread(self._checkpoint)
        except DatabaseUnavailable:
            pass  # the writers' queue is long; the next look tries again
        finally:
            self._work = None
            self._schedule()

    def _size(self) -> int:
        try:
            return os.stat(self._log).st_size
        except OSError:
            return 0

    def _checkpoint(self) -> None:
        try:
            copied = self._connections.checkpoint()
        except sqlite3.Error as error:  # locked, full, gone: the next look tries again
            self._connections.close()
            self._remark("the database's log can't be emptied now: %s", type(error).__name__)
            return
        if copied:
            return
        self._rest_until = time.monotonic() + REST  # a reader that takes its time may not slow the writers down each second
        if self._size() > TOO_MUCH:
            self._remark("the database's log holds %s MB: a reader that doesn't end keeps it", self._size() >> 20)

    def _remark(self, text: str, fact: object) -> None:
        now = time.monotonic()
        if now >= self._quiet_until:
            self._quiet_until = now + REMARK_SECONDS
            _logger.warning(text, fact)


class _Connections:
    """The one that copies, and the one that holds the write lock meanwhile."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: FileId | None = None
        self._pair: tuple[sqlite3.Connection, sqlite3.Connection] | None = None

    def checkpoint(self) -> bool:
        """Copy what the log holds into the file; whether all of it was copied. Raises sqlite3.Error."""
        holder, worker = self._opened()
        holder.execute("BEGIN IMMEDIATE")
        try:
            for _ in range(TRIES):
                _busy, frames, copied = worker.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
                if frames == copied:
                    return True
                time.sleep(PAUSE)
            return False
        finally:
            holder.execute("ROLLBACK")

    def _opened(self) -> tuple[sqlite3.Connection, sqlite3.Connection]:
        now = file_id(self._path)
        if self._pair is None or now != self._file:
            self.close()
            holder = open_sqlite(self._path)
            try:
                self._pair = holder, open_sqlite(self._path)
            except sqlite3.Error:
                holder.close()
                raise
            holder.execute(PATIENCE)
            self._file = now
        return self._pair

    def close(self) -> None:
        pair, self._pair = self._pair, None
        for connection in pair or ():
            connection.close()


class _Election:
    """One process of those that ask wins, and stays elected until it leaves or dies. Where files can't be locked, each wins."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held = -1

    def won(self) -> bool:
        """Whether this process is the elected one, or becomes it now."""
        if sys.platform == "win32":
            return True
        if self._held >= 0:
            return True
        import fcntl

        try:
            held = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError:
            return False
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(held)
            return False
        self._held = held
        return True

    def leave(self) -> None:
        """Give the place up."""
        held, self._held = self._held, -1
        if held >= 0:
            with suppress(OSError):
                os.close(held)
