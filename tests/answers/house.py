"""Answers over a real database, the engine of runs and the mock provider, as one process has them."""

import asyncio
from base64 import b64decode
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from prosa.answers import AnswerParts, AnswerService, AnswerSettings, CreateOptions, Given, ResponseRequest, Sealer
from prosa.answers.tools import BUILT_IN, Tool
from prosa.conversations import ConversationService
from prosa.drivers.blobs import blobs_of
from prosa.drivers.journal import Journal
from prosa.drivers.outbound import Client
from prosa.drivers.sql import Database
from prosa.drivers.vault import Keyring
from prosa.events import Signals
from prosa.files import FileService, FileSettings
from prosa.gateway import CallRecord, Gateway, GatewaySettings, MockTransport, Script, Transports
from prosa.identity import Caller, CallerKind
from prosa.kit.clock import SystemClock
from prosa.runs import Engine, EngineParts, Event, Run, RunSettings
from tests.answers.sdk_types import check_event, check_response

ANA = Caller(CallerKind.KEY, "ana", "key_ana", "127.0.0.1")
BEN = Caller(CallerKind.KEY, "ben", "key_ben", "127.0.0.1")
SECRET = "a secret that is only for tests, and long enough"
PNG = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
QUICK = RunSettings(lease_seconds=1.0)


@dataclass(slots=True)
class House:
    """The services of one process, with a look at what the gateway settled."""

    engine: Engine
    answers: AnswerService
    parts: AnswerParts
    conversations: ConversationService
    files: FileService
    gateway: Gateway
    mock: MockTransport
    records: list[CallRecord] = field(default_factory=list)
    allowed: bool = True  # what boot would say of whoever started a run

    async def create(self, caller: Caller = ANA, options: CreateOptions | None = None, **fields: Any) -> Given:
        """Begin an answer as the API would."""
        return await self.answers.create(caller, asked(self.answers, **fields), options or CreateOptions())

    async def ask(self, caller: Caller = ANA, **fields: Any) -> dict[str, Any]:
        """The whole response."""
        found: dict[str, Any] = json(await (await self.create(caller, **fields)).response())
        check_response(found)
        return found

    async def log(self, run: Run) -> list[dict[str, Any]]:
        """The events of a run that has ended or not."""
        return [json(event.data) for event in await self.engine.log(run)]


def asked(answers: AnswerService, **fields: Any) -> ResponseRequest:
    """A request as it comes in."""
    return ResponseRequest.from_json(msgspec.json.encode({"model": "mock"} | fields), answers.offered)


def json(data: bytes) -> Any:
    """Any JSON."""
    return msgspec.json.decode(data)


def text_of(response: Mapping[str, Any]) -> str:
    """What a response's messages say."""
    return "".join(
        part["text"] for item in response["output"] if item["type"] == "message" for part in item["content"] if "text" in part
    )


def kinds_of(events: Sequence[Mapping[str, Any]]) -> list[str]:
    """The events' types, deltas of one kind in a row once."""
    found: list[str] = []
    for event in events:
        if not found or found[-1] != event["type"]:
            found.append(event["type"])
    return found


def numbered(events: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the events are numbered from 0 on without a gap."""
    return [event["sequence_number"] for event in events] == list(range(len(events)))


async def read(given: Given, after: int = -1) -> list[dict[str, Any]]:
    """All events after this number, to the end; each as the SDK's types have it."""
    found: list[Event] = []
    async for batch in given.follow(after):
        found += batch.events()
    events = [json(event.data) for event in found]
    for event in events:
        check_event(event)
    return events


async def until(given: Given, type: str, count: int = 1) -> None:
    """Return once so many events of this type are in the log."""
    seen = 0
    stream = given.follow()
    try:
        async with asyncio.timeout(10):
            async for batch in stream:
                seen += sum(json(event.data)["type"] == type for event in batch.events())
                if seen >= count:
                    return
    finally:
        await stream.aclose()
    raise AssertionError(f"{type} came {seen} times")


async def until_true(holds: Callable[[], bool]) -> None:
    """Return once this holds."""
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110  # what is waited for tells nobody
            await asyncio.sleep(0.01)


def function(name: str) -> dict[str, Any]:
    """A function of the caller, without arguments."""
    return {"type": "function", "name": name, "parameters": {"type": "object", "properties": {}}, "strict": False}


def input_message(text: str) -> bytes:
    """A user's message as it is stored."""
    return msgspec.json.encode({"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]})


def file_part(file_id: str, type: str = "input_file") -> dict[str, Any]:
    """A message that holds a stored file."""
    return {"role": "user", "content": [{"type": type, "file_id": file_id}]}


async def stored_file(house: House, data: bytes, name: str = "picture.png") -> str:
    """A file of ana's; its stored id."""

    async def pieces() -> AsyncIterator[bytes]:
        yield data

    async with house.files.upload(ANA.space) as upload:
        await upload.receive(name, None, pieces())
        return (await upload.keep("user_data", None)).id


@asynccontextmanager
async def a_house(
    database: Database,
    *,
    settings: AnswerSettings | None = None,
    gateway: GatewaySettings | None = None,
    tools: tuple[Tool, ...] = (),
    words: dict[str, object] | None = None,
    runs: RunSettings = QUICK,
) -> AsyncIterator[House]:
    """The services over this database; several may share one, as processes do. `words`: what the mock is told for every call."""
    clock = SystemClock()
    journal = Journal(database)
    engine = Engine(EngineParts(database, journal, Signals(Path("nowhere"), database), clock), runs)
    records: list[CallRecord] = []
    mock, client = MockTransport(Script({}, words or {}, ())), Client()
    door = Gateway(gateway or GatewaySettings(retries=0), Transports(client, mock), clock, records.append)
    conversations = ConversationService(database, journal, clock)
    with TemporaryDirectory() as folder:
        files = FileService(database, blobs_of(database, Path(folder), clock), FileSettings(), clock)
        held: list[House] = []

        async def still_allowed(_run: Run) -> bool:
            return held[0].allowed

        parts = AnswerParts(door, conversations, files, Sealer(Keyring.of([SECRET])), clock, still_allowed)
        parts.settings = settings or AnswerSettings()
        parts = replace(parts, tools=(*BUILT_IN, *tools))
        house = House(engine, AnswerService(engine, parts), parts, conversations, files, door, mock, records)
        held.append(house)
        try:
            yield house
        finally:
            await engine.stop()
            await house.answers.stop()
            await journal.aclose()
            await client.aclose()
