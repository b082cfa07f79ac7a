"""Contract S: what an unchanged caller of the serverless API sends and reads."""

import asyncio
import sqlite3
import uuid
from contextlib import closing
from datetime import datetime
from typing import Any

import httpx2
import pytest

from tests.serving import asking, running
from tests.upstream import completion, saying, upstream

CHAT = "/v1/chat"
KEY, OTHER = "settings-key-one-123", "settings-key-two-456"
KEYS = {"REQUIRE_API_KEY": "true", "API_KEYS": f" {KEY} , {OTHER}"}


def ask(prompt: str = "Olá!", user: str = "user123") -> dict[str, str]:
    return {"userId": user, "prompt": prompt}


def key(value: str) -> dict[str, str]:
    return {"x-api-key": value}


@pytest.mark.contract("S01", "S20")
async def test_a_question_is_answered_with_the_contracts_fields() -> None:
    async with asking() as client:
        answer = await client.post(CHAT, json=ask("  Olá! ") | {"unknown": 1})
    assert answer.status_code == 200
    said = answer.json()
    assert said.keys() == {"id", "interaction_id", "userId", "prompt", "response", "model", "timestamp", "cached"}
    assert said["id"] == said["interaction_id"] and uuid.UUID(said["id"]).version == 4
    assert (said["userId"], said["prompt"], said["model"], said["cached"]) == ("user123", "Olá!", "mock", False)
    assert said["response"]
    assert datetime.fromisoformat(said["timestamp"]).utcoffset() is not None and said["timestamp"].endswith("+00:00")


@pytest.mark.contract("S28", "S01")
async def test_the_model_gets_one_user_message_and_the_contracts_parameters() -> None:
    async with upstream(saying(completion())) as provider, asking(provider.env("OPENROUTER")) as client:
        await client.post(CHAT, json=ask("um"))
        answer = await client.post(CHAT, json=ask("dois"))
    fields = provider.asked[1].fields
    assert fields["messages"] == [{"role": "user", "content": "dois"}]
    assert (fields["temperature"], fields["max_tokens"]) == (0.7, 1000)
    assert (answer.json()["response"], answer.json()["model"]) == ("Oi!", "said-by-provider")


@pytest.mark.contract("S04")
async def test_openrouter_comes_first_where_its_key_is_there_and_the_setting_decides_over_it() -> None:
    async with upstream(saying(completion("router"))) as router, upstream(saying(completion("gemini"))) as gemini:
        env = router.env("OPENROUTER") | gemini.env("GEMINI")
        async with asking(env) as client:
            assert (await client.post(CHAT, json=ask())).json()["response"] == "router"
        async with asking(env | {"LLM_PROVIDER": "gemini"}) as client:
            assert (await client.post(CHAT, json=ask())).json()["response"] == "gemini"
    assert router.asked[0].fields["model"] == "google/gemini-2.5-flash"


@pytest.mark.contract("S29")
async def test_the_other_provider_is_asked_when_the_first_fails_unless_it_may_not_be() -> None:
    async with upstream(saying({"error": "down"}, 500)) as router, upstream(saying(completion("gemini"))) as gemini:
        env = router.env("OPENROUTER") | gemini.env("GEMINI")
        async with asking(env) as client:
            assert (await client.post(CHAT, json=ask())).json()["response"] == "gemini"
        async with asking(env | {"LLM_FALLBACK": "false"}) as client:
            failed = await client.post(CHAT, json=ask())
    assert failed.status_code == 502
    assert isinstance(failed.json()["detail"], str) and "down" not in failed.text


@pytest.mark.contract("S06", "S21")
async def test_the_key_is_judged_before_the_body_and_health_needs_none() -> None:
    async with asking(KEYS) as client:
        for body in (b'{"userId":"a","prompt":"b"}', b"{", b"{}"):
            missing = await client.post(CHAT, content=body)
            empty = await client.post(CHAT, content=body, headers=key(""))
            unknown = await client.post(CHAT, content=body, headers=key("nobody-knows-this"))
            assert (missing.status_code, empty.status_code, unknown.status_code) == (401, 401, 403)
            assert all(isinstance(answer.json()["detail"], str) for answer in (missing, empty, unknown))
        good = await client.post(CHAT, json=ask(), headers=key(KEY))
        bearer = await client.post(CHAT, json=ask(), headers={"authorization": f"Bearer {OTHER}"})
        assert (good.status_code, bearer.status_code) == (200, 200)
        for path in ("/v1/health", "/v1/ready", "/openapi.json"):
            assert (await client.get(path)).status_code == 200
        assert (await client.post(CHAT, content=b"{", headers=key(KEY))).status_code == 422


@pytest.mark.contract("S06")
async def test_no_key_is_built_in_and_with_keys_off_one_that_is_sent_along_is_ignored() -> None:
    async with asking({"REQUIRE_API_KEY": "true"}) as client:
        for guess in ("dev-key-123", "dev-key", ""):
            assert (await client.post(CHAT, json=ask(), headers=key(guess))).status_code in (401, 403)
    async with asking() as client:
        assert (await client.post(CHAT, json=ask(), headers=key("whatever-it-is"))).status_code == 200


@pytest.mark.contract("S22")
@pytest.mark.parametrize(
    ("body", "field", "kind"),
    [
        ({"prompt": "a"}, "userId", "missing"),
        ({"userId": "a"}, "prompt", "missing"),
        ({"userId": "", "prompt": "a"}, "userId", "string_too_short"),
        ({"userId": "a" * 101, "prompt": "a"}, "userId", "string_too_long"),
        ({"userId": "a b", "prompt": "a"}, "userId", "string_pattern_mismatch"),
        ({"userId": "a\n", "prompt": "a"}, "userId", "string_pattern_mismatch"),
        ({"userId": "é", "prompt": "a"}, "userId", "string_pattern_mismatch"),
        ({"userId": 7, "prompt": "a"}, "userId", "string_type"),
        ({"userId": "a", "prompt": ""}, "prompt", "string_too_short"),
        ({"userId": "a", "prompt": "  \n "}, "prompt", "string_too_short"),
        ({"userId": "a", "prompt": "secret-" * 600}, "prompt", "string_too_long"),
        ({"userId": "a", "prompt": ["secret-"]}, "prompt", "string_type"),
    ],
)
async def test_wrong_bodies_are_a_list_that_names_the_field_and_repeats_no_prompt(body: Any, field: str, kind: str) -> None:
    async with asking() as client:
        answer = await client.post(CHAT, json=body)
    assert answer.status_code == 422
    [detail] = answer.json()["detail"]
    assert (detail["loc"], detail["type"]) == (["body", field], kind)
    assert "msg" in detail and "secret-" not in answer.text
    if kind == "string_too_short":
        assert "at least 1 character" in detail["msg"]


@pytest.mark.contract("S22")
async def test_the_longest_prompt_passes_and_broken_json_is_422() -> None:
    async with asking() as client:
        assert (await client.post(CHAT, json=ask("é" * 4000))).status_code == 200
        for raw in (b"{", b"", b"\xff", b'{"userId":"a","prompt":"\\ud800"}', b"[]"):
            answer = await client.post(CHAT, content=raw)
            assert (answer.status_code, type(answer.json()["detail"])) == (422, list), raw


@pytest.mark.contract("S26")
async def test_strict_masks_before_model_store_and_echo_and_refuses_without_counting() -> None:
    async with upstream(saying(completion())) as provider:
        env = provider.env("OPENROUTER") | {"SERVERLESS_STRICT": "true", "RATE_LIMIT_PER_MINUTE": "1"}
        async with running(env) as prosa, httpx2.AsyncClient(base_url=prosa.base) as client:
            for _ in range(3):
                refused = await client.post(CHAT, json=ask("please DROP TABLE secret_things"))
                assert refused.status_code == 422
            answer = await client.post(CHAT, json=ask("Sou 123.456.789-09, ana@exemplo.com"))
            with closing(sqlite3.connect(prosa.database)) as stored:
                kept = stored.execute("SELECT prompt FROM interactions").fetchall()
    [detail] = refused.json()["detail"]
    assert "dangerous content" in detail["msg"] and detail["loc"] == ["body", "prompt"]
    assert "secret_things" not in refused.text
    masked = "Sou [CPF_REMOVED], [EMAIL_REMOVED]"
    assert answer.json()["prompt"] == masked
    assert kept == [(masked,)]
    assert provider.asked[0].fields["messages"][0]["content"] == masked


@pytest.mark.contract("S07")
async def test_each_user_of_a_key_has_a_limit_that_wrong_bodies_do_not_touch() -> None:
    async with asking(KEYS | {"RATE_LIMIT_PER_MINUTE": "3"}) as client:
        for _ in range(5):
            assert (await client.post(CHAT, json={}, headers=key(KEY))).status_code == 422
        statuses = [(await client.post(CHAT, json=ask(), headers=key(KEY))).status_code for _ in range(4)]
        limited = await client.post(CHAT, json=ask(), headers=key(KEY))
        another = await client.post(CHAT, json=ask(user="user456"), headers=key(KEY))
        elsewhere = await client.post(CHAT, json=ask(), headers=key(OTHER))
    assert statuses == [200, 200, 200, 429]
    assert limited.json() == {"detail": "Rate limit exceeded"}
    assert int(limited.headers["retry-after"]) >= 1
    assert (another.status_code, elsewhere.status_code) == (200, 200)


@pytest.mark.contract("S07")
async def test_many_at_once_are_all_answered() -> None:
    async with asking({"RATE_LIMIT_PER_MINUTE": "1000"}) as client:
        answers = await asyncio.gather(*(client.post(CHAT, json=ask(f"n {number}")) for number in range(20)))
    assert [answer.status_code for answer in answers] == [200] * 20
    assert len({answer.json()["id"] for answer in answers}) == 20


@pytest.mark.contract("S02", "S25")
async def test_health_says_healthy_and_the_contracts_version() -> None:
    async with asking(KEYS) as client:
        answer = await client.get("/v1/health")
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["version"]) == ("healthy", "1.0.0")
    assert datetime.fromisoformat(answer.json()["timestamp"]).utcoffset() is not None


@pytest.mark.contract("S23")
async def test_ready_tells_what_it_knows_and_asks_no_model() -> None:
    async with upstream(saying(completion())) as provider, running(provider.env()) as prosa:
        async with httpx2.AsyncClient(base_url=prosa.base) as client:
            ready = await client.get("/v1/ready")
            prosa.database.write_bytes(b"torn" * 1000)
            torn = await client.get("/v1/ready")
            healthy = await client.get("/v1/health")
        assert provider.asked == []
    assert (ready.status_code, ready.json()["ready"]) == (200, True)
    assert ready.json()["checks"] == {"database": True, "llm_provider": True, "cache": True}
    assert (torn.status_code, torn.json()["ready"], torn.json()["checks"]["database"]) == (503, False, False)
    assert healthy.status_code == 200


@pytest.mark.contract("S27")
async def test_a_trace_id_is_taken_over_and_kept_as_far_as_it_is_safe() -> None:
    async with running() as prosa, httpx2.AsyncClient(base_url=prosa.base) as client:
        for trace in (b"trace-1/abc:def", b"x" * 500, b"a [31mb\xff"):
            assert (await client.post(CHAT, json=ask(), headers={b"x-trace-id": trace})).status_code == 200
        with closing(sqlite3.connect(prosa.database)) as stored:
            kept = [row[0] for row in stored.execute("SELECT trace_id FROM interactions ORDER BY number")]
    assert kept == ["trace-1/abc:def", "x" * 128, "a[31mb"]


@pytest.mark.contract("S05")
async def test_a_failed_call_is_a_5xx_in_one_string_and_is_kept_as_failed() -> None:
    said = {"error": {"message": "PROVIDER-WORDS"}}
    async with upstream(saying(said, 401)) as provider, asking(provider.env("OPENROUTER")) as client:
        answer = await client.post(CHAT, json=ask())
        history = (await client.get("/v1/interactions", params={"userId": "user123"})).json()
    assert answer.status_code == 503 and isinstance(answer.json()["detail"], str)
    assert "PROVIDER-WORDS" not in answer.text
    [kept] = history["data"]
    assert (kept["status"], kept["response"], kept["model"]) == ("failed", None, "error")


@pytest.mark.contract("S05")
async def test_history_is_paged_newest_first_and_nobody_elses() -> None:
    async with asking(KEYS) as client:
        for number in range(5):
            await client.post(CHAT, json=ask(f"n {number}"), headers=key(KEY))
        await client.post(CHAT, json=ask("theirs"), headers=key(OTHER))
        prompts: list[str] = []
        query: dict[str, Any] = {"userId": "user123", "limit": 2}
        while True:
            page = (await client.get("/v1/interactions", params=query, headers=key(KEY))).json()
            prompts += [item["prompt"] for item in page["data"]]
            assert len(page["data"]) <= 2
            if page["next_cursor"] is None:
                break
            query["cursor"] = page["next_cursor"]
        missing = await client.get("/v1/interactions", params={"userId": "user123"})
        wrong = await client.get("/v1/interactions", params={"userId": "user123", "cursor": "nonsense"}, headers=key(KEY))
        unnamed = await client.get("/v1/interactions", headers=key(KEY))
        nobody = await client.get("/v1/interactions", params={"userId": "nobody"}, headers=key(KEY))
    assert prompts == ["n 4", "n 3", "n 2", "n 1", "n 0"]
    assert (missing.status_code, wrong.status_code, unnamed.status_code) == (401, 400, 422)
    assert unnamed.json()["detail"][0]["loc"] == ["query", "userId"]
    assert nobody.json() == {"data": [], "next_cursor": None}


@pytest.mark.contract("S21")
async def test_a_visitor_without_a_key_may_ask_but_has_no_history() -> None:
    async with asking({"API_KEY": KEY}) as client:
        assert (await client.post(CHAT, json=ask())).status_code == 200
        assert (await client.get("/v1/interactions", params={"userId": "user123"})).status_code == 401


@pytest.mark.contract("S20")
async def test_the_cache_when_on_answers_the_same_user_and_nobody_else() -> None:
    cached = {"ENABLE_CACHE": "true"}
    async with upstream(saying(completion())) as provider, asking(provider.env("OPENROUTER") | cached) as client:
        first = (await client.post(CHAT, json=ask("Olá!"))).json()
        again = (await client.post(CHAT, json=ask(" OLÁ! "))).json()
        other = (await client.post(CHAT, json=ask("Olá!", "user456"))).json()
    assert (first["cached"], again["cached"], other["cached"]) == (False, True, False)
    assert (again["model"], again["response"]) == ("cache", first["response"])
    assert again["id"] != first["id"]
    assert len(provider.asked) == 2


async def test_a_database_that_is_away_is_a_503_and_the_model_is_not_asked() -> None:
    async with upstream(saying(completion())) as provider, running(provider.env("OPENROUTER")) as prosa:
        prosa.database.write_bytes(b"torn" * 1000)
        async with httpx2.AsyncClient(base_url=prosa.base) as client:
            answer = await client.post(CHAT, json=ask())
        assert provider.asked == []
    assert (answer.status_code, answer.json()) == (503, {"detail": "The database is not available."})
