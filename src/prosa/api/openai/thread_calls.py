"""What an assistant's run is begun and watched with, without a framework: a message, the run, and how it stands."""

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import parse_qsl

from prosa.answers import (
    DONE,
    AddOptions,
    Begun,
    InvalidValue,
    RunPageQuery,
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
from prosa.api.openai.thread_objects import steps_json, thread_json
from prosa.identity import Caller, Door, Permission

STREAMED: Final = Framing(ids=True, end=DONE)
MESSAGES: Final = "/v1/threads/{thread_id}/messages"
RUNS: Final = "/v1/threads/{thread_id}/runs"
RUN: Final = "/v1/threads/{thread_id}/runs/{thread_run_id}"
STEPS: Final = "/v1/threads/{thread_id}/runs/{thread_run_id}/steps"
THREADS_AND_RUNS: Final = "/v1/threads/runs"
MOST: Final = 100  # steps of a page
LONGEST_ID: Final = 256
RESULTS: Final = "step_details.tool_calls[*].file_search.results[*].content"
_DIGITS: Final = 5
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
            ("GET", STEPS): (self.list_steps, _READING),
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

    async def list_steps(self, exchange: Exchange) -> None:
        """A page of what a run did."""
        asked = parse_qsl(exchange.scope["query_string"].decode("latin-1"), keep_blank_values=True)
        query, results = _page_asked(dict(asked)), _results_asked(asked)
        caller = _caller(exchange)
        thread, run = await self._runs.get(caller.space, _named(exchange, "thread_id"), _named(exchange, "thread_run_id"))
        facts, steps, more = await self._runs.steps_page(thread, run, query)
        await exchange.respond(200, steps_json(facts, steps, more=more, results=results))

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


def _page_asked(told: Mapping[str, str]) -> RunPageQuery:
    """The page that the address asks for. Raises InvalidValue."""
    limit, order = told.get("limit", "20"), told.get("order", "desc")
    if not (limit.isdecimal() and len(limit) < _DIGITS and 0 < int(limit) <= MOST):
        raise InvalidValue("limit", f"a whole number from 1 to {MOST}")
    if order not in ("asc", "desc"):
        raise InvalidValue("order", "'asc' or 'desc'")
    for name in ("after", "before"):
        if len(told.get(name, "")) > LONGEST_ID:
            raise InvalidValue(name, f"an id of at most {LONGEST_ID} characters")
    return RunPageQuery(int(limit), order == "desc", told.get("after"), told.get("before"))


def _results_asked(told: Sequence[tuple[str, str]]) -> bool:
    """Whether what a search found is wanted in words. Raises InvalidValue for anything else."""
    included = [value for name, value in told if name in ("include", "include[]")]
    if any(value != RESULTS for value in included):
        raise InvalidValue("include", f"'{RESULTS}'")
    return bool(included)
