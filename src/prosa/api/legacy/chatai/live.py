"""`/api/ws`: C's talks in real time (C40): say something, hear the answer while it is being given, learn what other tabs do.

prosa's own design in C's spirit: its document demands WebSockets and says no more. A page opens it with
`new WebSocket(url, ["prosa.chatai", "bearer." + token])`; a program may send the token in a header field instead.
"""

import asyncio
from contextlib import aclosing
from typing import Final

import msgspec

from prosa.answers import Fate
from prosa.api.edge import Access, Exchange, Socket, SocketRoute, Talk, charge, first_of, guard_again
from prosa.api.legacy.chatai.asking import DIALECT, ERROR, SUCCESS, Talkers, shown, unanswerable
from prosa.api.legacy.chatai.errors import ChataiDialect, TalkNotFound
from prosa.api.legacy.chatai.live_messages import Wish, changed, error_event, event, here, wish_of
from prosa.api.legacy.chatai.records import message, name_of, talk, whose
from prosa.api.legacy.chatai.wishes import text_of
from prosa.conversations import Conversation, ConversationNotFound, Face, TitleBy
from prosa.events import Feed, Presence, Stand, Stay
from prosa.gateway import ModelNotFound, NoProvider, ProviderFault
from prosa.identity import Caller, Door, Permission
from prosa.kit.errors import NotFound, ProsaError
from prosa.kit.ids import short_form
from prosa.runs import Run

PATH: Final = "/api/ws"
SUBPROTOCOL: Final = b"prosa.chatai"
ACCESS: Final = Access(Permission.CALL_MODELS, Door.CHATAI)
MOST: Final = 8  # wishes of one socket that are under way
GAP: Final = 0.1  # seconds between two tellings of who is there
_SETTLING: Final = 5.0  # seconds in which a run that told its last event is known to have ended


class TooManyWishes(ProsaError):
    """As many questions are under way on a socket as may be."""

    code = "too_many_turns"
    status = 429
    kind = "rate_limit_error"

    def __init__(self) -> None:
        super().__init__(f"At most {MOST} questions may be under way on one connection.", retry_after=1.0)


class _Event(msgspec.Struct):
    type: str = ""
    delta: str = ""


_event: Final = msgspec.json.Decoder(_Event).decode
_DELTAS: Final = frozenset({"response.output_text.delta", "response.refusal.delta"})


class LiveSockets:
    """Opens them."""

    def __init__(self, talkers: Talkers, feed: Feed, presence: Presence) -> None:
        self._talkers = talkers
        self._feed = feed
        self._presence = presence

    @property
    def route(self) -> SocketRoute:
        """Where, and by whom: whoever may ask by HTTP."""
        return SocketRoute(PATH, self.prepare, ACCESS, ChataiDialect(), SUBPROTOCOL)

    async def prepare(self, exchange: Exchange, _part: str) -> Talk:
        """See from where on changes are told. Raises DatabaseUnavailable."""
        stand = await self._feed.stand()
        return Connection(exchange, self._talkers, self._feed, self._presence, stand).talk


class Connection:
    """One socket."""

    def __init__(self, exchange: Exchange, talkers: Talkers, feed: Feed, presence: Presence, stand: Stand) -> None:
        assert exchange.caller is not None
        self._exchange = exchange
        self._parts = talkers
        self._feed = feed
        self._presence = presence
        self._stand = stand
        self._space = exchange.caller.space
        self._tasks: set[asyncio.Task[None]] = set()
        self._broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def talk(self, socket: Socket) -> None:
        """Until either end closes it. What was asked goes on without it."""
        news = asyncio.Event()
        with self._presence.enter(self._space, news.set) as stay:
            try:
                await socket.send(event("ready", device=stay.device.id))
                told = self._tell_changes(socket), self._tell_presence(socket, stay, news)
                await first_of(self._read(socket, stay), self._faults(), *told)
            finally:
                for task in self._tasks:
                    task.cancel()
                if self._tasks:
                    await asyncio.wait(self._tasks)

    async def _faults(self) -> None:
        """What nobody foresaw in a wish ends the connection."""
        await self._broken

    async def _tell_changes(self, socket: Socket) -> None:
        async with aclosing(self._feed.follow(self._space, self._stand.number)) as pages:
            async for page in pages:
                texts = [text for change in page if (text := changed(change)) is not None]
                if texts:
                    await socket.send(*texts)

    async def _tell_presence(self, socket: Socket, stay: Stay, news: asyncio.Event) -> None:
        while True:
            await news.wait()
            news.clear()
            await socket.send(here(stay.device.id, list(self._presence.devices(self._space))))
            await asyncio.sleep(GAP)

    async def _read(self, socket: Socket, stay: Stay) -> None:
        while True:
            ref: str | None = None
            received = await socket.receive()
            try:
                wish = wish_of(received)
                ref = wish.ref
                await self._take(socket, stay, wish)
            except ProsaError as error:
                await socket.send(error_event(error, ref))

    async def _take(self, socket: Socket, stay: Stay, wish: Wish) -> None:
        if wish.type == "ping":
            await socket.send(event("pong", wish.ref))
        elif wish.type == "presence":
            stay.change(wish.state, wish.talk_id)
            await asyncio.sleep(GAP)  # other processes hear of each change
        elif len(self._tasks) >= MOST:
            raise TooManyWishes
        else:
            task = asyncio.get_running_loop().create_task(self._serve(socket, wish))
            self._tasks.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not self._broken.done():
            self._broken.set_exception(error)

    async def _serve(self, socket: Socket, wish: Wish) -> None:
        """Do what was asked, by the caller as it stands now."""
        try:
            caller = await guard_again(self._exchange, ACCESS)
            settings = self._parts.settings
            charge(self._exchange, f"chatai|{caller.space}", settings.per_minute, Door.CHATAI)
            if wish.type == "send":
                await self._send(socket, caller, wish)
            else:
                await self._follow(socket, caller, wish)
        except NotFound:
            await socket.send(error_event(TalkNotFound(), wish.ref))
        except ProsaError as error:
            await socket.send(error_event(error, wish.ref))

    async def _send(self, socket: Socket, caller: Caller, wish: Wish) -> None:
        text = text_of(wish.content, "content", "content is required")
        question = self._parts.question(text)
        if wish.talk_id is None:
            face = Face(title=name_of(text), title_by=TitleBy.DIALECT, dialect=DIALECT)
            found = await self._parts.talking.place(caller.space, question, face)
        else:
            found = await self._found(caller, wish.talk_id)
        try:
            run = await self._parts.talking.start(caller, found.id, question)
        except (ModelNotFound, NoProvider, ProviderFault):
            await self._parts.conversations.add_items(caller.space, found.id, unanswerable(text))
            await self._whole(socket, caller, wish, found, ERROR)
            return
        except ProsaError:
            if wish.talk_id is None:
                await self._parts.talking.discard(caller.space, found.id)
            raise
        await socket.send(event("accepted", wish.ref, talk=talk(found, whose(caller))))
        await self._hear(socket, caller, wish, found, run)

    async def _follow(self, socket: Socket, caller: Caller, wish: Wish) -> None:
        """The answer that is being given in a talk, from its beginning; or how the talk stands."""
        found = await self._found(caller, wish.talk_id or "")
        run = await self._parts.talking.answering(caller.space, found.id)
        if run is None:
            await self._whole(socket, caller, wish, found, SUCCESS)
        else:
            await self._hear(socket, caller, wish, found, run)

    async def _hear(self, socket: Socket, caller: Caller, wish: Wish, found: Conversation, run: Run) -> None:
        talk_id = short_form(found.id)
        async with aclosing(self._parts.engine.follow(run)) as batches:
            async for batch in batches:
                events = [_event(each.data) for each in batch.events()]
                text = "".join(each.delta for each in events if each.type in _DELTAS)
                if text:
                    await socket.send(event("delta", wish.ref, talk_id=talk_id, content=text))
        reply = await self._parts.talking.wait(run, _SETTLING)
        await self._whole(socket, caller, wish, found, SUCCESS if reply.fate is Fate.ANSWERED else ERROR)

    async def _whole(self, socket: Socket, caller: Caller, wish: Wish, found: Conversation, status: str) -> None:
        talk_id, user_id = short_form(found.id), whose(caller)
        said = await shown(self._parts, caller.space, found.id)
        records = [message(each, talk_id, user_id) for each in said]
        await socket.send(event("messages", wish.ref, talk_id=talk_id, messages=records, n8n_status=status))

    async def _found(self, caller: Caller, talk_id: str) -> Conversation:
        try:
            return await self._parts.talks.find(caller.space, talk_id)
        except ConversationNotFound as error:
            raise TalkNotFound from error
