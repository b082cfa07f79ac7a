"""Contract S when things go wrong around it: failing models, long waits, limits that cannot be escaped."""

import asyncio
import time
from functools import partial

import pytest

from prosa.boot.settings import compose
from prosa.interactions import InteractionSettings
from tests.serving import asking
from tests.upstream import completion, saying, streaming, upstream

pytestmark = pytest.mark.slow

CHAT = "/v1/chat"
KEY = "settings-key-one-123"


def ask(prompt: str = "Olá!", user: str = "user123") -> dict[str, str]:
    return {"userId": user, "prompt": prompt}


@pytest.mark.contract("S29")
@pytest.mark.parametrize(("rest", "tries_of_the_next_call"), [("60", False), ("0.1", True)])
async def test_a_failing_provider_is_tried_three_times_then_rests_and_is_tried_again(
    rest: str, tries_of_the_next_call: bool
) -> None:
    settings = {"CIRCUIT_BREAKER_THRESHOLD": "3", "CIRCUIT_BREAKER_TIMEOUT": rest}
    async with (
        upstream(saying({"error": "down"}, 500)) as router,
        upstream(saying(completion("gemini"))) as gemini,
        asking(router.env("OPENROUTER") | gemini.env("GEMINI") | settings) as client,
    ):
        assert (await client.post(CHAT, json=ask())).json()["response"] == "gemini"
        assert len(router.asked) == 3
        await asyncio.sleep(0.2)
        assert (await client.post(CHAT, json=ask())).json()["response"] == "gemini"
    assert (len(router.asked) > 3) is tries_of_the_next_call
    assert len(gemini.asked) == 2


@pytest.mark.contract("S29")
async def test_a_model_that_never_answers_is_given_up_in_time_and_its_call_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    assert InteractionSettings().answer_seconds == 28  # the function's 30 seconds, and a margin
    monkeypatch.setattr(compose, "InteractionSettings", partial(InteractionSettings, answer_seconds=0.6))
    stalled = streaming(forever=True)
    async with (
        upstream(stalled) as router,
        upstream(stalled) as gemini,
        asking(router.env("OPENROUTER") | gemini.env("GEMINI")) as client,
    ):
        begun = time.monotonic()
        answer = await client.post(CHAT, json=ask())
        assert time.monotonic() - begun < 10
        await asyncio.wait_for(asyncio.gather(router.hung_up.wait(), gemini.hung_up.wait()), 2)
    assert (answer.status_code, answer.json().keys()) == (504, {"detail"})


@pytest.mark.contract("S23", "S02")
async def test_ready_says_no_while_the_only_model_rests_and_health_goes_on() -> None:
    env = {"CIRCUIT_BREAKER_THRESHOLD": "1", "PROSA_MOCK": "false"}
    async with upstream(saying({"error": "down"}, 500)) as provider, asking(provider.env("GEMINI") | env) as client:
        before = await client.get("/v1/ready")
        assert (await client.post(CHAT, json=ask())).status_code == 502
        tried = len(provider.asked)
        after = await client.get("/v1/ready")
        assert (await client.get("/v1/health")).status_code == 200
        assert len(provider.asked) == tried
    assert (before.status_code, after.status_code) == (200, 503)
    assert after.json().keys() == {"ready", "checks", "timestamp"}
    assert (after.json()["ready"], after.json()["checks"]["llm_provider"]) == (False, False)


@pytest.mark.contract("S04")
async def test_the_mock_echoes_fifty_characters_where_it_is_chosen_and_never_in_production() -> None:
    prompt = "Uma pergunta que tem bem mais de cinquenta caracteres, para ver"
    async with upstream(saying(completion("gemini"))) as gemini:
        async with asking(gemini.env("GEMINI") | {"LLM_PROVIDER": "mock"}) as client:
            said = (await client.post(CHAT, json=ask(prompt))).json()
        async with asking(gemini.env("GEMINI") | {"LLM_PROVIDER": "mock", "PROSA_ENV": "production"}) as client:
            real = (await client.post(CHAT, json=ask(prompt))).json()
    assert said["model"] == "mock" and prompt[:50] in said["response"]
    assert real["response"] == "gemini"
    async with asking({"PROSA_ENV": "production"}) as client:
        assert (await client.post(CHAT, json=ask())).status_code == 503


@pytest.mark.contract("S07")
async def test_sixty_pass_by_default_and_a_new_user_id_is_no_way_round_the_keys_own_limit() -> None:
    async with asking() as client:
        begun = time.monotonic()
        statuses = [(await client.post(CHAT, json=ask())).status_code for _ in range(60)]
        limited = await client.post(CHAT, json=ask())
        while limited.status_code == 200 and time.monotonic() - begun < 20:  # a slow machine has earned some more by now
            limited = await client.post(CHAT, json=ask())
    assert statuses == [200] * 60
    assert (limited.status_code, limited.headers["x-ratelimit-limit"]) == (429, "60")
    env = {"API_KEY": KEY, "REQUIRE_API_KEY": "true", "RATE_LIMIT_PER_MINUTE": "2", "SERVERLESS_KEY_REQUESTS_PER_MINUTE": "3"}
    async with asking(env) as client:
        answers = [await client.post(CHAT, json=ask(user=f"user{n}"), headers={"x-api-key": KEY}) for n in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]


@pytest.mark.contract("S06", "S21")
async def test_off_this_machine_calls_without_a_key_pass_only_where_the_operator_says_so() -> None:
    far = {"x-forwarded-for": "203.0.113.7"}
    async with asking() as client:
        closed = await client.post(CHAT, json=ask(), headers=far)
    async with asking({"PROSA_ANONYMOUS": "serverless"}) as client:
        opened = await client.post(CHAT, json=ask(), headers=far)
        foreign = await client.post(CHAT, json=ask(), headers=far | {"origin": "https://evil.example"})
    assert (closed.status_code, opened.status_code, foreign.status_code) == (401, 200, 403)
    assert isinstance(closed.json()["detail"], str)


@pytest.mark.contract("S26")
async def test_without_the_switch_a_prompt_passes_as_it_is() -> None:
    prompt = "DROP TABLE de 123.456.789-09, ana@exemplo.com, (85) 99999-1234, 4111 1111 1111 1111"
    async with upstream(saying(completion())) as provider, asking(provider.env("OPENROUTER")) as client:
        answer = await client.post(CHAT, json=ask(prompt))
    assert (answer.status_code, answer.json()["prompt"]) == (200, prompt)
    assert provider.asked[0].fields["messages"][0]["content"] == prompt


@pytest.mark.contract("S26")
async def test_with_the_switch_every_kind_of_personal_data_is_masked_and_every_family_refused() -> None:
    prompt = "CPF 123.456.789-09 ana@exemplo.com (85) 99999-1234 (85)3333-1234 4111 1111 1111 1111 4111111111111111"
    masked = "CPF [CPF_REMOVED] [EMAIL_REMOVED] [PHONE_REMOVED] [PHONE_REMOVED] [CARD_REMOVED] [CARD_REMOVED]"
    families = ("Drop Table a", "delete from a", "insert into a", "update a set b", "<script>", "JavaScript:x", "onload=x")
    async with asking({"SERVERLESS_STRICT": "true"}) as client:
        assert (await client.post(CHAT, json=ask(prompt))).json()["prompt"] == masked
        for words in families:
            refused = await client.post(CHAT, json=ask(words))
            assert (refused.status_code, "dangerous content" in refused.text) == (422, True), words


@pytest.mark.contract("S01", "S24", "S02")
async def test_methods_paths_and_versions_are_the_contracts() -> None:
    async with asking() as client:
        assert (await client.get(CHAT)).status_code == 405
        assert (await client.options(CHAT)).status_code in (200, 405)
        plain = await client.post(CHAT, content=b'{"userId":"a","prompt":"b"}', headers={"content-type": "text/plain"})
        health, root = await client.get("/v1/health"), (await client.get("/")).json()
    assert plain.status_code == 200
    assert health.json().keys() == {"status", "version", "timestamp"}
    assert health.headers["x-prosa-version"] not in ("", "1.0.0")
    assert root.keys() >= {"name", "version", "status"} and root["version"] == "1.0.0"
