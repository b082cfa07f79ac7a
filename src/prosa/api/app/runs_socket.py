"""`/api/v1/runs/{run_id}/events` as a WebSocket: the same events as by server-sent events, each with its number."""

from collections.abc import AsyncGenerator, AsyncIterator
from typing import Final
from urllib.parse import parse_qsl

from prosa.api.app.problems import AppDialect
from prosa.api.edge import Access, Exchange, Socket, SocketRoute, Talk, first_of, listen
from prosa.identity import Permission
from prosa.kit.errors import BadRequest
from prosa.kit.ids import brought_id
from prosa.runs import Batch, Engine

PATH: Final = "/api/v1/runs/{run_id}/events"
AFTER: Final = "starting_after"
_RUN: Final = "run_"
_DIGITS: Final = 10


class RunSockets:
    """Follows runs. What a client sends is not looked at."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def route(self) -> SocketRoute:
        """Where such a socket is opened, and by whom: as the same events by HTTP."""
        return SocketRoute(PATH, self.prepare, Access(Permission.READ_RUNS, hidden=True), AppDialect())

    async def prepare(self, exchange: Exchange, run_id: str) -> Talk:
        """Find the run. Raises RunNotFound, LogTrimmed, BadRequest."""
        caller = exchange.caller
        assert caller is not None
        after = _after(exchange)
        run = await self._engine.get(caller.space, brought_id(run_id, _RUN) or "")
        batches = self._engine.follow(run, after)

        async def talk(socket: Socket) -> None:
            await first_of(_tell(socket, batches), listen(socket))

        return talk


async def _tell(socket: Socket, batches: AsyncIterator[Batch]) -> None:
    """Each event in a message of its own; the end of the log is the end of the socket."""
    try:
        async for batch in batches:
            await socket.send(*[b'{"number":%d,"event":%b}' % event for event in batch.events()])
    finally:
        if isinstance(batches, AsyncGenerator):
            await batches.aclose()


def _after(exchange: Exchange) -> int:
    """The number of the last event that was seen, -1 for none. A header can't be set by a page, so the query says it too."""
    given = dict(parse_qsl(exchange.scope["query_string"].decode("latin-1"))).get(AFTER)
    text = (exchange.header(b"last-event-id") or b"").decode("latin-1") or given or "-1"
    if text != "-1" and not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise BadRequest(f"{AFTER}: expected the number of an event, or -1.", param=AFTER)
    return int(text)
