"""`/v1/responses` as a WebSocket: turn after turn on one connection, told by the same events as by server-sent events.

Source: OpenAI's guide "WebSocket mode"; `openai.types.responses.ResponsesClientEvent`, `ResponsesServerEvent`; Open Responses of
2026-04-24. A client sends `response.create` with the fields of a request's body. Turns of one lane (`stream_id`; none is a lane
too) come one after the other, lanes side by side. A response that isn't stored can be gone on from on its own connection alone,
where the newest of each lane is held. A disconnect cancels nothing that is stored.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import aclosing
from typing import Final

import msgspec

from prosa.answers import AnswerService, CreateOptions, Given, ResponseRequest, input_items
from prosa.api.edge import (
    Access,
    Exchange,
    ServerStopping,
    Socket,
    SocketEnded,
    SocketRoute,
    Talk,
    charge_again,
    first_of,
    read_fields,
)
from prosa.api.openai.errors import OpenAIDialect
from prosa.api.openai.socket_messages import (
    ConnectionTooOld,
    TooManyTurns,
    Wish,
    ended_response,
    error_event,
    steering_refused,
    tagged,
    wish_of,
)
from prosa.identity import Door, Permission
from prosa.kit.errors import ProsaError

PATH: Final = "/v1/responses"
ACCESS: Final = Access(Permission.CALL_MODELS, Door.OPENAI)
LONGEST_SECONDS: Final = 3600.0  # OpenAI's own bound of a connection
MOST_LANES: Final = 32  # and of its lanes,
MOST_TURNS: Final = 16  # and of the turns that are under way or wait
HELD_BYTES: Final = 16 * 1024 * 1024
_FAILED: Final = "response.failed"


class ResponseSockets:
    """Opens them."""

    def __init__(self, answers: AnswerService, longest_seconds: float = LONGEST_SECONDS) -> None:
        self._answers = answers
        self._longest = longest_seconds

    @property
    def route(self) -> SocketRoute:
        """Where, and by whom: whoever may ask by HTTP."""
        return SocketRoute(PATH, self.prepare, ACCESS, OpenAIDialect())

    async def prepare(self, exchange: Exchange, _part: str) -> Talk:
        """Nothing can be wrong with a request that asks for nothing yet."""
        return Connection(exchange, self._answers, self._longest).talk


class Held(msgspec.Struct, frozen=True):
    """A response that is gone on from here alone: its id, and the items that it heard and said."""

    id: str
    items: list[bytes]
    size: int


class Lane:
    """Turns that come one after the other, and the newest response of them, if it isn't stored."""

    def __init__(self, name: str | None) -> None:
        self.name = name
        self.waiting: deque[Wish] = deque()
        self.held: Held | None = None
        self.busy = False


class Connection:
    """One socket."""

    def __init__(self, exchange: Exchange, answers: AnswerService, longest_seconds: float) -> None:
        self._exchange = exchange
        self._answers = answers
        self._longest = longest_seconds
        self._lanes: dict[str | None, Lane] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def talk(self, socket: Socket) -> None:
        """Until either end closes it; what is under way then is let go, and goes on where it is stored."""
        try:
            await first_of(self._read(socket), self._faults())
        finally:
            for task in self._tasks:
                task.cancel()
            if self._tasks:
                await asyncio.wait(self._tasks)

    async def _faults(self) -> None:
        """What nobody foresaw in a turn ends the connection."""
        await self._broken

    async def _read(self, socket: Socket) -> None:
        until = asyncio.get_running_loop().time() + self._longest
        while True:
            try:
                async with asyncio.timeout_at(until):
                    message = await socket.receive()
            except TimeoutError:
                await self._idle()
                await socket.send(error_event(ConnectionTooOld(self._longest), None))
                return
            except ServerStopping:
                await self._idle()
                raise
            await self._take(socket, message)

    async def _take(self, socket: Socket, message: bytes) -> None:
        lane = None
        try:
            fields = read_fields(message, self._exchange.parts.settings)
            refused = steering_refused(fields)
            if refused is not None:
                await socket.send(refused)
                return
            wish = wish_of(fields)
            lane = wish.lane
            self._enqueue(socket, wish)
        except ProsaError as error:
            await socket.send(error_event(error, lane))

    def _enqueue(self, socket: Socket, wish: Wish) -> None:
        lane = self._lanes.get(wish.lane)
        if lane is None:
            if len(self._lanes) > MOST_LANES:
                raise TooManyTurns(f"At most {MOST_LANES} lanes can be used on one connection.")
            lane = self._lanes[wish.lane] = Lane(wish.lane)
        if sum(len(other.waiting) + other.busy for other in self._lanes.values()) >= MOST_TURNS:
            raise TooManyTurns(f"At most {MOST_TURNS} responses can be under way or wait on one connection.")
        lane.waiting.append(wish)
        if not lane.busy:
            lane.busy = True
            task = asyncio.get_running_loop().create_task(self._serve(socket, lane))
            self._tasks.add(task)
            task.add_done_callback(self._served)

    async def _serve(self, socket: Socket, lane: Lane) -> None:
        """The turns of a lane until none waits."""
        try:
            while lane.waiting and not socket.stopping:
                wish = lane.waiting.popleft()
                try:
                    charge_again(self._exchange, ACCESS.door)
                    await self._turn(socket, lane, wish)
                except ProsaError as error:
                    await socket.send(error_event(error, lane.name))
        finally:
            lane.busy = False

    def _served(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, SocketEnded) and not self._broken.done():
            self._broken.set_exception(error)

    async def _turn(self, socket: Socket, lane: Lane, wish: Wish) -> None:
        request = ResponseRequest.from_json(wish.body, self._answers.offered)
        self._exchange.record.model = request.model
        held = self._held(request.previous_response_id)
        try:
            if held is not None:
                request.input = [msgspec.Raw(item) for item in (*held.items, *input_items(request))]
            answered = await (self._answer if wish.generate else self._warm)(socket, lane, request, held=held is not None)
        except ProsaError:
            self._evict(held)
            raise
        if not answered:
            self._evict(held)

    async def _answer(self, socket: Socket, lane: Lane, request: ResponseRequest, *, held: bool) -> bool:
        """Ask the model; False where that failed."""
        caller = self._exchange.caller
        assert caller is not None
        given = await self._answers.create(caller, request, CreateOptions(replace=request.when_busy == "replace", held=held))
        ended = ended_response(await _tell(socket, lane, given))
        if given.stored:
            lane.held = None
        elif ended.type != _FAILED:
            self._hold(lane, ended.response.id, [*given.heard, *map(bytes, ended.response.output)])
        return ended.type != _FAILED

    async def _warm(self, socket: Socket, lane: Lane, request: ResponseRequest, *, held: bool) -> bool:
        """Only take what a later turn goes on from."""
        caller = self._exchange.caller
        assert caller is not None
        warmed = await self._answers.warm(caller, request, held=held)
        await socket.send(*[tagged(event, lane.name) for event in warmed.events])
        self._hold(lane, warmed.id, warmed.heard)
        return True

    def _hold(self, lane: Lane, id: str, items: Sequence[bytes]) -> None:
        """Hold it, if there is room; what was held the longest makes room."""
        lane.held = None
        size = sum(map(len, items))
        if size > HELD_BYTES:
            return
        others = [other for other in self._lanes.values() if other.held is not None]
        while others and size + sum(other.held.size for other in others if other.held is not None) > HELD_BYTES:
            others.pop(0).held = None
        lane.held = Held(id, list(items), size)
        self._lanes[lane.name] = self._lanes.pop(lane.name)  # the newest stands last

    def _held(self, id: str | None) -> Held | None:
        return next((lane.held for lane in self._lanes.values() if id and lane.held is not None and lane.held.id == id), None)

    def _evict(self, held: Held | None) -> None:
        """A turn that failed leaves nothing to go on from: its client begins anew, with all that was said."""
        for lane in self._lanes.values():
            if held is not None and lane.held is held:
                lane.held = None

    async def _idle(self) -> None:
        """Wait until no turn is under way; those that wait are left."""
        for lane in self._lanes.values():
            lane.waiting.clear()
        while self._tasks:
            await asyncio.wait(self._tasks)


async def _tell(socket: Socket, lane: Lane, given: Given) -> bytes:
    """Send the events; returns the last of them."""
    last = b""
    async with aclosing(given.follow()) as batches:
        async for batch in batches:
            events = batch.payload.split(b"\n")
            last = events[-1]
            await socket.send(*[tagged(event, lane.name) for event in events])
    return last
