"""The mock inside this process: a transport that opens no socket, with the time-outs and errors of the real one."""

import asyncio
from collections import deque
from collections.abc import Iterable, Iterator

from prosa.drivers.outbound import (
    AnswerTooLarge,
    ConnectFailed,
    ConnectionLost,
    FirstByteTimeout,
    OutboundError,
    OutboundRequest,
    PoolFigures,
    SilenceTimeout,
    Target,
    Timeouts,
    TotalTimeout,
)
from prosa.gateway.providers.mock.models import Beat, Figures, Scene
from prosa.gateway.providers.mock.script import Script
from prosa.gateway.providers.mock.stage import Stage
from prosa.kit.clock import Clock

_LATE: dict[type[OutboundError], str] = {
    FirstByteTimeout: "The model's server did not begin to answer in time.",
    SilenceTimeout: "The model's server fell silent.",
    TotalTimeout: "The whole call took too long.",
}


class MockTransport:
    """A `Transport` whose answers come from the mock; targets are ignored. `remember` keeps that many last requests in `seen`."""

    def __init__(self, script: Script | None = None, *, remember: int = 0, clock: Clock | None = None) -> None:
        self.stage = Stage(script, clock)
        self.seen: deque[OutboundRequest] = deque(maxlen=remember)

    async def open(self, target: Target, request: OutboundRequest, timeouts: Timeouts) -> "MockReply":
        """Play the part before the header. Raises ConnectFailed, ConnectionLost, FirstByteTimeout, TotalTimeout."""
        self.seen.append(request)
        headers = {name.lower(): value for name, value in request.headers}
        scene = self.stage.perform(request.method, request.path, headers, request.body)
        if scene.refuse:
            raise ConnectFailed("No connection to the model's server.")
        reply = MockReply(scene, timeouts, self.stage.figures)
        try:
            await reply.begin()
        except BaseException:
            reply.close()
            raise
        return reply

    def figures(self) -> Figures:
        """Open answers and counts since the start; `left` counts the clients that went before the end."""
        return self.stage.figures

    def pool(self) -> PoolFigures:
        """The same as the real client's figures: nothing is ever idle here."""
        opened = self.stage.figures.open
        return PoolFigures(open=opened, by_target={"mock": opened} if opened else {})

    async def aclose(self) -> None:
        """Nothing is held between calls; here for likeness with the real client."""


class MockReply:
    """One answer of the mock; see `Reply`."""

    def __init__(self, scene: Scene, timeouts: Timeouts, figures: Figures) -> None:
        self.status = scene.status
        self.headers = dict(scene.headers)
        self._scene = scene
        self._beats: Iterator[Beat] = iter(())
        self._next: Beat | None = None
        self._timeouts = timeouts
        self._figures = figures
        self._loop = asyncio.get_running_loop()
        self._deadline = None if timeouts.total is None else self._loop.time() + timeouts.total
        self._pause: asyncio.Future[None] | None = None
        self._sent = 0
        self._broken = False
        self._finished = False
        self._closed = False
        figures.open += 1

    async def begin(self) -> None:
        """Wait for the header, as long as the scene says and the time-outs let it."""
        await self._wait(self._scene.wait, self._timeouts.first_byte, FirstByteTimeout)
        if self._scene.drop:
            self._lose()
        self._beats = _solid(self._scene.beats)
        self._advance()

    async def read(self) -> bytes:
        """The next piece, b"" at the end. Raises ConnectionLost, SilenceTimeout, TotalTimeout."""
        beat = self._next
        if beat is None:
            return self._last()
        await self._wait(beat.pause, self._timeouts.silence, SilenceTimeout)
        self._sent += len(beat.data)
        self._broken = beat.cut and not self._whole()
        self._advance()
        return beat.data or self._last()

    async def body(self, most: int) -> bytes:
        """The whole body. Raises AnswerTooLarge, and what `read` raises."""
        pieces: list[bytes] = []
        held = 0
        while piece := await self.read():
            held += len(piece)
            if held > most:
                self.close()
                raise AnswerTooLarge("The answer of the model's server is too large.")
            pieces.append(piece)
        return b"".join(pieces)

    def close(self) -> None:
        """End the answer; before its end this is what the mock sees as a client that left."""
        self._end(finished=False)
        if self._pause and not self._pause.done():
            self._pause.set_result(None)

    async def _wait(self, seconds: float, bound: float, late: type[OutboundError]) -> None:
        """Let that much time pass; the bound and the whole call's deadline cut it short with their errors."""
        left = bound
        if self._deadline is not None and self._deadline - self._loop.time() < left:
            left, late = max(0.0, self._deadline - self._loop.time()), TotalTimeout
        # A pause of nothing still gives way to other tasks, and finds a deadline that has passed.
        in_time = seconds < left or (seconds == 0 and left > 0)
        await self._sleep(min(seconds, left))
        if self._closed:
            self._lose()
        if not in_time:
            self._end(finished=False)
            raise late(_LATE[late])

    async def _sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        self._pause = self._loop.create_future()
        timer = self._loop.call_later(seconds, _wake, self._pause)
        try:
            await self._pause
        finally:
            timer.cancel()
            self._pause = None

    def _advance(self) -> None:
        """Look one beat ahead, so that a client that closes right after the last one hasn't left early."""
        self._next = next(self._beats, None)
        if self._next is None and not self._broken:
            self._finished = True
            self._end(finished=True)

    def _whole(self) -> bool:
        return self._scene.length is not None and self._sent >= self._scene.length

    def _last(self) -> bytes:
        return b"" if self._finished else self._lose()

    def _lose(self) -> bytes:
        self._end(finished=True)
        raise ConnectionLost("The connection to the model's server ended too early.")

    def _end(self, *, finished: bool) -> None:
        if self._closed:
            return
        self._closed = True
        self._next = None
        self._beats = iter(())
        self._figures.open -= 1
        if finished:
            self._figures.finished += 1
        else:
            self._figures.left += 1


def _solid(beats: Iterable[Beat]) -> Iterator[Beat]:
    """The beats that carry something; the pauses of empty ones go to the next."""
    pause = 0.0
    for beat in beats:
        pause += beat.pause
        if beat.data or beat.cut:
            yield Beat(pause, beat.data, beat.cut)
            pause = 0.0
    if pause:
        yield Beat(pause, b"")


def _wake(pause: asyncio.Future[None]) -> None:
    if not pause.done():
        pause.set_result(None)
