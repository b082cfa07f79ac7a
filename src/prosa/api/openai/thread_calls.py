"""What an assistant's run is begun and watched with, without a framework: a message, the run, and how it stands."""

from typing import Final

from prosa.answers import (
    DONE,
    AddOptions,
    Begun,
    RunWish,
    Standing,
    Stretch,
    ThreadRuns,
    ThreadRunWish,
    ThreadService,
    message_json,
    read_message,
)
from prosa.api.edge import Access, Exchange, Handler
from prosa.api.following import Framing, Readers
from prosa.api.openai.thread_objects import thread_json
from prosa.identity import Caller, Door, Permission

STREAMED: Final = Framing(ids=True, end=DONE)
MESSAGES: Final = "/v1/threads/{thread_id}/messages"
RUNS: Final = "/v1/threads/{thread_id}/runs"
RUN: Final = "/v1/threads/{thread_id}/runs/{thread_run_id}"
THREADS_AND_RUNS: Final = "/v1/threads/runs"
_WRITING: Final = Access(Permission.WRITE_CONVERSATIONS, Door.OPENAI, hidden=True)
_ASKING: Final = Access(Permission.CALL_MODELS, Door.OPENAI, hidden=True)
_READING: Final = Access(Permission.READ_RUNS, Door.OPENAI, hidden=True)
_BEGINNING: Final = Access(Permission.CALL_MODELS, Door.OPENAI)


class ThreadCalls:
    """Threads of one caller at a time; their other routes are the framework's."""

    def __init__(self, threads: ThreadService, runs: ThreadRuns, readers: Readers) -> None:
        self._threads = threads
        self._runs = runs
        self._readers = readers

    def routes(self) -> dict[tuple[str, str], tuple[Handler, Access]]:
        """Method and path, who answers, and what its caller must be allowed."""
        return {
            ("POST", MESSAGES): (self.create_message, _WRITING),
            ("POST", RUNS): (self.create_run, _ASKING),
            ("GET", RUN): (self.get_run, _READING),
            ("POST", THREADS_AND_RUNS): (self.create_thread_and_run, _BEGINNING),
        }

    async def create_message(self, exchange: Exchange) -> None:
        """Add a message at a thread's end."""
        caller = _caller(exchange)
        thread = await self._threads.get(caller.space, _named(exchange, "thread_id"))
        message = read_message(await exchange.body())
        [item] = await self._threads.add(caller, thread, [message], AddOptions(exchange.object_id))
        await exchange.respond(200, message_json(item, thread.shown))

    async def create_run(self, exchange: Exchange) -> None:
        """Have an assistant answer a thread."""
        wish = RunWish.from_json(await exchange.body())
        begun = await self._runs.create(_caller(exchange), _named(exchange, "thread_id"), wish, exchange.object_id)
        await self._begun(exchange, begun, streams=bool(wish.stream))

    async def create_thread_and_run(self, exchange: Exchange) -> None:
        """Begin a thread, and an assistant's run in it, at once."""
        wish = ThreadRunWish.from_json(await exchange.body())
        begun = await self._runs.create_with_thread(_caller(exchange), wish, exchange.object_id)
        await self._begun(exchange, begun, ("thread.created", thread_json(begun.thread)), streams=bool(wish.stream))

    async def get_run(self, exchange: Exchange) -> None:
        """A run as it is now."""
        caller = _caller(exchange)
        found = await self._runs.get(caller.space, _named(exchange, "thread_id"), _named(exchange, "thread_run_id"))
        await exchange.respond(200, self._runs.shown(*found))

    async def _begun(self, exchange: Exchange, begun: Begun, *first: tuple[str, bytes], streams: bool) -> None:
        """The run that has begun, or its events, behind the `first`."""
        exchange.record.model = begun.model
        if not streams:
            standing = Standing("queued") if not exchange.repeated else None
            await exchange.respond(200, self._runs.shown(begun.thread, begun.run, standing))
            return
        await exchange.made()
        await self._readers.tell(exchange, self._runs.follow(Stretch(begun.thread, begun.run), first=first), STREAMED)


def _caller(exchange: Exchange) -> Caller:
    caller = exchange.caller
    assert caller is not None
    return caller


def _named(exchange: Exchange, part: str) -> str:
    """What stands in the path for this part of it."""
    found: str = exchange.scope["path_params"][part]
    return found
