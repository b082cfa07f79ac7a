"""What M's routes that need a token answer without one, and how they share an address with a page."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from prosa.api.edge import OPEN, Access, Dialects, Exchange, Front, Receive, Route, Scope, Send
from prosa.api.legacy.multiuser import PATHS, MultiuserDialect
from prosa.identity import Door, Permission
from tests.api.edge.driver import SITE, Answer, Edge, ask, bearer, nothing_there


async def greet(exchange: Exchange) -> None:
    await exchange.respond(200, b'{"here":1}')


@pytest.mark.contract("M10", "M11", "M22")
@pytest.mark.parametrize("shown", [(), (bearer("x.y.z"),)])
async def test_a_missing_and_a_wrong_token_are_told_with_a_challenge(shown: Sequence[tuple[bytes, bytes]]) -> None:
    edge = Edge()
    route = Route(greet, Access(Permission.READ_ME, Door.MULTIUSER), MultiuserDialect())
    front = Front({("POST", "/session"): route}, nothing_there, edge.parts())
    answer = await ask(front, path="/session", headers=[*shown, (b"origin", SITE.encode())])
    assert (answer.status, answer.header("www-authenticate")) == (401, "Bearer")
    assert answer.header("access-control-allow-origin") == SITE
    assert isinstance(answer.json()["detail"], str)


@pytest.mark.contract("M01")
async def test_a_page_at_an_address_of_this_dialect_leaves_it_the_other_methods() -> None:
    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 201, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    parts = replace(Edge().parts(), dialects=Dialects(exact=dict.fromkeys(PATHS, MultiuserDialect())))
    front = Front({("GET", "/register"): Route(greet, OPEN), ("GET", "/docs"): Route(greet, OPEN)}, application, parts)

    async def status(method: str, path: str) -> int:
        answer: Answer = await ask(front, method=method, path=path)
        return answer.status

    assert await status("GET", "/register") == 200
    assert await status("POST", "/register") == 201
    assert await status("POST", "/docs") == 405
    preflight = await ask(
        front,
        method="OPTIONS",
        path="/register",
        headers=[(b"origin", SITE.encode()), (b"access-control-request-method", b"POST")],
    )
    assert preflight.status == 204 and "POST" in str(preflight.header("access-control-allow-methods"))
