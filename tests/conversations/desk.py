"""Conversations over a real database, with the engine of runs beside them and a kind of run that repeats what it is told."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from prosa.conversations import ConversationService, Item, Landing, type_of
from prosa.drivers.journal import Journal, Part
from prosa.drivers.sql import Database
from prosa.events import Signals
from prosa.kit.clock import SystemClock
from prosa.kit.errors import ProsaError
from prosa.runs import Drive, Ending, Engine, EngineParts, Event, NewRun, Run, RunState, Why

SPACE = "ana"


def message(text: str, role: str = "user") -> bytes:
    """A message in the words of the Responses API."""
    return msgspec.json.encode(
        {"type": "message", "role": role, "status": "completed", "content": [{"type": "input_text", "text": text}]}
    )


def told(item: Item) -> str:
    """The words of a message."""
    text = msgspec.json.decode(item.body)["content"][0]["text"]
    assert isinstance(text, str)
    return text


class Echo:
    """Answers each text with `echo TEXT`, after `gate` is open; `heard` is what stood in the conversation then."""

    name = "echo"

    def __init__(self, conversations: ConversationService) -> None:
        self.conversations = conversations
        self.gate = asyncio.Event()
        self.gate.set()
        self.heard: dict[str, list[str]] = {}
        self.given: dict[str, str] = {}  # by run, the last item that it was given

    async def drive(self, drive: Drive) -> Ending:
        """One answer."""
        await self.gate.wait()
        run = drive.run
        text = run.request
        if run.conversation_id is not None:
            heard = await self.conversations.items_until(run.space, run.conversation_id, self.given[run.id])
            self.heard[text] = [told(item) for item in heard]
        answer = item(message(f"echo {text}", "assistant"), run.conversation_id, run.id, made=True)
        landing = Landing(run.id, run.fence, RunState.COMPLETED, self.given.get(run.id), 0)
        rows = self.conversations.adding_fenced([answer], landing)
        return Ending(RunState.COMPLETED, (b'{"type":"done"}',), b"{}", rows)

    async def settle(self, run: Run, log: Sequence[Event], why: Why, error: ProsaError | None) -> Ending:
        """Without an answer."""
        return Ending(RunState.CANCELLED, (b'{"type":"done"}',), b"{}")

    def promoted(self, run: Run) -> Sequence[Part]:
        """Nothing to do."""
        return ()

    def removing(self, run: Run) -> Sequence[Part]:
        """What it holds alone."""
        return self.conversations.removing(run.id)


def item(body: bytes, conversation_id: str | None, run_id: str | None, *, made: bool = False, space: str = SPACE) -> Item:
    """An item as a run's kind makes it."""
    return Item(space, type_of(body), body, 1.5, conversation_id=conversation_id, run_id=run_id, made=made)


class Desk:
    """The services of one process."""

    def __init__(self, database: Database) -> None:
        clock = SystemClock()
        self.database = database
        self.journal = Journal(database)
        self.conversations = ConversationService(database, self.journal, clock)
        self.runs = Engine(EngineParts(database, self.journal, Signals(Path("nowhere"), database), clock))
        self.echo = Echo(self.conversations)
        self.runs.kinds["echo"] = self.echo

    async def say(self, text: str, conversation: str | None = None, previous: str | None = None, space: str = SPACE) -> Run:
        """Start a run with one message; it may not have ended when this returns."""
        new = NewRun(space, "echo", text.encode(), (b'{"type":"begun"}',), conversation_id=conversation, previous_id=previous)
        given = item(message(text), conversation, new.id, space=space)
        self.echo.given[new.id] = given.id
        started = NewRun(
            *(new.space, new.kind, new.request, new.events, self.conversations.adding([given]), new.id),
            conversation_id=conversation,
            previous_id=previous,
        )
        return await self.runs.start_run(started)

    async def talk(self, text: str, conversation: str | None = None, previous: str | None = None) -> Run:
        """The same, to its end."""
        return await self.runs.finished(await self.say(text, conversation, previous))

    async def words(self, conversation: str) -> list[str]:
        """What is said in a conversation, in order."""
        return [told(item) for item in await self.conversations.items_of(SPACE, conversation)]


@asynccontextmanager
async def a_desk(database: Database) -> AsyncIterator[Desk]:
    """The services over this database."""
    desk = Desk(database)
    try:
        yield desk
    finally:
        await desk.runs.stop()
        await desk.journal.aclose()
