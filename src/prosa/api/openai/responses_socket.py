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
from dataclasses import dataclass
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
    first_of,
    guard_again,
    read_fields,
)
from prosa.api.openai.errors import OpenAIDialect
from prosa.api.openai.socket_messages import (
    ConnectionExpired,
    TooManyTurns,
    Wish,
    ended_response,
    error_event,
    steering_refused,
    tagged,
    told,
    wish_of,
)
from prosa.identity import Caller, Door, Permission
from prosa.kit.errors import ProsaError

PATH: Final = "/v1/responses"
ACCESS: Final = Access(Permission.CALL_MODELS, Door.OPENAI)
LONGEST_SECONDS: Final = 3600.0  # OpenAI's own bound of a connection
MOST_LANES: Final = 32  # and of its lanes,
MOST_TURNS: Final = 16  # and of the turns that are under way or wait
HELD_BYTES: Final = 16 * 1024 * 1024  # of one connection
WAITING_BYTES: Final = 16 * 1024 * 1024
ROOM_BYTES: Final = 256 * 1024 * 1024
_FAILED: Final = "response.failed"


class ResponseSockets:
    """Opens them."""

    def __init__(self, answers: AnswerService, longest_seconds: float = LONGEST_SECONDS) -> None:
        self._answers = answers
        self._longest = longest_seconds
        self._room = Room(ROOM_BYTES)

    @property
    def route(self) -> SocketRoute:
        """Where, and by whom: whoever may ask by HTTP."""
        return SocketRoute(PATH, self.prepare, ACCESS, OpenAIDialect())

    async def prepare(self, exchange: Exchange, _part: str) -> Talk:
        """Nothing can be wrong with a request that asks for nothing yet."""
        return Connection(exchange, self._answers, self._longest, self._room).talk


class Held(msgspec.Struct, frozen=True):
    """A response that is gone on from here alone: its id, and the items that it heard and said."""

    id: str
    items: list[bytes]
    size: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A turn that has begun. `held`: its input holds all that it goes on from."""

    caller: Caller
    request: ResponseRequest
    held: bool


class Room:
    """Bytes that all connections of a process may hold together."""

    def __init__(self, most: int) -> None:
        self.left = most


class Lane:
    """Turns that come one after the other, and the newest response of them, if it isn't stored."""

    def __init__(self, name: str | None) -> None:
        self.name = name
        self.waiting: deque[Wish] = deque()
        self.held: Held | None = None
        self.busy = False


class Connection:
    """One socket."""

    def __init__(self, exchange: Exchange, answers: AnswerService, longest_seconds: float, room: Room) -> None:
        self._exchange = exchange
        self._answers = answers
        self._longest = longest_seconds
        self._room = room
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
            for lane in self._lanes.values():
                self._drop(lane)
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
                await socket.send(error_event(ConnectionExpired(self._longest), None))
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
        waiting = sum(len(wait.body) for other in self._lanes.values() for wait in other.waiting)
        if waiting and waiting + len(wish.body) > WAITING_BYTES:
            raise TooManyTurns(f"At most {WAITING_BYTES >> 20} MiB can wait on one connection.")
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
                    caller = await guard_again(self._exchange, ACCESS)
                    await self._turn(socket, lane, wish, caller)
                except ProsaError as error:
                    await socket.send(error_event(error, lane.name))
        finally:
            lane.busy = False

    def _served(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, SocketEnded) and not self._broken.done():
            self._broken.set_exception(error)

    async def _turn(self, socket: Socket, lane: Lane, wish: Wish, caller: Caller) -> None:
        request = ResponseRequest.from_json(wish.body, self._answers.offered)
        self._exchange.record.model = request.model
        held = self._held(request.previous_response_id)
        try:
            if held is not None:
                request.input = [msgspec.Raw(item) for item in (*held.items, *input_items(request))]
            asked = Asked(caller, request, held is not None)
            answered = await (self._answer if wish.generate else self._warm)(socket, lane, asked)
        except ProsaError:
            self._evict(held)
            raise
        if not answered:
            self._evict(held)

    async def _answer(self, socket: Socket, lane: Lane, asked: Asked) -> bool:
        """Ask the model; False where that failed."""
        options = CreateOptions(replace=asked.request.when_busy == "replace", held=asked.held)
        given = await self._answers.create(asked.caller, asked.request, options)
        ended = ended_response(await _tell(socket, lane, given))
        if given.stored:
            self._drop(lane)
        elif ended.type != _FAILED:
            self._hold(lane, ended.response.id, [*given.heard, *map(bytes, ended.response.output)])
        return ended.type != _FAILED

    async def _warm(self, socket: Socket, lane: Lane, asked: Asked) -> bool:
        """Only take what a later turn goes on from."""
        warmed = await self._answers.warm(asked.caller, asked.request, held=asked.held)
        await socket.send(*[tagged(event, lane.name) for event in warmed.events])
        self._hold(lane, warmed.id, warmed.heard)
        return True

    def _hold(self, lane: Lane, id: str, items: Sequence[bytes]) -> None:
        """Hold it, if there is room; what this connection has held the longest makes room."""
        self._drop(lane)
        size = sum(map(len, items))
        for other in tuple(self._lanes.values()):
            if size + self._size <= HELD_BYTES:
                break
            self._drop(other)
        if size + self._size > HELD_BYTES or size > self._room.left:
            return
        lane.held = Held(id, list(items), size)
        self._room.left -= size
        self._lanes[lane.name] = self._lanes.pop(lane.name)  # the newest stands last

    @property
    def _size(self) -> int:
        return sum(lane.held.size for lane in self._lanes.values() if lane.held is not None)

    def _drop(self, lane: Lane) -> None:
        if lane.held is not None:
            self._room.left += lane.held.size
            lane.held = None

    def _held(self, id: str | None) -> Held | None:
        return next((lane.held for lane in self._lanes.values() if id and lane.held is not None and lane.held.id == id), None)

    def _evict(self, held: Held | None) -> None:
        """A turn that failed leaves nothing to go on from: its client begins anew, with all that was said."""
        for lane in self._lanes.values():
            if held is not None and lane.held is held:
                self._drop(lane)

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
            await socket.send(*[told(event, lane.name) for event in events])
    return last
