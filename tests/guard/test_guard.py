"""Every route of the API document against everybody: who may not is told so, learns nothing, and changes nothing.

The document is the list: a route that is added is tried the day it appears. Each declares what it asks of its caller; what is
expected here follows from that alone.
"""

import json
from collections.abc import AsyncIterator

import httpx2
import pytest

from prosa.api.edge import Access, Front
from prosa.identity import Account
from prosa.kit.ids import new_object_id
from tests.databases import KINDS
from tests.guard.operations import Operation, guarded, operations
from tests.guard.world import BODIES, NOBODYS, Identity, World, a_world

UNKNOWN = ("anonymous", "a suspended session", "a suspended key", "the session from before a demotion")
SERVERLESS = frozenset({"/v1/chat", "/v1/interactions"})  # a wrong key is 403 there (S21)
WITHOUT_SESSIONS = ("/session", "/chat", "/history/", "/conversation/")  # M's: a browser's session of the app is nothing there
# Rights are the same on both kinds, and what the SQL of each route does on PostgreSQL is seen where its owner asks.
SHARES = [
    "sqlite",
    pytest.param(("postgresql", 5), id="postgresql"),
    pytest.param(("postgresql", 1), id="postgresql-all", marks=pytest.mark.faults),
]
OTHERS = ("bia", "bia's key from when she was an admin", "the admin")


@pytest.fixture(params=KINDS)
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    kind, every = request.param if isinstance(request.param, tuple) else (request.param, 1)
    async with a_world(kind, every) as made:
        yield made


def tried(world: World) -> list[Operation]:
    """The operations that are tried in this world."""
    return guarded()[world.every // 2 :: world.every]


async def send(
    world: World, operation: Operation, caller: Identity, things: dict[str, str], owner: Account | None = None
) -> httpx2.Response:
    maker = BODIES.get(operation.name) if owner is not None else None
    body = await maker(world, owner) if maker is not None and owner is not None else operation.body
    content = json.dumps(body).encode() if body is not None else None
    headers = caller.headers | ({"Content-Type": "application/json"} if content is not None else {})
    return await world.client.request(
        operation.method, operation.at(things), params=operation.query, content=content, headers=headers
    )


def names_things(operation: Operation) -> bool:
    return bool(set(operation.parameters) - NOBODYS)


def expected(operation: Operation, caller: Identity) -> frozenset[int]:
    """The statuses that are right for a caller who isn't the owner of the things named."""
    permission = operation.permission
    assert permission is not None
    if caller.unknown:
        return frozenset({401, 403}) if operation.path in SERVERLESS and "Authorization" in caller.headers else frozenset({401})
    if "Cookie" in caller.headers and operation.path.startswith(WITHOUT_SESSIONS):
        return frozenset({401})
    if permission not in caller.may:
        if permission in caller.role or not operation.parameters:
            return frozenset({403})
        return frozenset({404})
    if permission.endswith(":own") and names_things(operation):
        return frozenset({404})
    return frozenset()  # allowed: anything but a refusal


def unknown_things(operation: Operation, things: dict[str, str]) -> dict[str, str]:
    """The same kinds of things, of ids that nobody has."""
    return {name: value if name in NOBODYS else f"{value.partition('_')[0]}_{new_object_id()}" for name, value in things.items()}


def blind(answer: httpx2.Response, things: dict[str, str]) -> str:
    """What an answer says, but for the ids that were asked for: OpenAI's words repeat them."""
    text = answer.text
    for name, value in things.items():
        text = text.replace(value, name) if name not in NOBODYS else text
    return text


def test_every_operation_declares_what_it_asks() -> None:
    assert len(operations()) > 30
    assert {operation.permission for operation in guarded()} >= {"me:read:own", "users:read", "keys:write:own", "models:call"}


@pytest.mark.slow
@pytest.mark.unmeasured
@pytest.mark.parametrize("world", SHARES, indirect=True)
@pytest.mark.attack("A1", "A6", "C2", "C4")
@pytest.mark.contract("A17")
async def test_who_may_not_is_refused_learns_nothing_and_changes_nothing(world: World) -> None:
    wrong: list[tuple[object, ...]] = []
    for operation in tried(world):
        things = await world.things(operation.parameters, world.ana)
        before = await world.content()
        for name in (*UNKNOWN, *OTHERS):
            caller = world.callers[name]
            right = expected(operation, caller)
            if not right:
                continue
            answer = await send(world, operation, caller, things)
            if answer.status_code not in right:
                wrong.append((operation.name, name, answer.status_code, sorted(right), answer.text[:200]))
            elif answer.status_code == 404:
                unknown = unknown_things(operation, things)
                nothing = await send(world, operation, caller, unknown)
                if (nothing.status_code, blind(nothing, unknown)) != (404, blind(answer, things)):
                    wrong.append((operation.name, name, "unlike an unknown id", answer.text[:200], nothing.text[:200]))
        if changed := await world.changed_since(before):
            wrong.append((operation.name, "changed", changed))
    assert wrong == []


@pytest.mark.slow
@pytest.mark.unmeasured
@pytest.mark.parametrize("world", SHARES, indirect=True)
@pytest.mark.attack("C2", "C3")
@pytest.mark.contract("A17", "A18")
async def test_a_narrow_key_of_the_owner_does_what_it_was_made_for_and_nothing_else(world: World) -> None:
    caller = world.callers["ana's narrow key"]
    wrong: list[tuple[object, ...]] = []
    for operation in tried(world):
        things = await world.things(operation.parameters, world.ana)
        assert operation.permission is not None
        allowed = operation.permission in caller.may
        before = await world.content()
        answer = await send(world, operation, caller, things)
        own = operation.permission in caller.role
        right = (
            answer.status_code not in (401, 403, 404) if allowed else answer.status_code == (403 if own or not things else 404)
        )
        if not right:
            wrong.append((operation.name, answer.status_code, answer.text[:200]))
        if not allowed and (changed := await world.changed_since(before)):
            wrong.append((operation.name, "changed", changed))
    assert wrong == []


@pytest.mark.slow
@pytest.mark.unmeasured
@pytest.mark.attack("A6")
@pytest.mark.contract("A17")
async def test_the_owner_and_the_admin_may_what_the_routes_declare(world: World) -> None:
    wrong: list[tuple[object, ...]] = []
    for number, operation in enumerate(guarded()):
        assert operation.permission is not None
        everybody = not operation.permission.endswith(":own") and operation.permission.partition(":")[0] != "models"
        owner = await world.person(f"owner-{number}@example.com")
        caller = world.callers["the admin"] if everybody else await world.signed_in(owner, operation.path)
        answer = await send(world, operation, caller, await world.things(operation.parameters, owner), owner)
        if answer.status_code in (401, 403, 404, 405) or answer.status_code >= 500:
            wrong.append((operation.name, answer.status_code, answer.text[:300]))
    assert wrong == []


@pytest.mark.attack("C2")
async def test_two_credentials_are_refused_and_a_cookie_beside_one_is_nothing(world: World) -> None:
    narrow, session = world.callers["ana's narrow key"].headers, world.callers["the admin"].headers
    me = await world.client.get("/api/v1/me", headers=narrow | {"Cookie": session["Cookie"]})
    assert me.status_code == 200 and me.json()["id"] == f"user_{world.ana.id}"
    users = await world.client.get("/api/v1/users", headers=narrow | {"Cookie": session["Cookie"]})
    assert users.status_code == 403
    both = await world.client.get("/api/v1/me", headers=narrow | {"X-API-Key": narrow["Authorization"].removeprefix("Bearer ")})
    assert both.status_code == 400


async def test_what_stands_before_the_framework_asks_what_the_document_says(world: World) -> None:
    front = world.prosa.system.app
    assert isinstance(front, Front)
    told = {(operation.method, operation.path): operation.permission for operation in operations()}
    found = {(method, path): route.access for path, methods in front._routes.items() for method, route in methods.items()}
    asking = {place: access.permission for place, access in found.items() if isinstance(access, Access)}
    assert asking and {place: told[place] for place in asking} == asking
