"""`POST /v1/chat/completions` through the real application."""

import asyncio
import json
from typing import Any

import httpx2
import pytest

from tests.serving import asking, running
from tests.upstream import DONE, chunk, completion, saying, streaming, upstream

PATH = "/v1/chat/completions"
ASKED = [{"role": "user", "content": "Olá!"}]


def call(**fields: Any) -> dict[str, Any]:
    return {"model": "mock", "messages": ASKED} | fields


async def test_an_answer_is_whole_or_a_stream_as_the_request_says() -> None:
    async with asking() as client:
        whole = await client.post(PATH, json=call())
        assert whole.status_code == 200
        assert whole.headers["content-type"] == "application/json"
        text = whole.json()["choices"][0]["message"]["content"]
        streamed = await client.post(PATH, json=call(stream=True))
    assert streamed.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert streamed.headers["x-accel-buffering"] == "no"
    assert "no-cache" in streamed.headers["cache-control"]
    events = streamed.text.split("\n\n")
    assert events[-2:] == ["data: [DONE]", ""]
    chunks = [json.loads(event.removeprefix("data: ")) for event in events[:-2]]
    assert "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks if chunk["choices"]) == text


async def test_without_a_model_the_default_answers_and_unknown_fields_travel_on() -> None:
    async with upstream(saying(completion())) as provider, asking(provider.env()) as client:
        answer = await client.post(PATH, json={"messages": ASKED, "model": None, "top_k": 7, "user": "someone"})
    assert answer.json() == completion()
    [asked] = provider.asked
    assert (asked.fields["top_k"], asked.fields["user"], asked.fields["messages"]) == (7, "someone", ASKED)


@pytest.mark.attack("C6", "C12")
async def test_a_caller_cannot_steer_where_a_call_goes_or_with_which_key() -> None:
    steering = {
        "api_base": "",
        "base_url": "",
        "api_key": "sk-mine",
        "organization": "org-mine",
        "extra_headers": {"authorization": "Bearer sk-mine", "host": "evil.example"},
        "custom_llm_provider": "evil",
        "proxy": "",
        "host": "evil.example",
    }
    async with upstream(saying(completion())) as trap, upstream(saying(completion())) as provider:
        steering |= {"api_base": trap.url, "base_url": trap.url, "proxy": trap.url}
        async with asking(provider.env()) as client:
            headers = {"openai-organization": "org-mine", "x-user-id": "admin"}
            answer = await client.post(PATH, json={"messages": ASKED} | steering, headers=headers)
    assert answer.status_code == 200
    assert trap.asked == []
    [asked] = provider.asked
    assert asked.headers["authorization"] == "Bearer sk-operator-secret-1234567890"
    assert steering.keys().isdisjoint(asked.fields)
    assert "mine" not in str(asked.headers) and "evil" not in str(asked.headers)


@pytest.mark.attack("J6", "J8", "K11")
@pytest.mark.parametrize(
    ("body", "param"),
    [
        (b"", None),
        (b"{", None),
        (b"[]", None),
        (b'"text"', None),
        (b'{"messages":[],"model":"mock"}', "messages"),
        (b'{"messages":"hi"}', "messages"),
        (b'{"messages":null}', "messages"),
        (b'{"model":"mock"}', "messages"),
        (b'{"model":7,"messages":[{}]}', "model"),
        (b'{"model":"","messages":[{}]}', "model"),
        (b'{"model":"a\\nb","messages":[{}]}', "model"),
        (b'{"messages":[{}],"stream":"yes"}', "stream"),
        (b'{"messages":[{}],"stream_options":[]}', "stream_options"),
        (b'{"messages":[{}],"n":1000}', "n"),
        (b'{"messages":[{}],"n":0}', "n"),
        (b'{"messages":[{}],"max_tokens":"many"}', "max_tokens"),
        (b'{"messages":[{}],"max_tokens":-5}', "max_tokens"),
        (b'{"messages":[{}],"max_tokens":1e999}', "max_tokens"),
        (b'{"messages":[' + b"{}," * 3000 + b"{}]}", "messages"),
        (b'{"messages":[{}],"x":' + b"[" * 10_000 + b"]" * 10_000 + b"}", None),
        (b'{"messages":[{"content":"\xff"}]}', None),
    ],
)
async def test_what_breaks_a_bound_is_refused_in_openais_envelope(body: bytes, param: str | None) -> None:
    async with asking() as client:
        answer = await client.post(PATH, content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error.keys() == {"message", "type", "param", "code"}
    assert (error["type"], error["param"]) == ("invalid_request_error", param)


@pytest.mark.attack("J8", "K11")
async def test_an_absurd_wish_for_tokens_is_clamped_and_a_repeated_name_has_one_meaning() -> None:
    async with upstream(saying(completion())) as provider, asking(provider.env()) as client:
        body = b'{"messages":[{"role":"user","content":"a"}],"max_tokens":1000000000,"model":"x","model":"y"}'
        await client.post(PATH, content=body)
    [asked] = provider.asked
    assert asked.fields["max_tokens"] == 1_000_000
    assert asked.fields["model"] == "y"
    assert asked.body.count(b'"model"') == 1


@pytest.mark.attack("C8", "C11")
async def test_a_providers_no_is_told_in_the_envelope_without_the_operators_secrets() -> None:
    said = {"error": {"message": "Incorrect API key provided: sk-operator-secret-1234567890", "type": "auth"}}
    async with upstream(saying(said, 401)) as provider, asking(provider.env()) as client:
        answer = await client.post(PATH, json={"messages": ASKED})
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "provider_auth"
    assert "sk-operator" not in answer.text and provider.url not in answer.text


async def test_a_model_that_nobody_serves_is_a_404_with_the_way_out() -> None:
    async with asking() as client:
        answer = await client.post(PATH, json=call(model="gpt-99"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "model_not_found")


async def test_a_stream_that_breaks_ends_with_an_error_event_and_the_marker() -> None:
    async with upstream(streaming(chunk("Olá"), b'data: {"half')) as provider, asking(provider.env()) as client:
        answer = await client.post(PATH, json={"messages": ASKED, "stream": True})
    assert answer.status_code == 200
    events = answer.text.split("\n\n")
    assert "Olá" in events[0]
    assert events[-2] == "data: [DONE]"
    assert json.loads(events[-3].removeprefix("data: "))["error"]["message"]


@pytest.mark.contract("B43")
@pytest.mark.parametrize("begun", [False, True])
async def test_a_client_that_leaves_closes_the_providers_connection(begun: bool) -> None:
    pieces = [chunk("Olá")] if begun else []
    async with upstream(streaming(*pieces, forever=True)) as provider, running(provider.env()) as prosa:
        async with httpx2.AsyncClient(base_url=prosa.base) as client:
            task = asyncio.create_task(client.post(PATH, json={"messages": ASKED, "stream": True}))
            async with asyncio.timeout(5):
                await provider.reached.wait()
            await asyncio.sleep(0.05 if begun else 0)
            task.cancel()
        async with asyncio.timeout(1):
            await provider.hung_up.wait()
        assert prosa.system.client.figures().open == 0


async def test_keys_are_asked_for_once_there_are_any() -> None:
    async with asking({"API_KEYS": "key-one-long-enough,key-two-long-enough"}) as client:
        missing = await client.post(PATH, json=call())
        wrong = await client.post(PATH, json=call(), headers={"authorization": "Bearer nope-nope-nope"})
        right = await client.post(PATH, json=call(), headers={"authorization": "Bearer key-two-long-enough"})
    assert (missing.status_code, wrong.status_code, right.status_code) == (401, 401, 200)
    assert wrong.json()["error"]["code"] == "invalid_api_key"
    assert right.headers["x-ratelimit-limit-requests"]


async def test_a_sent_marker_ends_the_answer_though_the_provider_keeps_its_connection() -> None:
    pieces = chunk("Olá"), chunk(finish="stop"), DONE
    async with upstream(streaming(*pieces, forever=True)) as provider, asking(provider.env()) as client, asyncio.timeout(5):
        answer = await client.post(PATH, json={"messages": ASKED, "stream": True})
    assert answer.text.endswith("data: [DONE]\n\n")


@pytest.mark.attack("K4")
async def test_line_ends_in_an_answers_text_never_make_events_of_their_own() -> None:
    text = 'a\r\nevent: evil\ndata: {"evil":1}\n\ndata: [DONE]\n\n\u2028\u2029\x85\x00b'
    async with asking() as client:
        answer = await client.post(PATH, json=call(model="mock-echo", stream=True, messages=[{"role": "user", "content": text}]))
    frames = answer.text.split("\n\n")
    assert all(frame.startswith("data: ") and "\n" not in frame and "\r" not in frame for frame in frames[:-1])
    chunks = [json.loads(frame.removeprefix("data: ")) for frame in frames[:-2]]
    said = "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks if chunk["choices"])
    assert said.strip() == text.strip()
    assert answer.text.count("data: [DONE]\n\n") == 1


@pytest.mark.attack("K11")
async def test_a_body_is_utf_8_whatever_its_content_type_says() -> None:
    body = json.dumps(call())
    async with asking() as client:
        named = await client.post(PATH, content=body.encode(), headers={"content-type": "text/plain; charset=utf-7"})
        other = await client.post(
            PATH, content=body.encode("utf-16"), headers={"content-type": "application/json; charset=utf-16"}
        )
    assert (named.status_code, other.status_code) == (200, 400)
