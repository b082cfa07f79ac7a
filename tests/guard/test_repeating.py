"""Every POST of the API document, sent twice with one `Idempotency-Key`: the second time nothing happens, and the same is told.

The document is the list: a route that is added is tried the day it appears.
"""

import json
from collections.abc import AsyncIterator

import httpx2
import pytest

from tests.guard.operations import Operation, operations
from tests.guard.world import Identity, World, a_world

ENDING = frozenset({"/api/v1/auth/sign-out", "/api/v1/auth/sign-out-everywhere", "/api/v1/me/password"})  # of the session
PASSING = frozenset({"/api/v1/answers"})  # kept by nobody: who asks again is answered anew
STRANGER = Identity("a stranger", {}, frozenset(), frozenset())


@pytest.fixture(
    params=[
        pytest.param(("sqlite", 1), id="sqlite"),
        pytest.param(("postgresql", 4), id="postgresql"),
        pytest.param(("postgresql", 1), id="postgresql-all", marks=pytest.mark.faults),
    ]
)
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    kind, every = request.param
    async with a_world(kind, every) as made:
        yield made


def posts() -> list[Operation]:
    return [operation for operation in operations() if operation.method == "POST"]


async def send(world: World, operation: Operation, headers: dict[str, str], path: str, body: object) -> httpx2.Response:
    content = json.dumps(body).encode() if body is not None else None
    kind = {"Content-Type": "application/json"} if content is not None else {}
    return await world.client.request("POST", path, params=operation.query, content=content, headers=headers | kind)


async def caller_of(world: World, operation: Operation, number: int) -> tuple[Identity, dict[str, str]]:
    """Who may do it, and the things that its path names."""
    owner = await world.person(f"owner-{number}@example.com")
    things = await world.things(operation.parameters, owner)
    if operation.permission is None:
        return STRANGER, things
    everybody = not operation.permission.endswith(":own") and operation.permission.partition(":")[0] != "models"
    return (world.callers["the admin"] if everybody else await world.signed_in(owner, operation.path)), things


@pytest.mark.slow
@pytest.mark.unmeasured
async def test_every_post_happens_once_under_one_key(world: World) -> None:
    wrong: list[tuple[object, ...]] = []
    for number, operation in enumerate(posts()[world.every // 2 :: world.every]):
        caller, things = await caller_of(world, operation, number)
        headers = caller.headers | {"Idempotency-Key": f"the key of {number}"}
        path = operation.at(things)
        first = await send(world, operation, headers, path, operation.body)
        if first.status_code == 429 or first.status_code >= 500:
            wrong.append((operation.name, "can't be tried", first.status_code, first.text[:200]))
            continue
        if operation.path in PASSING:
            continue
        before = await world.content()
        again = await send(world, operation, headers, path, operation.body)
        if operation.path in ENDING:
            if again.status_code != 401:
                wrong.append((operation.name, "goes on after its end", again.status_code))
            continue
        if (again.status_code, again.content) != (first.status_code, first.content):
            wrong.append((operation.name, first.status_code, first.text[:200], again.status_code, again.text[:200]))
        if again.headers.get("set-cookie") != first.headers.get("set-cookie"):
            wrong.append((operation.name, "other cookies"))
        if changed := await world.changed_since(before):
            wrong.append((operation.name, "changed", changed))
        other = await send(world, operation, headers, path, {"another": "body"})
        if other.status_code != 422:
            wrong.append((operation.name, "another body", other.status_code, other.text[:200]))
    assert wrong == []


def test_there_is_something_to_try() -> None:
    assert len(posts()) >= 19
