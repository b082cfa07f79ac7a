"""`/api/v1/changes` as a WebSocket: the same events, and who of one's devices is there."""

import asyncio
from contextlib import aclosing
from typing import Final, Literal
from urllib.parse import parse_qsl

import msgspec

from prosa.api.app.change_events import Told, first, told
from prosa.api.app.problems import AppDialect
from prosa.api.edge import Access, Exchange, Socket, SocketRoute, Talk, first_of
from prosa.events import Device, Feed, Presence, Stand, Stay
from prosa.identity import Permission
from prosa.kit.errors import BadRequest

PATH: Final = "/api/v1/changes"
AFTER: Final = "after"
_DIGITS: Final = 15
GAP: Final = 0.1  # seconds between two tellings of who is there, however many come and go
_encode: Final = msgspec.json.Encoder().encode


class Said(msgspec.Struct):
    """What a device says of itself."""

    type: Literal["presence"]
    state: Literal["active", "idle", "typing"] = "active"
    place: str | None = None


class Here(msgspec.Struct, tag="presence", tag_field="type"):
    """Who is there. `self`: the id of the device that is told."""

    self: str
    devices: list[Device]


_said: Final = msgspec.json.Decoder(Said).decode


class ChangeSockets:
    """Follows changes. A client may say what it is doing: `{"type":"presence","state":"typing","place":"conv_…"}`."""

    def __init__(self, feed: Feed, presence: Presence) -> None:
        self._feed = feed
        self._presence = presence

    @property
    def route(self) -> SocketRoute:
        """Where such a socket is opened, and by whom: as the same events by HTTP."""
        return SocketRoute(PATH, self.prepare, Access(Permission.READ_CONVERSATIONS), AppDialect())

    async def prepare(self, exchange: Exchange, _part: str) -> Talk:
        """See where the reader stands. Raises BadRequest, DatabaseUnavailable."""
        caller = exchange.caller
        assert caller is not None
        space = caller.space
        stand = await self._feed.stand(_after(exchange))

        async def talk(socket: Socket) -> None:
            news = asyncio.Event()
            with self._presence.enter(space, news.set) as stay:
                present = self._tell_presence(socket, stay, news)
                await first_of(self._tell(socket, space, stand), present, _listen(socket, stay))

        return talk

    async def _tell(self, socket: Socket, space: str, stand: Stand) -> None:
        await socket.send(*first(stand).texts())
        async with aclosing(self._feed.follow(space, stand.number)) as pages:
            async for page in pages:
                await socket.send(*Told([told(change) for change in page]).texts())

    async def _tell_presence(self, socket: Socket, stay: Stay, news: asyncio.Event) -> None:
        while True:
            await news.wait()
            news.clear()
            await socket.send(_encode(Here(stay.device.id, list(self._presence.devices(stay.space)))))
            await asyncio.sleep(GAP)


async def _listen(socket: Socket, stay: Stay) -> None:
    """What isn't understood isn't looked at."""
    while True:
        try:
            said = _said(await socket.receive())
        except (msgspec.MsgspecError, UnicodeDecodeError):
            continue
        stay.change(said.state, said.place)
        await asyncio.sleep(GAP)  # other processes hear of each change


def _after(exchange: Exchange) -> int | None:
    """The number of the last event that was seen. A header can't be set by a page, so the query says it too."""
    given = dict(parse_qsl(exchange.scope["query_string"].decode("latin-1"))).get(AFTER)
    text = (exchange.header(b"last-event-id") or b"").decode("latin-1") or given
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise BadRequest(f"{AFTER}: expected the number of an event.", param=AFTER)
    return int(text)
