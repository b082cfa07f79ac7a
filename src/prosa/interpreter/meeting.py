"""Where the processes of a service meet: a kernel lives in one of them, and the others ask that one.

A folder holds a file for each key that has a kernel, with the name of the process that has it, and a socket of each such process.
Whoever finds nobody behind a name takes the key over: a kernel dies with its process, and its state with it.
"""

import asyncio
import fcntl
import hashlib
import os
import struct
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import msgspec

from prosa.interpreter.models import Ran
from prosa.kit.errors import ProsaError

_LENGTH: Final = struct.Struct(">I")
_MOST: Final = 1 << 29
_LOCK: Final = ".lock"


class Order(msgspec.Struct):
    """A cell for the kernel of a key."""

    space: str
    key: str
    code: str


Answer = Callable[[Order], Awaitable[Ran | None]]
"""Runs an order; None where there is no kernel of this key here."""

_encode: Final = msgspec.msgpack.Encoder().encode
_order: Final = msgspec.msgpack.Decoder(Order).decode
_ran: Final[Callable[[bytes], Ran | None]] = msgspec.msgpack.Decoder(Ran | None).decode


class Meeting:
    """One process's place in the folder."""

    def __init__(self, folder: Path, answer: Answer) -> None:
        self._folder = folder
        self._answer = answer
        self._name = str(os.getpid())
        self._server: asyncio.Server | None = None

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

    async def ask(self, owner: str, order: Order) -> Ran | None:
        """What came of a cell in another process; None where that one is gone, or has no such kernel: then the key is free."""
        try:
            reader, writer = await asyncio.open_unix_connection(str(self._socket(owner)))
        except OSError:
            self._socket(owner).unlink(missing_ok=True)
            return None
        try:
            await _send(writer, _encode(order))
            return _ran(await _receive(reader))
        except (OSError, asyncio.IncompleteReadError, msgspec.MsgspecError):
            return None
        finally:
            writer.close()

    def leave(self, space: str, key: str) -> None:
        """Give a key up."""
        place = self._place(space, key)
        with suppress(OSError), self._locked():
            if _read(place) == self._name:
                place.unlink(missing_ok=True)

    async def close(self) -> None:
        """Nobody is answered any more."""
        if self._server is not None:
            self._server.close()
            self._socket(self._name).unlink(missing_ok=True)
            self._server = None

    async def _open(self) -> None:
        if self._server is None:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            socket = self._socket(self._name)
            socket.unlink(missing_ok=True)  # of a process before us that had our number
            self._server = await asyncio.start_unix_server(self._serve, str(socket))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, msgspec.MsgspecError, ProsaError):  # who asked hears that it ended
            await _send(writer, _encode(await self._answer(_order(await _receive(reader)))))
        writer.close()

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


async def _send(writer: asyncio.StreamWriter, body: bytes) -> None:
    writer.write(_LENGTH.pack(len(body)) + body)
    await writer.drain()


async def _receive(reader: asyncio.StreamReader) -> bytes:
    (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
    if length > _MOST:
        raise asyncio.IncompleteReadError(b"", length)
    return await reader.readexactly(length)
