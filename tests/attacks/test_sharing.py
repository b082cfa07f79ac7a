"""Guesses and floods over several workers and routes: what one of them counts, all of them know."""

from dataclasses import replace
from pathlib import Path

import pytest

from prosa.api.edge import EdgeSettings, Front, Route
from prosa.api.health import HealthParts, health_routes
from prosa.identity import ConfiguredKey, Door, IdentitySettings, Scope
from prosa.usage import SharedLimiter, UsageSettings
from tests.api.app.house import house
from tests.api.edge.driver import HOT, KEY, Asked, Edge, OpenAIShape, access_of, ask, bearer, echo, nothing_there
from tests.serving import asking

STRANGER = "203.0.113.9"
TOKEN = "metrics-token-of-the-operator"
FEW = UsageSettings(failed_per_minute=3)


@pytest.mark.attack("C1", "B10", "J4")
async def test_a_worker_that_saw_no_wrong_key_bars_a_guesser_like_the_one_that_did(tmp_path: Path) -> None:
    edge = Edge(identity=IdentitySettings(keys=(KEY,)), usage=FEW)
    limiters = [SharedLimiter(tmp_path / "limits", edge.clock) for _ in range(2)]
    one, other = (
        Front(
            {("POST", HOT): Route(echo, access_of(Door.OPENAI), OpenAIShape())},
            nothing_there,
            replace(edge.parts(), limiter=limiter),
        )
        for limiter in limiters
    )
    known = [await ask(other, headers=[bearer()], peer="198.51.100.7") for _ in range(2)]
    assert [(await ask(one, headers=[bearer("sk-wrong")], peer=STRANGER)).status for _ in range(4)] == [401, 401, 401, 429]
    assert (await ask(other, headers=[bearer()], peer=STRANGER)).status == 429
    edge.clock.time += 61
    assert (await ask(other, headers=[bearer()], peer=STRANGER)).status == 200
    assert [answer.status for answer in known] == [200, 200]
    for limiter in limiters:
        limiter.close()


@pytest.mark.attack("C14", "B10")
@pytest.mark.parametrize("path", ["/metrics", "/api/health"])
async def test_the_metrics_token_cant_be_guessed_on_and_on(path: str) -> None:
    edge = Edge(usage=FEW, settings=EdgeSettings(metrics_token=TOKEN))
    parts = edge.parts()
    health = HealthParts(parts, "0.1.0", lambda: "mock", _there, 0.0)
    app = Front(health_routes(health), nothing_there, parts)
    asked = Asked(method="GET", path=path, pieces=[b""], peer=STRANGER)
    for _ in range(4):
        refused = await ask(app, asked, headers=[bearer("wrong")])
        assert b"process_cpu" not in refused.body and b"process" not in refused.body
    barred = await ask(app, asked, headers=[bearer(TOKEN)])
    assert barred.status == (429 if path == "/metrics" else 200) and b"process" not in barred.body
    edge.clock.time += 61
    opened = await ask(app, asked, headers=[bearer(TOKEN)])
    assert opened.status == 200 and b"process" in opened.body
    for _ in range(4):
        await ask(app, asked, headers=[bearer("wrong")])
    assert b"process" in (await ask(app, asked, headers=[bearer(TOKEN)])).body  # who was right before is spared


async def _there() -> bool:
    return True


@pytest.mark.attack("J13")
async def test_a_key_over_its_limit_takes_nothing_from_another() -> None:
    quiet = ConfiguredKey("settings-2", "sk-prosa-quiet-0123456789")
    edge = Edge(identity=IdentitySettings(keys=(KEY, quiet)), usage=UsageSettings(key_per_minute=5))
    front = edge.front()
    assert [(await ask(front, headers=[bearer()])).status for _ in range(7)] == [200] * 5 + [429] * 2
    assert (await ask(front, headers=[bearer(quiet.secret)])).status == 200


@pytest.mark.attack("J13", "C3")
async def test_many_keys_of_one_person_share_what_is_theirs() -> None:
    async with house({"PROSA_REQUESTS_PER_MINUTE": "4"}) as home:
        ana, bia = await home.person("ana"), await home.person("bia")
        keys = [await home.key(ana, Scope.READ, name=f"program {number}") for number in range(3)]
        programs = [await home.program(key) for key in keys]
        answers = [(await program.get("/v1/models")).status_code for program in (*programs, *programs)]
        assert answers == [200] * 4 + [429] * 2
        asked = await ana.browser.post("/v1/chat/completions", json={})
        assert asked.status_code == 429  # what her browser asks models too
        assert (await ana.ask("GET", "/me")).status_code == 200  # but not her pages
        other = await home.program(await home.key(bia, Scope.READ))
        assert (await other.get("/v1/models")).status_code == 200


HALVES = (
    b'{"messages":[{"role":"user","content":"\\ud800"}]}',
    b'{"messages":[{"role":"\\udfff","content":"a"}]}',
    b'{"messages":[{"role":"user","content":"\xed\xa0\x80"}]}',
    '{"messages":[{"role":"user","content":"\\ud800"}]}'.encode("utf-16"),
    b'{"input":"\\ud800"}',
    b'{"userId":"u","prompt":"\\ud800"}',
)


@pytest.mark.attack("J6", "J10")
async def test_half_characters_and_bodies_beyond_the_contracts_are_refused_in_the_old_dialects() -> None:
    async with asking() as client:
        for path in ("/api/chat/completions", "/api/embeddings", "/v1/chat"):
            for body in HALVES:
                assert (await client.post(path, content=body)).status_code == 422, (path, body)
            large = b'{"userId":"u","prompt":"' + b"a" * 1_500_000 + b'"}'
            assert (await client.post(path, content=large)).status_code == 413
