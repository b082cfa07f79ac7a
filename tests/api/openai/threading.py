"""Threads and their runs as programs use them: by the official SDK, and by hand, each body and event judged by the SDK's
types."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import httpx2
import openai
from openai.types.beta import assistant_stream_event as stream_events
from openai.types.beta.threads import Run
from openai.types.beta.threads.runs import RunStep

from tests.answers.sdk_types import check_as
from tests.serving import Running, running

QUIET = {"PROSA_ANONYMOUS_REQUESTS_PER_MINUTE": "0"}
DONE = "event: done\ndata: [DONE]\n\n"
FUNCTION: Final = {
    "type": "function",
    "function": {"name": "weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}},
}
ASKS = '[[mock tool_calls=[{"name":"weather","arguments":{"city":"Faro"}},{"name":"weather","arguments":{"city":"Loulé"}}]]]'
_VARIANTS = {
    name.annotation.__args__[0]: one
    for one in vars(stream_events).values()
    if isinstance(one, type) and (name := getattr(one, "model_fields", {}).get("event")) is not None
}
Event = dict[str, Any]


@dataclass
class Table:
    """A running prosa, a program with its SDK, and an assistant."""

    prosa: Running
    http: httpx2.AsyncClient
    sdk: openai.AsyncOpenAI
    assistant: str = ""

    @property
    def threads(self) -> Any:
        """The SDK's threads; any, since its helpers' types differ from version to version."""
        return self.sdk.beta.threads

    async def thread(self, *texts: str) -> str:
        """A thread that a person has begun with these texts; its id."""
        said = [{"role": "user", "content": text} for text in texts]
        return str((await self.threads.create(messages=said)).id)

    async def polled(self, thread: str, **fields: Any) -> Any:
        """A run, once it has ended or waits, as the SDK's helper finds it."""
        wish = {"assistant_id": self.assistant, "poll_interval_ms": 20} | fields
        return await self.threads.runs.create_and_poll(thread_id=thread, **wish)

    async def post(self, path: str, status: int = 200, **body: Any) -> Event:
        """What a POST answers."""
        answer = await self.http.post(path, json=body)
        assert answer.status_code == status, answer.text
        return told(answer)

    async def get(self, path: str, status: int = 200, **query: Any) -> Event:
        """What a GET answers."""
        answer = await self.http.get(path, params=query)
        assert answer.status_code == status, answer.text
        return told(answer)

    async def stream(self, path: str, headers: dict[str, str] | None = None, **body: Any) -> list[Event]:
        """The events of a streamed POST."""
        answer = await self.http.post(path, json=body | {"stream": True}, headers=headers or {})
        return events(answer)

    async def follow(self, run: Event, after: int = -1) -> list[Event]:
        """The events of a run that is there already."""
        path = f"/threads/{run['thread_id']}/runs/{run['id']}/events"
        return events(await self.http.get(path, params={"starting_after": after}))


def told(answer: httpx2.Response) -> Event:
    """A body; what is a run or a step is judged."""
    found: Event = answer.json()
    for each in found["data"] if found.get("object") == "list" else [found]:
        if each.get("object") == "thread.run":
            check_as(each, Run)
        elif each.get("object") == "thread.run.step":
            check_as(each, RunStep)
    return found


def events(answer: httpx2.Response) -> list[Event]:
    """Frames as `{"event", "data", "id"}`, each judged; the last one is `done`, which is left out."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/event-stream") and answer.text.endswith(DONE)
    found = []
    for block in answer.text.removesuffix(DONE).split("\n\n")[:-1]:
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        event = {"event": fields["event"], "data": json.loads(fields["data"])}
        check_as(event, _VARIANTS[event["event"]])
        found.append(event | {"id": int(fields["id"]) if "id" in fields else None})
    return found


def names(events: list[Event]) -> list[str]:
    """The events' names without `thread.`, deltas of one kind in a row once."""
    kept: list[str] = []
    for event in events:
        name = event["event"].removeprefix("thread.")
        if not (kept and kept[-1] == name and name.endswith("delta")):
            kept.append(name)
    return kept


def text_of(events: list[Event]) -> str:
    """What the messages' deltas say together."""
    deltas = [event["data"]["delta"]["content"][0] for event in events if event["event"] == "thread.message.delta"]
    return "".join(delta["text"].get("value", "") for delta in deltas)


@asynccontextmanager
async def a_table(**assistant: Any) -> AsyncIterator[Table]:
    """The table, with an assistant of these fields."""
    async with running(QUIET) as prosa:
        base = f"{prosa.base}/v1"
        async with (
            httpx2.AsyncClient(base_url=base, timeout=60) as http,
            openai.AsyncOpenAI(base_url=base, api_key="sk-any", max_retries=0) as sdk,
        ):
            table = Table(prosa, http, sdk)
            fields = {"model": "mock", "instructions": "Be short."} | assistant
            table.assistant = str((await table.post("/assistants", **fields))["id"])
            yield table
