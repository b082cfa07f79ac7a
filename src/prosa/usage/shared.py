"""A limiter that the processes of one host share: a table in a mapped file, so that four workers let through what one does."""

import fcntl
import hashlib
import mmap
import os
import struct
import time
from pathlib import Path

from prosa.kit.clock import Clock
from prosa.usage.errors import LimiterUnavailable
from prosa.usage.gcra import decide
from prosa.usage.models import NANOSECONDS, UNLIMITED, WINDOW, Decision

_MAGIC = b"prosa limits 1\n\0"
_HEADER = struct.Struct("<16s16s")  # the magic word, and a secret under which bucket names are hashed
_SLOT = struct.Struct("<Qq")  # hash of the bucket's name, theoretical arrival time in nanoseconds
_NAME = struct.Struct("<Q")
_PAGE = 4096
_SET_BYTES = 512  # slots that one name may lie in; each set has a lock of its own
_SETS = 2048
_SIZE = _PAGE + _SETS * _SET_BYTES
_REST = 1.0
_PATIENCE = 0.25  # seconds to wait for another process that holds a set's lock


class SharedLimiter:
    """One table of 65,536 buckets in `path` (1 MiB), shared by every process that opens it.

    Each take locks its set's byte range, so the count is exact. A new bucket takes the slot whose time passed first; when all of
    a set are in use, that is the one nearest to being whole. The clock must be the machine's monotonic one, the same in all
    processes. Raises LimiterUnavailable, here and in `take`, when the file can't be used.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._file = -1
        self._table: mmap.mmap | None = None
        self._secret = b""
        self._held = (-1, 0.0)  # the lock that was waited for in vain last, and until when nobody waits for it again
        try:
            self._open()
        except (OSError, ValueError) as error:
            self.close()
            raise LimiterUnavailable() from error

    def take(self, bucket: str, per_minute: int, cost: float = 1.0) -> Decision:
        """See Limiter."""
        if per_minute <= 0:
            return UNLIMITED
        try:
            table = self._checked()
            name = int.from_bytes(hashlib.blake2b(bucket.encode(), digest_size=8, key=self._secret).digest(), "little") or 1
            start = _PAGE + name % _SETS * _SET_BYTES
            self._lock(start)
            try:
                now = int(self._clock.monotonic() * NANOSECONDS)
                offset, arrival = _find(table, start, name, now)
                decision, after = decide(arrival, now, per_minute, cost)
                if decision.allowed:
                    _SLOT.pack_into(table, offset, name, after)
            finally:
                self._unlock(start)
        except (OSError, ValueError) as error:
            raise LimiterUnavailable() from error
        return decision

    def close(self) -> None:
        """Let go of the file; twice is fine."""
        if self._table is not None:
            self._table.close()
            self._table = None
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _checked(self) -> mmap.mmap:
        """The table; opened anew when somebody removed the file. One that was cut short would end the process when read."""
        if self._table is None:
            self._open()
        state = os.fstat(self._file)
        if state.st_nlink == 0:
            self.close()
            self._open()
        elif state.st_size < _SIZE:
            raise ValueError("the table was cut short")
        if self._table is None:
            raise ValueError("the table is closed")
        return self._table

    def _open(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._lock(0)
        try:
            if os.pread(self._file, len(_MAGIC), 0) != _MAGIC or os.fstat(self._file).st_size < _SIZE:
                os.ftruncate(self._file, 0)
                _reserve(self._file)
                os.pwrite(self._file, _HEADER.pack(_MAGIC, os.urandom(16)), 0)
        finally:
            self._unlock(0)
        self._table = mmap.mmap(self._file, _SIZE)
        self._secret = bytes(_HEADER.unpack_from(self._table, 0)[1])

    def _lock(self, start: int) -> None:
        """Take the lock of the set at `start`. The kernel gives it back when a process dies.

        After waiting in vain (its holder was stopped) the next callers don't wait: everybody else's requests would wait too.
        """
        deadline = 0.0
        while True:
            try:
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, start)
            except (BlockingIOError, PermissionError):
                now = time.monotonic()
                deadline = deadline or now + _PATIENCE
                if self._held[0] == start and now < self._held[1]:
                    raise
                if now > deadline:
                    self._held = (start, now + _REST)
                    raise
                time.sleep(0.0002)
            else:
                return

    def _unlock(self, start: int) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_UN, 1, start)


def _find(table: mmap.mmap, start: int, name: int, now: int) -> tuple[int, int]:
    """The slot for `name` in its set and the time it holds: its own, else the one whose time is earliest (free ones hold 0)."""
    end = start + _SET_BYTES
    own = table.find(_NAME.pack(name), start, end)
    if own >= 0 and (own - start) % _SLOT.size == 0:
        return own, int(_SLOT.unpack_from(table, own)[1])
    best, earliest = start, now + 2 * WINDOW
    for index, (held, arrival) in enumerate(_SLOT.iter_unpack(table[start:end])):
        if held == name:
            return start + index * _SLOT.size, arrival
        if arrival > now + WINDOW:
            arrival = 0  # of another boot of the machine
        if arrival < earliest:
            best, earliest = start + index * _SLOT.size, arrival
    return best, 0


def _reserve(file: int) -> None:
    """Really take the room: on a full disk this fails here, where a mapped file would end the process later."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file, 0, _SIZE)
    else:  # macOS
        os.pwrite(file, bytes(_SIZE), 0)
