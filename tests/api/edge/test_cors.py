"""Pages of other origins: preflights, and what their scripts may read."""

import pytest

from prosa.api.edge import Exchange
from prosa.identity import Door
from prosa.usage import UsageSettings
from tests.api.edge.driver import HOT, SITE, Asked, Edge, ask, bearer

PAGE = (b"origin", SITE.encode())
EVIL = (b"origin", b"https://evil.example")
PREFLIGHT = Asked(
    method="OPTIONS",
    headers=[PAGE, (b"access-control-request-method", b"POST"), (b"access-control-request-headers", b"content-type,x-anything")],
)


@pytest.mark.contract("B14", "B42")
@pytest.mark.parametrize("path", [HOT, "/v1/models", "/api/anything", "/health"])
async def test_a_preflight_of_a_configured_page_is_answered_on_any_path(path: str) -> None:
    answer = await ask(Edge().front(), PREFLIGHT, path=path)
    assert answer.status == 204 and answer.body == b""
    assert answer.header("access-control-allow-origin") == SITE
    assert answer.header("access-control-allow-headers") == "content-type,x-anything"
    assert "POST" in (answer.header("access-control-allow-methods") or "")
    assert answer.header("access-control-max-age") == "600"
    assert "Origin" in (answer.header("vary") or "") and answer.header("access-control-allow-credentials") is None


@pytest.mark.contract("B14", "B42")
@pytest.mark.attack("B7")
@pytest.mark.parametrize(
    "origin",
    [b"https://evil.example", b"null", b"https://site.example.evil", b"https://evilsite.example", b"http://site.example"],
)
async def test_a_preflight_of_a_foreign_page_is_400(origin: bytes) -> None:
    headers = [(b"origin", origin), *PREFLIGHT.headers[1:]]
    answer = await ask(Edge().front(), PREFLIGHT, headers=headers)
    assert answer.status == 400 and answer.header("access-control-allow-origin") is None


async def test_a_preflight_for_a_local_page_may_reach_a_private_network() -> None:
    headers = [*PREFLIGHT.headers, (b"access-control-request-private-network", b"true")]
    assert (await ask(Edge().front(), PREFLIGHT, headers=headers)).header("access-control-allow-private-network") == "true"
    assert (await ask(Edge().front(), PREFLIGHT)).header("access-control-allow-private-network") is None


@pytest.mark.attack("K5")
async def test_what_a_preflight_asks_for_is_not_echoed_where_it_is_no_header_name() -> None:
    headers = [PAGE, (b"access-control-request-method", b"POST"), (b"access-control-request-headers", b"x\r\nset-cookie: a")]
    answer = await ask(Edge().front(), PREFLIGHT, headers=headers)
    assert answer.header("access-control-allow-headers") is None


@pytest.mark.contract("B42", "C55")
async def test_every_status_carries_the_origin() -> None:
    async def fails(exchange: Exchange) -> None:
        raise RuntimeError("secret")

    edge = Edge(usage=UsageSettings(key_per_minute=1))
    front = edge.front()
    found = [await ask(front, headers=[PAGE, bearer()]) for _ in range(2)]
    found.append(await ask(front, headers=[PAGE, bearer("wrong")]))
    found.append(await ask(front, headers=[PAGE, bearer()], method="GET"))
    found.append(await ask(front, headers=[PAGE], path="/nothing"))
    found.append(await ask(front, headers=[PAGE], path=HOT + "/"))
    found.append(await ask(Edge().front(fails), headers=[PAGE]))
    assert [answer.status for answer in found] == [200, 429, 401, 405, 404, 307, 500]
    for answer in found:
        assert answer.header("access-control-allow-origin") == SITE and "Origin" in (answer.header("vary") or "")
        assert answer.header("access-control-allow-credentials") is None
        exposed = answer.header("access-control-expose-headers") or ""
        assert {"x-request-id", "retry-after", "x-ratelimit-remaining", "x-ratelimit-remaining-requests"} <= set(
            exposed.split(", ")
        )


@pytest.mark.contract("B14")
@pytest.mark.attack("B7")
async def test_a_foreign_page_is_refused_before_anything_is_done_for_it() -> None:
    reached: list[str] = []

    async def handler(exchange: Exchange) -> None:
        reached.append("provider")
        await exchange.respond(200, b"{}")

    front = Edge().front(handler, Door.BITACA)
    for content_type in (b"application/json", b"text/plain"):
        answer = await ask(front, headers=[EVIL, (b"content-type", content_type)])
        assert answer.status == 403 and answer.header("access-control-allow-origin") is None
    assert reached == []
    keyed = await ask(front, headers=[EVIL, bearer()])
    assert keyed.status == 200 and keyed.header("access-control-allow-origin") is None
    assert (await ask(front, headers=[PAGE])).status == 200


async def test_prosas_own_page_is_always_allowed() -> None:
    own = (b"origin", b"http://127.0.0.1:3000")
    answer = await ask(Edge().front(), headers=[own, bearer()])
    assert answer.status == 200 and answer.header("access-control-allow-origin") == "http://127.0.0.1:3000"
