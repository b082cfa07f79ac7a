"""Stored chat completions as things: listed, read, described, deleted, as OpenAI's API has them."""

from typing import Any

import httpx2
import openai
import pytest

from tests.api.openai.stored import PATH, call, check_completion, person, served
from tests.databases import KINDS


async def made(client: httpx2.AsyncClient, headers: dict[str, str] | None = None, **fields: Any) -> str:
    answer = await client.post(PATH, json=call(**fields), headers=headers or {})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def ids(page: httpx2.Response) -> list[str]:
    assert page.status_code == 200, page.text
    body = page.json()
    found = [one["id"] for one in body["data"]]
    assert body["object"] == "list" and (body["first_id"], body["last_id"]) == ((found or [None])[0], (found or [None])[-1])
    return found


@pytest.mark.parametrize("kind", KINDS)
async def test_lists_are_paged_ordered_and_filtered(kind: str) -> None:
    async with served(kind) as (_, client):
        tagged = [await made(client, metadata={"topic": f"{number % 2}", "n": f"{number}"}) for number in range(5)]
        odd = await made(client, metadata={'a":"b': '","topic":"0'}, mock={"report_model": "another"})
        assert ids(await client.get(PATH)) == [*tagged, odd]
        assert ids(await client.get(PATH, params={"order": "desc"})) == [odd, *reversed(tagged)]
        first = await client.get(PATH, params={"limit": 2})
        assert ids(first) == tagged[:2] and first.json()["has_more"]
        second = await client.get(PATH, params={"limit": 4, "after": tagged[1]})
        assert ids(second) == [*tagged[2:], odd] and not second.json()["has_more"]
        back = await client.get(PATH, params={"limit": 2, "after": tagged[2], "order": "desc"})
        assert ids(back) == [tagged[1], tagged[0]] and not back.json()["has_more"]
        assert ids(await client.get(PATH, params={"metadata[topic]": "0"})) == tagged[::2]
        assert ids(await client.get(PATH, params={"metadata[topic]": "0", "metadata[n]": "2"})) == [tagged[2]]
        assert ids(await client.get(PATH, params={"metadata[topic]": "0", "limit": 1, "after": tagged[0]})) == [tagged[2]]
        assert ids(await client.get(PATH, params={'metadata[a":"b]': '","topic":"0'})) == [odd]
        assert ids(await client.get(PATH, params={"model": "another"})) == [odd]
        assert ids(await client.get(PATH, params={"model": "%"})) == []


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=a", "limit"),
        ("order=up", "order"),
        ("after=" + "a" * 200, "after"),
        ("model=" + "a" * 300, "model"),
        ("&".join(f"metadata[{number}]=a" for number in range(17)), "metadata"),
    ],
)
async def test_a_list_out_of_bounds_is_refused_by_name(query: str, param: str) -> None:
    async with served() as (_, client):
        answer = await client.get(f"{PATH}?{query}")
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)


@pytest.mark.parametrize("kind", KINDS)
async def test_it_is_read_described_and_deleted_by_the_official_sdk(kind: str) -> None:
    async with served(kind) as (prosa, client), openai.AsyncOpenAI(base_url=f"{prosa.base}/v1", api_key="none") as sdk:
        tools: Any = [{"type": "function", "function": {"name": "clock", "parameters": {"type": "object"}}}]
        id = await made(client, temperature=0.5, tools=tools, mock={"text": "Olá."})
        found = await sdk.chat.completions.retrieve(id)
        assert found.id == id and found.choices[0].message.content == "Olá." and found.metadata == {}
        raw = (await client.get(f"{PATH}/{id}")).json()
        check_completion(raw, frozenset({"tools", "temperature"}))
        assert (raw["tools"], raw["temperature"]) == (tools, 0.5)
        changed = await sdk.chat.completions.update(id, metadata={"topic": "burros"})
        assert changed.metadata == {"topic": "burros"}
        assert [one.id async for one in sdk.chat.completions.list(metadata={"topic": "burros"})] == [id]
        assert (await sdk.chat.completions.update(id, metadata=None)).metadata == {}
        gone = await sdk.chat.completions.delete(id)
        assert (gone.id, gone.deleted, gone.object) == (id, True, "chat.completion.deleted")
        for path in (f"{PATH}/{id}", f"{PATH}/{id}/messages"):
            assert (await client.get(path)).status_code == 404
        assert await prosa.system.people.database.fetch("SELECT id FROM runs") == []


async def test_messages_are_those_of_the_request() -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
    messages: list[dict[str, Any]] = [
        {"role": "system", "content": "Be short."},
        {
            "role": "user",
            "name": "ana",
            "content": [{"type": "text", "text": "What is "}, {"type": "text", "text": "this?"}, image],
        },
        {"role": "assistant", "content": None, "tool_calls": [{"id": "c", "type": "function", "function": {"name": "see"}}]},
        {"role": "tool", "tool_call_id": "c", "content": "a donkey"},
    ]
    async with served() as (prosa, client), openai.AsyncOpenAI(base_url=f"{prosa.base}/v1", api_key="none") as sdk:
        id = await made(client, messages=messages)
        body = (await client.get(f"{PATH}/{id}/messages")).json()
        pages = [one.id async for one in sdk.chat.completions.messages.list(id, limit=3)]
        back = (await client.get(f"{PATH}/{id}/messages", params={"order": "desc", "limit": 1})).json()
        wrong = await client.get(f"{PATH}/{id}/messages", params={"after": "chatcmpl-nothing-7"})
    data = body["data"]
    assert [one["id"] for one in data] == [f"{id}-{number}" for number in range(4)] == pages
    assert [one["role"] for one in data] == ["system", "user", "assistant", "tool"]
    assert [one["content"] for one in data] == ["Be short.", "What is this?", None, "a donkey"]
    assert data[1]["content_parts"] == messages[1]["content"] and data[0]["content_parts"] is None
    assert data[1]["name"] == "ana" and data[2]["tool_calls"] == messages[2]["tool_calls"]
    assert (back["data"][0]["id"], back["has_more"]) == (f"{id}-3", True)
    assert (wrong.status_code, wrong.json()["error"]["param"]) == (404, "after")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"metadata":1}',
        b'{"metadata":{"a":1}}',
        b'{"metadata":{},"model":"x"}',
        b'{"metadata":{"a":"\xff"}}',
    ],
)
async def test_a_change_that_cannot_be_understood_changes_nothing(body: bytes) -> None:
    async with served() as (_, client):
        id = await made(client, metadata={"a": "b"})
        answer = await client.post(f"{PATH}/{id}", content=body)
        left = (await client.get(f"{PATH}/{id}")).json()["metadata"]
    assert answer.status_code == 400 and left == {"a": "b"}


async def test_an_id_that_is_none_another_ones_run_and_nothing_read_the_same() -> None:
    async with served() as (prosa, client):
        (_, ana), (_, bia) = await person(prosa, "ana@example.com"), await person(prosa, "bia@example.com")
        id = await made(client, ana)
        answers = [
            await client.get(f"{PATH}/{one}", headers=bia)
            for one in (id, "chatcmpl-" + "0" * 32, "chatcmpl-x", "x", "resp_" + id.removeprefix("chatcmpl-"), "chatcmpl-%00")
        ]
        after = await client.get(PATH, params={"after": id}, headers=bia)
        plain = await client.get(PATH)
    assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}
    assert after.status_code == 404 and plain.status_code == 401
