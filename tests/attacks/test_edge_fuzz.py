"""Hostile requests in number: nothing that is sent makes the edge fail or let somebody in."""

import random
import string

import pytest

from prosa.api.edge import Exchange, read_fields
from prosa.identity import Door, IdentitySettings
from tests.api.edge.driver import HOT, KEY, SECRET, Asked, Edge, ask
from tests.identity.test_authenticator import fuzz


@pytest.mark.attack("C1")
async def test_a_thousand_credentials_through_the_front_are_refused_without_a_trace() -> None:
    edge = Edge(identity=IdentitySettings(keys=(KEY,)))
    front = edge.front()
    for form in fuzz(7, 1000):
        answer = await ask(front, headers=[form])
        assert answer.status in (401, 429), form
        assert SECRET.encode() not in answer.body and len(answer.body) < 300
    assert edge.faults == [] and {record.key_id for record in edge.records} == {None}
    assert SECRET not in repr(edge.records) and SECRET not in front._parts.metrics.render().decode()


@pytest.mark.attack("J10", "K11", "K1", "K2")
async def test_random_requests_end_in_an_answer_that_is_no_5xx() -> None:
    async def handler(exchange: Exchange) -> None:
        read_fields(await exchange.body(), exchange.parts.settings)
        await exchange.respond(200, b"{}")

    draw = random.Random(42)
    edge = Edge(identity=IdentitySettings(trusted_proxies=("127.0.0.1", "cloudflare")))
    front = edge.front(handler, Door.OPENAI)
    names = [
        "origin",
        "host",
        "x-request-id",
        "x-forwarded-for",
        "forwarded",
        "cf-connecting-ip",
        "accept",
        "content-length",
        "authorization",
    ]
    for _ in range(2000):
        asked = Asked(
            method=draw.choice(["GET", "POST", "OPTIONS", "PUT", "HEAD", "TRACE", "X"]),
            path=draw.choice([HOT, "/", "//", "/v1/", HOT + "/", "/" + text(draw)]),
            headers=[(draw.choice(names).encode(), text(draw).encode("latin-1")) for _ in range(draw.randrange(6))],
            pieces=[text(draw).encode("latin-1") for _ in range(draw.randrange(1, 4))],
            peer=draw.choice(["127.0.0.1", "203.0.113.9", "::1", "garbage", None]),
            query=text(draw).encode("latin-1"),
            host=draw.random() < 0.7,
        )
        answer = await ask(front, asked)
        assert 200 <= answer.status < 500, asked
        assert answer.header("x-content-type-options") == "nosniff"
    assert edge.faults == []


def text(draw: random.Random) -> str:
    alphabet = draw.choice([string.printable, string.ascii_letters, '{}[]",:0', "%&=;+/\\?#", "".join(map(chr, range(256)))])
    return "".join(draw.choice(alphabet) for _ in range(draw.randrange(30)))
