"""`POST /v1/chat/completions` with `store: true`: a run that goes on whoever leaves, told as the relay tells it."""

import asyncio
import json
from typing import Any

import httpx2
import pytest

from prosa.identity import OPERATOR
from tests.api.openai.stored import ASKED, DONE, PATH, call, check_chunk, check_completion, chunks, person, said, served
from tests.databases import KINDS
from tests.serving import Running, asking
from tests.upstream import DONE as END
from tests.upstream import chunk, in_turn, saying, streaming, upstream

SLOW = {"text": "um burro verde canta muito bem de noite", "delay": 0.1}


async def get(client: httpx2.AsyncClient, id: str, **headers: str) -> httpx2.Response:
    return await client.get(f"{PATH}/{id}", headers=headers)


async def ended(client: httpx2.AsyncClient, id: str) -> dict[str, Any]:
    """The completion once it is there."""
    for _ in range(200):
        found = await get(client, id)
        if found.status_code != 404:
            break
        await asyncio.sleep(0.05)
    assert found.status_code == 200, found.text
    body: dict[str, Any] = found.json()
    return body


async def idle(prosa: Running) -> None:
    """Nothing is driven any more."""
    for _ in range(400):
        if not prosa.system.runs.live:
            return
        await asyncio.sleep(0.05)
    raise AssertionError


@pytest.mark.parametrize("kind", KINDS)
async def test_whole_and_streamed_it_is_what_the_sdk_expects_and_can_be_read_afterwards(kind: str) -> None:
    async with served(kind) as (_, client):
        whole = await client.post(PATH, json=call(metadata={"topic": "burros"}))
        streamed = await client.post(PATH, json=call(stream=True, stream_options={"include_usage": True}))
        plain = await client.post(PATH, json={"model": "mock", "messages": ASKED})
        found = chunks(streamed.text)
        stored = [await ended(client, id) for id in (whole.json()["id"], found[0]["id"])]
    check_completion(whole.json())
    for one in found:
        check_chunk(one)
        assert one["id"] == found[0]["id"] and one["id"].startswith("chatcmpl-")
    assert found[0]["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    assert found[-1]["choices"] == [] and found[-1]["usage"]["total_tokens"] > 0
    text = plain.json()["choices"][0]["message"]["content"]
    assert whole.json()["choices"][0]["message"]["content"] == said(found) == text
    for one in stored:
        check_completion(one)
        assert one["choices"][0]["message"]["content"] == text
        assert one["usage"] == plain.json()["usage"]
    assert [one["metadata"] for one in stored] == [{"topic": "burros"}, {}]


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize(
    "fields",
    [
        {"mock": {"tools": "all"}, "tools": [{"type": "function", "function": {"name": name}} for name in ("clock", "sum")]},
        {"mock": {"reasoning": "Hm.", "text": "Sim."}},
        {"mock": {"refusal": "Não."}},
        {"n": 3, "mock": {"text": "Olá, olá."}},
        {"mock": {"text": "com probabilidades"}, "logprobs": True, "top_logprobs": 2},
        {"max_tokens": 2, "mock": {"text": "um dois três quatro"}},
        {"mock": {"text": ""}},
        {"mock": {"text": "ção 🙂 " * 50, "split": 3}},
    ],
    ids=["tools", "reasoning", "refusal", "three", "logprobs", "cut", "empty", "split"],
)
async def test_what_is_stored_is_what_the_model_says_without_a_stream(fields: dict[str, Any], stream: bool) -> None:
    async with served() as (_, client):
        plain = await client.post(PATH, json={"model": "mock", "messages": ASKED} | fields)
        made = await client.post(PATH, json=call(stream=stream, **fields))
        id = chunks(made.text)[0]["id"] if stream else made.json()["id"]
        stored = await ended(client, id)
    assert plain.status_code == made.status_code == 200, (plain.text, made.text)
    check_completion(stored, frozenset({"tools"}))
    assert len(stored["choices"]) == len(plain.json()["choices"])
    for here, there in zip(stored["choices"], plain.json()["choices"], strict=True):
        assert here["finish_reason"] == there["finish_reason"]
        assert (here["logprobs"] or None) == (there.get("logprobs") or None)
        told, right = here["message"], there["message"]
        for name in ("content", "refusal", "reasoning_content"):
            assert (told.get(name) or None) == (right.get(name) or None), name
        assert _calls(told) == _calls(right)
    assert stored["usage"] == plain.json()["usage"]


def _calls(message: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["function"]["name"], one["function"]["arguments"]) for one in message.get("tool_calls") or ()]


async def test_without_store_nothing_is_kept_and_the_providers_chunks_pass_as_they_are() -> None:
    pieces = (chunk("Olá"), chunk("!", "stop"), END)
    async with upstream(streaming(*pieces)) as provider, served(env=provider.env()) as (prosa, client):
        for store in ({}, {"store": False}, {"store": None}):
            answer = await client.post(PATH, json={"messages": ASKED, "stream": True} | store)
            assert answer.content == b"".join(pieces)
        assert (await client.get(PATH)).json()["data"] == []
        assert await prosa.system.people.database.fetch("SELECT id FROM runs") == []


async def test_the_provider_is_not_asked_to_store_anything_itself() -> None:
    pieces = (chunk("Olá"), chunk("!", "stop"), END)
    async with upstream(streaming(*pieces)) as provider, served(env=provider.env()) as (_, client):
        await client.post(PATH, json={"messages": ASKED, "store": True, "metadata": {"a": "b"}, "top_k": 7})
    [asked] = provider.asked
    assert {"store", "metadata"}.isdisjoint(asked.fields) and asked.fields["top_k"] == 7 and asked.fields["stream"] is True


async def test_who_leaves_cancels_nothing() -> None:
    async with served() as (prosa, client):
        async with client.stream("POST", PATH, json=call(stream=True, mock=SLOW)) as reading:
            first = await anext(reading.aiter_lines())
        with pytest.raises(httpx2.ReadTimeout):
            await client.post(PATH, json=call(mock=SLOW), timeout=0.2)
        stored = await ended(client, json.loads(first.removeprefix("data: "))["id"])
        await idle(prosa)
        page = (await client.get(PATH)).json()["data"]
    assert stored["choices"][0]["message"]["content"] == SLOW["text"]
    assert [one["choices"][0]["message"]["content"] for one in page] == [SLOW["text"]] * 2


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
async def test_a_stream_that_breaks_ends_well_formed_and_what_was_said_is_kept(stream: bool) -> None:
    async with upstream(streaming(chunk("Um burro"))) as provider, served(env=provider.env()) as (_, client):
        answer = await client.post(PATH, json={"messages": ASKED, "store": True, "stream": stream})
        page = (await client.get(PATH)).json()["data"]
    [stored] = page
    assert stored["choices"][0]["message"]["content"] == "Um burro"
    assert stored["choices"][0]["finish_reason"] == "length"
    assert stored["incomplete_details"] == {"reason": "stream_broken"}
    if stream:
        assert said(chunks(answer.text)) == "Um burro"
        assert chunks(answer.text)[-1]["error"]["code"] == "stream_broken"
    else:
        assert (answer.status_code, answer.json()["incomplete_details"]) == (200, {"reason": "stream_broken"})


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"mock": {"status": 400, "error": "no such thing"}}, 400, "invalid_request"),
        ({"mock": {"status": 500}}, 502, "provider_error"),
        ({"model": "nobody/has-it"}, 404, "model_not_found"),
        ({"messages": []}, 400, "invalid_request"),
        ({"metadata": {"a": 1}}, 400, "invalid_value"),
        ({"metadata": {str(number): "" for number in range(17)}}, 400, "invalid_value"),
        ({"metadata": {"a" * 65: ""}}, 400, "invalid_value"),
        ({"metadata": {"a": "b" * 513}}, 400, "invalid_value"),
    ],
)
async def test_what_fails_before_its_first_word_is_an_error_and_no_completion(
    fields: dict[str, Any], status: int, code: str, stream: bool
) -> None:
    async with served(env={"PROSA_RETRIES": "0"}) as (_, client):
        answer = await client.post(PATH, json=call(stream=stream) | fields)
        page = await client.get(PATH)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text
    assert page.json()["data"] == []


async def test_a_completion_that_is_cancelled_says_so() -> None:
    async with served() as (prosa, client):
        async with client.stream("POST", PATH, json=call(stream=True, mock=SLOW)) as reading:
            lines = reading.aiter_lines()
            first = json.loads((await anext(lines)).removeprefix("data: "))
            for _ in range(6):
                await anext(lines)
            await prosa.system.runs.cancel("local", first["id"].removeprefix("chatcmpl-"))
            rest = [line async for line in lines if line]
        stored = await ended(client, first["id"])
    assert rest[-1] == DONE and json.loads(rest[-2].removeprefix("data: "))["error"]["code"] == "cancelled"
    assert stored["incomplete_details"] == {"reason": "cancelled"}
    text = stored["choices"][0]["message"]["content"]
    assert text and SLOW["text"].startswith(text)  # type: ignore[attr-defined]  # a text among numbers


@pytest.mark.attack("A1", "A3")
async def test_nobody_else_reads_follows_changes_or_deletes_it_at_any_moment() -> None:
    async with served() as (prosa, client):
        (_, ana), (_, bia) = await person(prosa, "ana@example.com"), await person(prosa, "bia@example.com")
        nothing = await get(client, "chatcmpl-" + "0" * 32, **bia)
        async with client.stream("POST", PATH, json=call(stream=True, mock=SLOW), headers=ana) as reading:
            lines = reading.aiter_lines()
            id = json.loads((await anext(lines)).removeprefix("data: "))["id"]
            answers = [answer async for _ in lines for answer in await _tries(client, id, bia)]
        answers += await _tries(client, id, bia)
        own = await get(client, id, **ana)
        page = await client.get(PATH, headers=bia)
    assert {(answer.status_code, answer.content) for answer in answers} == {(404, nothing.content)}
    assert own.json()["choices"][0]["message"]["content"] == SLOW["text"]
    assert page.json()["data"] == []


async def _tries(client: httpx2.AsyncClient, id: str, headers: dict[str, str]) -> list[httpx2.Response]:
    return [
        await client.get(f"{PATH}/{id}", headers=headers),
        await client.get(f"{PATH}/{id}/messages", headers=headers),
        await client.post(f"{PATH}/{id}", json={"metadata": {}}, headers=headers),
        await client.delete(f"{PATH}/{id}", headers=headers),
    ]


@pytest.mark.attack("A17", "C4")
async def test_a_stream_ends_within_a_second_when_its_owner_is_suspended() -> None:
    slow = SLOW | {"delay": 0.3}
    async with served() as (prosa, client):
        ana, headers = await person(prosa, "ana@example.com")
        async with client.stream("POST", PATH, json=call(stream=True, mock=slow), headers=headers) as reading:
            lines = reading.aiter_lines()
            await anext(lines)
            await prosa.system.people.identity.accounts.suspend(OPERATOR, ana.id)
            async with asyncio.timeout(1.0):
                rest = [line async for line in lines if line]
    assert rest[-1] == DONE and "error" in json.loads(rest[-2].removeprefix("data: "))
    assert "noite" not in "".join(rest)


@pytest.mark.attack("A19")
async def test_a_storm_of_leavers_mixes_no_answers() -> None:
    async with served() as (prosa, client):

        async def one(number: int) -> str | None:
            text = f"nonce-{number} " * 5
            body = call(stream=number % 2 == 0, mock={"text": text, "delay": 0.01})
            try:
                answer = await client.post(PATH, json=body, timeout=0.03 if number % 3 == 0 else 30)
            except httpx2.TimeoutException:
                return None
            found = chunks(answer.text) if number % 2 == 0 else [answer.json()]
            told = said(found) if number % 2 == 0 else found[0]["choices"][0]["message"]["content"]
            return None if told == text else f"{number}: {told}"

        assert [wrong for wrong in await asyncio.gather(*map(one, range(90))) if wrong] == []
        await idle(prosa)
        page = (await client.get(PATH, params={"limit": 100})).json()["data"]
    assert len(page) >= 60  # those who left may have done so before anything was begun
    for stored in page:
        words = stored["choices"][0]["message"]["content"].split()
        assert len(words) == 5 and len(set(words)) == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_under_one_key_there_is_one_run_and_each_attempt_gets_all_of_it(kind: str) -> None:
    async with served(kind) as (prosa, client):

        async def ask() -> str:
            for _ in range(100):
                answer = await client.post(PATH, json=call(stream=True, mock=SLOW), headers={"Idempotency-Key": "one"})
                if answer.status_code != 409:
                    assert answer.status_code == 200, answer.text
                    return answer.text
                await asyncio.sleep(0.05)
            raise AssertionError

        texts = await asyncio.gather(*(ask() for _ in range(20)))
        late = await ask()
        runs = await prosa.system.people.database.fetch("SELECT id FROM runs")
    assert {*texts, late} == {late} and said(chunks(late)) == SLOW["text"]
    assert len(runs) == 1


async def test_what_failed_is_tried_anew_under_its_key() -> None:
    good = streaming(chunk("Olá!", "stop"), END)
    failing = saying({"error": {"message": "no"}}, status=500)
    answers = in_turn(failing, good)
    async with upstream(answers) as provider, served(env=provider.env() | {"PROSA_RETRIES": "0"}) as (prosa, client):
        asked = {"messages": ASKED, "store": True, "stream": True}
        statuses = []
        for _ in range(3):
            answer = await client.post(PATH, json=asked, headers={"Idempotency-Key": "again"})
            statuses.append(answer.status_code)
        runs = await prosa.system.people.database.fetch("SELECT state FROM runs")
    assert statuses[-1] == 200 and statuses[0] in (200, 502)
    assert [tuple(row) for row in runs] == [("completed",)]


async def test_the_relay_serves_as_before_where_nothing_is_stored() -> None:
    async with asking() as client:
        answer = await client.post(PATH, json={"model": "mock", "messages": ASKED, "metadata": {"a": "b"}})
    assert answer.status_code == 200
