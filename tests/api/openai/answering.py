"""Responses as a program asks for them, every body and every event checked against the official SDK's types."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2

from prosa.identity import Scope
from tests.answers.sdk_types import check_event, check_response
from tests.api.app.house import House, Person, house

END = "data: [DONE]\n\n"
TERMINAL = ("response.completed", "response.failed", "response.incomplete")
Event = dict[str, Any]


@dataclass
class Program:
    """Somebody's program, with a key that may do everything that keys may."""

    person: Person
    http: httpx2.AsyncClient
    key: str

    async def create(self, input: object = "Olá!", status: int = 200, **fields: Any) -> Event:
        """A response, whole."""
        answer = await self.http.post("/v1/responses", json={"model": "mock", "input": input} | fields)
        assert answer.status_code == status, answer.text
        told: Event = answer.json()
        if status == 200:
            check_response(told)
        return told

    async def get(self, response_id: str) -> Event:
        """A response as it is now."""
        answer = await self.http.get(f"/v1/responses/{response_id}")
        assert answer.status_code == 200, answer.text
        told: Event = answer.json()
        check_response(told)
        return told

    async def stream(self, input: object = "Olá!", **fields: Any) -> list[Event]:
        """The events of a streamed response."""
        body = {"model": "mock", "input": input, "stream": True} | fields
        async with self.http.stream("POST", "/v1/responses", json=body) as answer:
            return await whole(answer)

    async def follow(self, response_id: str, after: int = -1) -> list[Event]:
        """The events of a response that is there already."""
        path = f"/v1/responses/{response_id}?stream=true&starting_after={after}"
        async with self.http.stream("GET", path) as answer:
            return await whole(answer, after)


async def whole(answer: httpx2.Response, after: int = -1) -> list[Event]:
    """A stream's events after this number: numbered without a gap, each of a kind that the SDK knows, the last one terminal."""
    text = (await answer.aread()).decode()
    assert answer.status_code == 200, text
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert text.endswith(END)
    found = events(text.removesuffix(END))
    assert [event["sequence_number"] for event in found] == list(range(after + 1, after + 1 + len(found)))
    assert [event["type"] for event in found if event["type"] in TERMINAL] == ([found[-1]["type"]] if found else [])
    return found


def events(text: str) -> list[Event]:
    """Frames, each with its event's name and nothing but it and the data."""
    *blocks, rest = text.split("\n\n")
    assert rest == ""
    found = []
    for block in blocks:
        if block.startswith(":"):
            continue
        name, data = block.split("\n")
        event = json.loads(data.removeprefix("data: "))
        assert name == f"event: {event['type']}"
        check_event(event)
        found.append(event)
    return found


def text_of(response: Event) -> str:
    """What a response says."""
    return "".join(
        part["text"] for item in response["output"] if item["type"] == "message" for part in item["content"] if "text" in part
    )


@dataclass
class Stage:
    """A running prosa, Ana with a program, and others where they are wanted."""

    home: House
    ana: Program

    async def program(self, name: str, *scopes: Scope) -> Program:
        """Somebody new with a program."""
        return await program_of(self.home, await self.home.person(name), *scopes)


async def program_of(home: House, person: Person, *scopes: Scope) -> Program:
    """A program with a key of somebody's."""
    key = await home.key(person, *(scopes or (Scope.READ, Scope.WRITE)), name=f"program {len(home.people)} {scopes}")
    return Program(person, await home.program(key), key)


@asynccontextmanager
async def a_stage(**env: str) -> AsyncIterator[Stage]:
    """The stage."""
    async with house({"PROSA_REQUESTS_PER_MINUTE": "0"} | env) as home:
        yield Stage(home, await program_of(home, await home.person("ana")))
