"""Every path where a WebSocket can be opened against everybody: as with the operations, the routes' own list is what is tried."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from prosa.api.edge import SocketRoute
from prosa.identity import Door
from tests.databases import KINDS
from tests.guard.world import Identity, World, a_world

UNKNOWN = ("anonymous", "a suspended session", "a suspended key", "the session from before a demotion")
FAR = {"X-Forwarded-For": "203.0.113.7", "X-Request-Id": "the-same-for-all"}


@pytest.fixture(params=KINDS)
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    async with a_world(request.param) as made:
        yield made


def routes(world: World) -> list[SocketRoute]:
    """All that there are."""
    front: Any = world.prosa.system.app
    return [route for _, route in front._sockets._routes]


def part_of(route: SocketRoute) -> tuple[str, ...]:
    """The name of the part of its path that stands for something."""
    _, _, rest = route.template.partition("{")
    return (rest.partition("}")[0],) if rest else ()


async def opened(world: World, path: str, caller: Identity) -> tuple[int, bytes]:
    """The status with which the handshake is answered, and the body of a refusal."""
    base = world.prosa.base
    headers = FAR | caller.headers | ({"Origin": base} if "Cookie" in caller.headers else {})
    try:
        async with connect(base.replace("http", "ws") + path, additional_headers=headers):
            return 101, b""
    except InvalidStatus as refused:
        return refused.response.status_code, bytes(refused.response.body or b"")


def expected(route: SocketRoute, caller: Identity) -> int:
    """The status that is right for somebody to whom the things that are named don't belong."""
    permission = route.access.permission
    if caller.unknown or ("Cookie" in caller.headers and route.access.door is Door.CHATAI):  # which knows no cookie
        return 401
    if permission not in caller.may:
        return 403 if permission in caller.role or not part_of(route) else 404
    return 404 if part_of(route) else 101


@pytest.mark.attack("A1", "A6", "C2", "K9")
@pytest.mark.contract("A17")
async def test_who_may_not_opens_no_socket_and_learns_nothing(world: World) -> None:
    assert len(routes(world)) >= 2
    wrong: list[tuple[object, ...]] = []
    for route in routes(world):
        things = await world.things(part_of(route), world.ana)
        unknown = {name: value[:-32] + "0" * 32 for name, value in things.items()}
        before = await world.content()
        for name in (*UNKNOWN, "ana's narrow key", "bia", "bia's key from when she was an admin", "the admin"):
            caller = world.callers[name]
            status, body = await opened(world, route.template.format(**things), caller)
            right = expected(route, caller)
            if caller.account_id == world.ana.id and route.access.permission in caller.may:
                right = 101
            if status != right:
                wrong.append((route.template, name, status, right, body[:200]))
            elif status == 404 and await opened(world, route.template.format(**unknown), caller) != (404, body):
                wrong.append((route.template, name, "unlike an unknown id", body[:200]))
        if changed := await world.changed_since(before):
            wrong.append((route.template, "changed", changed))
    assert wrong == []


async def test_the_owner_opens_each(world: World) -> None:
    for route in routes(world):
        things = await world.things(part_of(route), world.ana)
        no_cookie = route.access.door is Door.CHATAI
        caio = await world.signed_in(await world.person("caio@example.com"), route.template) if no_cookie else None
        caller = caio or world.callers["ana"]
        assert await opened(world, route.template.format(**things), caller) == (101, b"")
