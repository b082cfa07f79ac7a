"""How a run that is followed reaches its readers by server-sent events, in any dialect.

A reader gets the log and nothing else, so that all of them get the same. Nothing is held of one but where it stands: what it
hasn't taken yet waits in its connection, within the server's bound, and the rest in the log.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol

from prosa.api.edge import Departure, Exchange
from prosa.api.presence import ClientPresent

HEADERS: Final = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),  # what is stored here is one caller's alone
    (b"x-accel-buffering", b"no"),
)
SILENCE_SECONDS: Final = 15.0
KEEP_ALIVE: Final = b": keep-alive\n\n"  # a comment (WHATWG HTML §9.2.6): proxies see life, readers nothing
_FAREWELL: Final = b": not the end; follow on from the last number\n\n"
_FAREWELL_SECONDS: Final = 0.5
_LOOK_SECONDS: Final = 1.0


class Framed(Protocol):
    """Some of a log: a run's `Batch`, or whatever else is told by server-sent events."""

    def frames(self, *, ids: bool = False) -> Iterator[bytes]:
        """Pieces of whole frames."""
        ...


@dataclass(frozen=True, slots=True)
class Framing:
    """How a dialect frames a log. `ids`: each event carries its number as SSE's `id`; `end` follows what ends the run, `farewell`
    what a reader has got of a run that goes on without it. `endless`: a server that stops needn't wait for it."""

    ids: bool = False
    end: bytes = b""
    farewell: bytes = _FAREWELL
    endless: bool = False


class _Reader:
    """One that listens now. `since`: when something was last written to it, by the loop's clock."""

    __slots__ = ("exchange", "pinging", "since")

    def __init__(self, exchange: Exchange, now: float) -> None:
        self.exchange = exchange
        self.since = now
        self.pinging: asyncio.Task[None] | None = None


class Readers:
    """All that follow a run in this process. One timer keeps the silent ones awake: one for each would cost too much."""

    def __init__(self, silence_seconds: float = SILENCE_SECONDS) -> None:
        self.silence_seconds = silence_seconds
        self._readers: dict[int, _Reader] = {}
        self._looking: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._readers)

    async def tell(self, exchange: Exchange, batches: AsyncIterator[Framed], framing: Framing) -> None:
        """Write a followed log until it ends, and then the end.

        Who leaves is forgotten at once. Where the caller's right ends, or the server stops, the answer ends too, without an event
        that the log doesn't hold: the reader comes again with the last number that it has. An error that comes in the middle
        breaks the connection off, to the same effect.
        """
        with ClientPresent(exchange) as present:
            await exchange.start(200, HEADERS)
            if framing.endless:
                _until_stop(exchange)
            try:
                await self._write(exchange, batches, framing)
            except asyncio.CancelledError:
                if not present.left:
                    await _take_leave(exchange, framing.farewell)
                raise
            if framing.end:
                await exchange.write(framing.end)
            await exchange.end()

    async def _write(self, exchange: Exchange, batches: AsyncIterator[Framed], framing: Framing) -> None:
        loop, reader = asyncio.get_running_loop(), self._join(exchange)
        try:
            async for batch in batches:
                for piece in batch.frames(ids=framing.ids):
                    await exchange.write(piece)
                    reader.since = loop.time()
        finally:
            self._part(reader)
            if isinstance(batches, AsyncGenerator):
                await batches.aclose()  # one that was left in the middle would stay a reader of its run until it is collected

    def _join(self, exchange: Exchange) -> _Reader:
        loop = asyncio.get_running_loop()
        reader = self._readers[id(exchange)] = _Reader(exchange, loop.time())
        if self._looking is None:
            self._looking = loop.call_later(min(_LOOK_SECONDS, self.silence_seconds), self._look)
        return reader

    def _part(self, reader: _Reader) -> None:
        del self._readers[id(reader.exchange)]
        if reader.pinging is not None:
            reader.pinging.cancel()
        if not self._readers and self._looking is not None:
            self._looking.cancel()
            self._looking = None

    def _look(self) -> None:
        """Have a comment written to whom nothing was written for a while; one that waits for a slow reader is enough."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        for reader in self._readers.values():
            if now - reader.since >= self.silence_seconds and reader.pinging is None:
                reader.pinging = loop.create_task(_ping(reader))
        self._looking = loop.call_later(min(_LOOK_SECONDS, self.silence_seconds), self._look)


async def _ping(reader: _Reader) -> None:
    await reader.exchange.write(KEEP_ALIVE)
    reader.since = asyncio.get_running_loop().time()
    reader.pinging = None


def _until_stop(exchange: Exchange) -> None:
    """Have what is told now end as soon as the server begins to stop."""
    departure: Departure | None = exchange.scope.get("prosa.departure")
    task = asyncio.current_task()
    if departure is not None and task is not None:
        departure.watch_stop(partial(task.cancel, "the server stops"))


async def _take_leave(exchange: Exchange, farewell: bytes) -> None:
    """End the answer as HTTP; a reader that takes nothing isn't waited for."""
    try:
        async with asyncio.timeout(_FAREWELL_SECONDS):
            await exchange.write(farewell)
            await exchange.end()
    except TimeoutError:
        pass  # the server breaks the connection off when the handler returns
