"""Chat completions with `store: true`: made, and listed, without a framework; what else can be done with them stands beside."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Final

from prosa.answers import ChatService, Wish
from prosa.api.edge import Exchange
from prosa.api.following import Framing, Readers
from prosa.api.openai.stored_chat_bodies import list_json, read_listing, take_metadata
from prosa.api.presence import ClientPresent
from prosa.gateway import ModelCall
from prosa.runs import Batch, Engine, Run

DONE: Final = b"data: [DONE]\n\n"
# A chat client can't come again with a number: it hears that this is not the end.
FRAMING: Final = Framing(
    end=DONE,
    farewell=b'data: {"error":{"message":"The connection ends before the answer, which goes on and can be read when whole.",'
    b'"type":"server_error","param":null,"code":"stream_broken"}}\n\n' + DONE,
)


class StoredChat:
    """What the hot routes hand over."""

    def __init__(self, chats: ChatService, engine: Engine, readers: Readers) -> None:
        self._chats = chats
        self._engine = engine
        self._readers = readers

    async def create(self, exchange: Exchange, call: ModelCall) -> None:
        """Answer by a run, which goes on whoever leaves; the answer is whole, or the run's log as it grows."""
        assert exchange.caller is not None
        wish = Wish(call, take_metadata(call.fields), exchange.object_id, exchange.repeated)
        run = await self._chats.create(exchange.caller, wish)
        if call.stream:
            await exchange.made()
            await self._stream(exchange, run)
            return
        with ClientPresent(exchange):
            body = await self._chats.ended(run)
            await exchange.respond(200, body)

    async def page(self, exchange: Exchange) -> None:
        """A page of the caller's completions."""
        assert exchange.caller is not None
        listing = read_listing(exchange.scope["query_string"])
        await exchange.respond(200, list_json(await self._chats.list(exchange.caller.space, listing)))

    async def _stream(self, exchange: Exchange, run: Run) -> None:
        """Follow the log; as long as nothing was said a failure may still become a status."""
        with ClientPresent(exchange) as present:
            batches = self._engine.follow(run)
            begun = await self._begun(run, batches)
        if not present.left:
            await self._readers.tell(exchange, _all(begun, batches), FRAMING)

    async def _begun(self, run: Run, batches: AsyncGenerator[Batch, None]) -> list[Batch]:
        """The log up to the first word. Raises CompletionFailed where it ends without one."""
        held: list[Batch] = []
        first = self._chats.first_word(run)
        try:
            async for batch in batches:
                held.append(batch)
                if batch.final:
                    self._chats.told(await self._engine.get(run.space, run.id))
                if batch.final or batch.last >= first:
                    break
        except BaseException:
            await batches.aclose()
            raise
        return held


async def _all(begun: list[Batch], batches: AsyncGenerator[Batch, None]) -> AsyncIterator[Batch]:
    async with aclosing(batches):
        for batch in begun:
            yield batch
        if not begun or not begun[-1].final:
            async for batch in batches:
                yield batch
