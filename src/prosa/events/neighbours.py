"""The other processes of this machine: a datagram socket each, in a folder that nobody else may enter.

A socket that nobody holds open any more refuses what is sent to it and is removed then, so no process has to be known by its
number. One whose buffer is full loses the message. A new socket is bound under a passing name and gets its own only afterwards:
between the making of its file and the binding it would look like a dead one.
"""

import asyncio
import os
import secrets
import socket
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

PACKET: Final = 16_000  # bytes; ten of them are what a socket holds by Linux's default
BUFFER: Final = 65_536
AT_ONCE: Final = 64  # packets that are read before others get their turn
LONGEST: Final = 100  # bytes of a socket's path; Linux allows 108, others 104
READY, PASSING = "s", "n"  # first letters of the names
LEFT_OVER: Final = 60.0  # seconds after which a passing name belongs to a process that died over it
SETTLED: Final = 50_000_000  # nanoseconds; a folder's time steps more coarsely than processes come


class Neighbours:
    """This process' own socket, and sending to all the others."""

    def __init__(self, folder: Path, heard: Callable[[bytes], None]) -> None:
        self._folder = folder
        self._heard = heard
        self._socket: socket.socket | None = None
        self._place = -1  # the open folder
        self._name = ""
        self._owner = 0  # the process that opened it; a forked child has to open its own
        self._names: list[str] = []
        self._listed = -1  # the folder's time when the names were read, -1: not to be relied on

    def open(self) -> None:
        """Enter the folder and listen. Raises OSError: no folder, not ours, no local sockets."""
        if not hasattr(socket, "AF_UNIX"):
            raise OSError("this system has no local sockets")
        self.close()
        try:
            self._place = _enter(self._folder)
            self._bind()
        except BaseException:
            self.close()
            raise
        self._owner = os.getpid()
        assert self._socket is not None
        asyncio.get_running_loop().add_reader(self._socket.fileno(), self._read)

    @property
    def is_open(self) -> bool:
        """Whether this very process listens."""
        return self._socket is not None and self._owner == os.getpid()

    def send(self, packet: bytes) -> None:
        """Give it to every neighbour who has room for it; never waits, never raises."""
        if self._socket is None or self._owner != os.getpid():
            return
        for name in self._others():
            try:
                self._socket.sendto(packet, self._address(name))
            except ConnectionRefusedError:
                self._remove(name)
            except OSError:
                continue  # its buffer is full, or it left a moment ago

    def tend(self) -> None:
        """Open anew when somebody removed the folder or the socket. Raises OSError."""
        if not self.is_open or not self._is_there():
            self.open()

    def close(self) -> None:
        """Leave. In a forked child only its copies are let go: the socket is the parent's."""
        own = self._owner == os.getpid()
        if self._socket is not None:
            if own:
                with suppress(RuntimeError):  # no loop is running any more
                    asyncio.get_running_loop().remove_reader(self._socket.fileno())
                self._remove(self._name)
            self._socket.close()
            self._socket = None
        if self._place >= 0:
            os.close(self._place)
            self._place = -1
        self._names, self._listed = [], -1

    def _bind(self) -> None:
        number = secrets.token_hex(4)
        passing, self._name = PASSING + number, READY + number
        self._sweep()
        self._socket = door = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        door.setblocking(False)
        door.bind(self._address(passing))
        os.chmod(passing, 0o600, dir_fd=self._place)
        os.rename(passing, self._name, src_dir_fd=self._place, dst_dir_fd=self._place)

    def _address(self, name: str) -> str | bytes:
        """The path of a socket; through the open folder where it would be too long for the system."""
        path = os.fsencode(self._folder / name)
        return path if len(path) <= LONGEST else f"/proc/self/fd/{self._place}/{name}"

    def _others(self) -> list[str]:
        try:
            changed = os.stat(self._place).st_mtime_ns
            if changed != self._listed:
                found = os.listdir(self._place)
                self._names = [name for name in found if name.startswith(READY) and name != self._name]
                self._listed = changed if time.time_ns() - changed > SETTLED else -1
        except OSError:
            self._names, self._listed = [], -1
        return self._names

    def _read(self) -> None:
        for _ in range(AT_ONCE):
            if self._socket is None:
                return
            try:
                packet = self._socket.recv(BUFFER)
            except OSError:
                return  # nothing more for now
            self._heard(packet)

    def _is_there(self) -> bool:
        assert self._socket is not None
        try:
            folder, entered = os.stat(self._folder), os.stat(self._place)
            return folder.st_ino == entered.st_ino and stat.S_ISSOCK(os.stat(self._name, dir_fd=self._place).st_mode)
        except OSError:
            return False

    def _sweep(self) -> None:
        """Remove what processes that died while they were binding have left."""
        for name in os.listdir(self._place):
            with suppress(OSError):
                if name.startswith(PASSING) and time.time() - os.stat(name, dir_fd=self._place).st_mtime > LEFT_OVER:
                    self._remove(name)

    def _remove(self, name: str) -> None:
        with suppress(OSError):
            os.unlink(name, dir_fd=self._place)
        self._listed = -1


def _enter(folder: Path) -> int:
    """Open the folder, made for its owner alone when it isn't there. Raises OSError when it is another's."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        state = os.fstat(place)
        if state.st_uid != os.geteuid() and os.geteuid() != 0:
            raise PermissionError(f"{folder} belongs to another user")
        if stat.S_IMODE(state.st_mode) & 0o077:
            os.fchmod(place, 0o700)
    except BaseException:
        os.close(place)
        raise
    return place
