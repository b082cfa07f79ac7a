"""Where the processes of a service meet: a kernel lives in one of them, and the others ask that one.

A folder holds a file for each key that has a kernel, with the name of the process that has it, and a socket of each such process.
Whoever finds nobody behind a name takes the key over: a kernel dies with its process, and its state with it.
"""

import fcntl
import hashlib
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import msgspec

from prosa.drivers.neighbours import NeighbourGone, Served, ask, serve
from prosa.interpreter.models import Made, Ran
from prosa.kit.errors import ProsaError

_LOCK: Final = ".lock"


class Order(msgspec.Struct):
    """A cell for the kernel of a key, with the files that it needs: their names, and those that were fetched (None: gone). With
    `forget` the kernel is ended instead."""

    space: str
    key: str
    code: str
    ids: list[str] = []
    files: dict[str, Made | None] = {}
    forget: bool = False


class Told(msgspec.Struct):
    """What came of an order: nothing where there is no such kernel, or where files are missing first."""

    ran: Ran | None = None
    missing: list[str] = []


Answer = Callable[[Order], Awaitable[Told]]
"""Runs an order."""

_encode: Final = msgspec.msgpack.Encoder().encode
_order: Final = msgspec.msgpack.Decoder(Order).decode
_told: Final = msgspec.msgpack.Decoder(Told).decode


class Meeting:
    """One process's place in the folder."""

    def __init__(self, folder: Path, answer: Answer) -> None:
        self._folder = folder
        self._answer = answer
        self._name = str(os.getpid())
        self._served: Served | None = None

    async def claim(self, space: str, key: str) -> str | None:
        """Take a key where nobody has it; the name of the process that has it already, else None."""
        await self._open()
        place = self._place(space, key)
        with self._locked():
            owner = _read(place)
            if owner is not None and owner != self._name and self._socket(owner).exists():
                return owner
            place.write_text(self._name, encoding="ascii")
        return None

    def owner(self, space: str, key: str) -> str | None:
        """The name of the other process that has a key."""
        found = _read(self._place(space, key))
        return found if found is not None and found != self._name and self._socket(found).exists() else None

    async def ask(self, owner: str, order: Order) -> Told | None:
        """What came of a cell in another process; None where that one is gone: then the key is free."""
        try:
            return _told(await ask(self._socket(owner), _encode(order)))
        except NeighbourGone:
            self._socket(owner).unlink(missing_ok=True)
            return None

    def leave(self, space: str, key: str) -> None:
        """Give a key up."""
        place = self._place(space, key)
        with suppress(OSError), self._locked():
            if _read(place) == self._name:
                place.unlink(missing_ok=True)

    async def close(self) -> None:
        """Nobody is answered any more."""
        if self._served is not None:
            self._served.close()
            self._served = None

    async def _open(self) -> None:
        if self._served is None:
            self._served = await serve(self._socket(self._name), self._told)

    async def _told(self, question: bytes) -> bytes | None:
        try:
            return _encode(await self._answer(_order(question)))
        except (msgspec.MsgspecError, ProsaError):
            return None  # who asked hears that it ended

    def _place(self, space: str, key: str) -> Path:
        return self._folder / hashlib.sha256(f"{space}\0{key}".encode()).hexdigest()[:32]

    def _socket(self, name: str) -> Path:
        return self._folder / f"{name}.sock"

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self._folder / _LOCK).open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _read(place: Path) -> str | None:
    try:
        name = place.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return None
    return name if name.isdigit() else None
