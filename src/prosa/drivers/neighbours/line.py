"""One question and its answer over a stream socket of this machine's file system, each behind its length."""

import asyncio
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

_LENGTH: Final = struct.Struct(">I")
MOST_BYTES: Final = 1 << 29
Answer = Callable[[bytes], Awaitable[bytes | None]]
"""What answers a question; None hangs up."""


class NeighbourGone(Exception):
    """Nobody answers there, or not to the end."""


class Served:
    """A socket that is answered at; made by `serve`."""

    def __init__(self, place: Path, server: asyncio.Server) -> None:
        self._place = place
        self._server = server

    def close(self) -> None:
        """Nobody is answered any more."""
        self._server.close()
        self._place.unlink(missing_ok=True)


async def serve(place: Path, answer: Answer) -> Served:
    """Answer at this place, whose folder only this service's user may enter. Raises OSError."""

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            told = await answer(await _receive(reader))
            if told is not None:
                await _send(writer, told)
        writer.close()

    _make_room(place)
    return Served(place, await asyncio.start_unix_server(one, str(place)))


def _make_room(place: Path) -> None:
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    place.unlink(missing_ok=True)  # of a process that was killed


async def ask(place: Path, question: bytes) -> bytes:
    """What the neighbour at this place answers. Raises NeighbourGone."""
    try:
        reader, writer = await asyncio.open_unix_connection(str(place))
    except OSError as error:
        raise NeighbourGone from error
    try:
        await _send(writer, question)
        return await _receive(reader)
    except (OSError, asyncio.IncompleteReadError) as error:
        raise NeighbourGone from error
    finally:
        writer.close()


async def _send(writer: asyncio.StreamWriter, body: bytes) -> None:
    writer.write(_LENGTH.pack(len(body)) + body)
    await writer.drain()


async def _receive(reader: asyncio.StreamReader) -> bytes:
    (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
    if length > MOST_BYTES:
        raise asyncio.IncompleteReadError(b"", length)
    return await reader.readexactly(length)
