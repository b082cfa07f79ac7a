"""`/v1/embeddings` and `/v1/models` through the real application."""

import pytest

from tests.serving import asking
from tests.upstream import saying, upstream

VECTORS = {
    "object": "list",
    "data": [{"object": "embedding", "index": 0, "embedding": [0.5, -0.25]}],
    "model": "text-embedding-3-small",
    "usage": {"prompt_tokens": 2, "total_tokens": 2},
}


async def test_a_providers_vectors_arrive_as_they_are() -> None:
    async with upstream(saying(VECTORS)) as provider, asking(provider.env()) as client:
        body = {"model": "text-embedding-3-small", "input": ["Olá", "Oi"], "dimensions": 2, "api_base": "http://127.0.0.1:1"}
        answer = await client.post("/v1/embeddings", json=body)
    assert answer.json() == VECTORS
    [asked] = provider.asked
    assert asked.path == "/v1/embeddings"
    assert (asked.fields["input"], asked.fields["dimensions"]) == (["Olá", "Oi"], 2)
    assert "api_base" not in asked.fields


@pytest.mark.attack("J8")
async def test_inputs_are_texts_or_tokens_and_bounded_in_number() -> None:
    async with asking() as client:
        unfit: tuple[object, ...] = (None, "", 7, {}, [], ["a"] * 3000, [[1]] * 3000)
        for wrong in unfit:
            refused = await client.post("/v1/embeddings", json={"model": "mock", "input": wrong})
            assert (refused.status_code, refused.json()["error"]["param"]) == (400, "input"), wrong
        for right in ("a", ["a", "b"], [1, 2, 3], [[1, 2], [3]]):
            answer = await client.post("/v1/embeddings", json={"model": "mock", "input": right, "dimensions": 3})
            assert answer.status_code == 200, right


async def test_models_are_listed_and_found_by_names_with_slashes() -> None:
    listed_by_provider = {"data": [{"id": "google/gemini-2.5-flash"}, {"id": "meta/llama"}]}
    async with upstream(saying(listed_by_provider)) as provider, asking(provider.env("OPENROUTER")) as client:
        listed = (await client.get("/v1/models")).json()
        assert listed["object"] == "list"
        ids = {model["id"] for model in listed["data"]}
        assert {"openrouter/google/gemini-2.5-flash", "openrouter/meta/llama", "mock"} <= ids
        one = await client.get("/v1/models/openrouter/google/gemini-2.5-flash")
        assert one.json()["id"] == "openrouter/google/gemini-2.5-flash"
        assert one.json()["object"] == "model"
        missing = await client.get("/v1/models/no/such/model")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "model_not_found")


@pytest.mark.attack("C11")
async def test_the_list_needs_a_key_where_there_are_any_and_tells_no_address_and_no_secret() -> None:
    key = "a-key-of-mine-123"
    async with upstream(saying({"data": []})) as provider, asking(provider.env() | {"API_KEY": key}) as client:
        refused = await client.get("/v1/models")
        listed = await client.get("/v1/models", headers={"authorization": f"Bearer {key}"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "missing_api_key")
    assert listed.status_code == 200
    assert "127.0.0.1" not in listed.text and "sk-operator" not in listed.text


async def test_an_unknown_path_and_a_wrong_method_speak_openais_envelope() -> None:
    async with asking() as client:
        unknown = await client.get("/v1/nope")
        wrong = await client.delete("/v1/models")
        hot = await client.delete("/v1/chat/completions")
        lacking = await client.post("/chat/completions", json={})
    assert (lacking.status_code, "base_url ends in /v1" in lacking.json()["detail"]) == (404, True)
    assert "/docs" in unknown.json()["error"]["message"]
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "not_found")
    assert (wrong.status_code, wrong.json()["error"]["code"], wrong.headers["allow"]) == (405, "method_not_allowed", "GET")
    assert (hot.status_code, hot.headers["allow"]) == (405, "POST, GET")
