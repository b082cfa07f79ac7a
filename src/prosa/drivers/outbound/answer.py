"""One answer on its way in: what has come of it, who waits for it, and its time-outs."""

import asyncio
from typing import Protocol

from prosa.drivers.outbound.decoding import Inflater
from prosa.drivers.outbound.errors import (
    AnswerTooLarge,
    BadAnswer,
    ConnectionLost,
    FirstByteTimeout,
    OutboundError,
    SilenceTimeout,
    TotalTimeout,
)

_MANY = 64


class Line(Protocol):
    """What an answer needs of its connection."""

    paused: bool

    def resume(self) -> None:
        """Read again."""
        ...

    def drop(self, fault: type[OutboundError], message: str) -> None:
        """Close at once; the answer fails with `fault`."""
        ...


class Answer:
    """The `Reply` as its connection fills it and its one reader empties it; the connection leaves it with the last byte.

    A fault is kept as class and text, never as an exception, whose traceback would tie frames and answer into a cycle.
    """

    __slots__ = (
        "_body_bytes",
        "_fault",
        "_heard",
        "_limit",
        "_line",
        "_loop",
        "_message",
        "_parts",
        "_silence",
        "_total",
        "_waiter",
        "coding",
        "complete",
        "headed",
        "headers",
        "held",
        "patience",
        "started",
        "status",
    )

    def __init__(self, loop: asyncio.AbstractEventLoop, line: Line, body_bytes: int) -> None:
        self._loop = loop
        self._line: Line | None = line
        self._body_bytes = body_bytes
        self._waiter: asyncio.Future[None] | None = None
        self._fault: type[OutboundError] | None = None
        self._message = ""
        self._parts: list[bytes] = []
        self.status = 0
        self.headers: dict[str, str] = {}
        self.coding = ""  # content coding in lower case
        self.started = False  # any byte of it has come
        self.headed = False  # its whole header has come
        self.complete = False
        self.held = 0  # bytes that wait for the reader

    # The clock's side.

    def time(self, now: float, first_byte: float, silence: float, total: float) -> None:
        """Start the time-outs: `now` and `total` are loop times, the others seconds."""
        self._heard = now
        self._limit = first_byte
        self._silence = silence
        self._total = total
        self.patience = min(first_byte, silence, total - now)

    def check(self, now: float) -> None:
        """Fail when overdue. While reading is paused the silence is the reader's, and doesn't count."""
        line = self._line
        if line is None:
            return
        if now >= self._total:
            line.drop(TotalTimeout, "The answer took too long.")
        elif now - self._heard >= self._limit and not line.paused:
            if self.headed:
                line.drop(SilenceTimeout, "The answer fell silent.")
            else:
                line.drop(FirstByteTimeout, "The answer did not begin in time.")

    # The connection's side.

    def begin(self, now: float) -> None:
        """The header is whole: from now on silence counts, and the total."""
        self.headed = True
        coding = self.headers.get("content-encoding")
        if coding is not None:
            self.coding = coding.strip().lower().replace("identity", "")
        self._heard = now
        self._limit = self._silence

    def take_in(self, parts: list[bytes], size: int, now: float) -> None:
        """More of the body: `size` bytes in `parts`."""
        self._heard = now
        self.held += size
        self._parts += parts
        if len(self._parts) > _MANY:
            # Chunks of one byte would cost fifty bytes each while they wait.
            self._parts = [b"".join(self._parts)]

    def finish(self) -> None:
        """The last byte is in; the connection is no longer this answer's."""
        self._line = None
        self.complete = True
        self.wake()

    def fail(self, fault: type[OutboundError], message: str) -> None:
        """It will never be whole."""
        self._line = None
        self._fault = fault
        self._message = message
        self.wake()

    def wake(self) -> None:
        """There is something new for the reader."""
        waiter = self._waiter
        if waiter is not None:
            self._waiter = None
            if not waiter.done():
                waiter.set_result(None)

    # The reader's side.

    async def begun(self) -> None:
        """Return when the header is there; raises what `Transport.open` raises once connected."""
        while not self.headed:
            if self._fault is not None:
                raise self._fault(self._message)
            await self._wait()

    async def read(self) -> bytes:
        """The next piece of the body, b"" at its end; raises ConnectionLost, SilenceTimeout, TotalTimeout, BadAnswer.

        A compressed body is BadAnswer here, because prosa asks for none.
        """
        if self.coding:
            self.close()
            raise BadAnswer("The answer is compressed, which was not asked for.")
        return await self._next()

    async def body(self, most: int) -> bytes:
        """The whole body, gzip and deflate decoded within the same bound; raises AnswerTooLarge, else what `read` raises."""
        most = min(most, self._body_bytes)
        if self.complete and not self.coding and self.held <= most and self._fault is None:
            return self._take()
        length = self.headers.get("content-length", "")
        try:
            if length.isdecimal() and int(length) > most:
                raise AnswerTooLarge("The answer is larger than allowed.")
            return await self._whole(Inflater(self.coding, most) if self.coding else None, most)
        finally:
            self.close()  # which changes nothing once all of it was read

    def close(self) -> None:
        """Close the connection at once when the answer isn't whole yet; safe at any time and twice."""
        line = self._line
        if line is not None:
            line.drop(ConnectionLost, "The answer was closed.")
        elif self._parts:
            self._fault, self._message = ConnectionLost, "The answer was closed."
        self._parts = []
        self.held = 0

    async def _next(self) -> bytes:
        while not self._parts:
            if self._fault is not None:
                raise self._fault(self._message)
            if self.complete:
                return b""
            await self._wait()
        return self._take()

    async def _whole(self, inflater: Inflater | None, most: int) -> bytes:
        pieces = []
        size = 0
        while piece := await self._next():
            if inflater is not None:
                piece = inflater.feed(piece)
            size += len(piece)
            if size > most:
                raise AnswerTooLarge("The answer is larger than allowed.")
            pieces.append(piece)
        if inflater is not None:
            inflater.finish()
        return b"".join(pieces)

    def _take(self) -> bytes:
        parts = self._parts
        self._parts = []
        self.held = 0
        line = self._line
        if line is not None and line.paused:
            self._heard = self._loop.time()
            line.resume()
        return parts[0] if len(parts) == 1 else b"".join(parts)

    async def _wait(self) -> None:
        waiter = self._waiter = self._loop.create_future()
        try:
            await waiter
        except (asyncio.CancelledError, GeneratorExit):
            self.close()
            raise
