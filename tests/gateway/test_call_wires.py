"""Providers of every protocol through the real application: what they are asked, what a caller of OpenAI's API gets."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.calling import ASKED, PATH, QUICK, broke_off, call, documents, error, named, said, settled
from tests.serving import Running, running
from tests.upstream import DONE, Answer, Upstream, chunk, completion, head, in_turn, raw, saying, streaming, upstream

TOOLS = [{"type": "function", "function": {"name": "sum", "parameters": {"type": "object", "properties": {}}}}]


def events(*documents: dict[str, Any]) -> bytes:
    """Anthropic's events, each named as its type."""
    return b"".join(f"event: {each['type']}\ndata: {json.dumps(each)}\n\n".encode() for each in documents)


def delta(index: int, **fields: str) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": index, "delta": fields}


def block(index: int, **fields: Any) -> dict[str, Any]:
    return {"type": "content_block_start", "index": index, "content_block": fields}


BEGIN = {"type": "message_start", "message": {"model": "claude-said", "usage": {"input_tokens": 9, "output_tokens": 1}}}
END = ({"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 12}}, {"type": "message_stop"})
TALK = (BEGIN, block(0, type="text", text=""), delta(0, type="text_delta", text="Olá"))
CALLED = (
    block(1, type="tool_use", id="toolu_1", name="sum", input={}),
    delta(1, type="input_json_delta", partial_json='{"a":'),
    delta(1, type="input_json_delta", partial_json="1}"),
    {"type": "content_block_stop", "index": 1},
)


def lines(*documents: dict[str, Any]) -> Answer:
    """Ollama's lines."""
    body = b"".join(json.dumps(each).encode() + b"\n" for each in documents)
    return raw(head(200, "application/x-ndjson"), body[:40], body[40:])


def line(done: bool = False, **message: Any) -> dict[str, Any]:
    counts = {"done_reason": "stop", "prompt_eval_count": 9, "eval_count": 12} if done else {}
    return {"model": "llama", "message": {"role": "assistant", "content": ""} | message, "done": done} | counts


SUM = [{"function": {"name": "sum", "arguments": {"a": 1}}}]
PLAIN_CLAUDE = {
    "type": "message",
    "model": "claude-said",
    "content": [{"type": "text", "text": "Olá"}, {"type": "tool_use", "id": "toolu_1", "name": "sum", "input": {"a": 1}}],
    "stop_reason": "tool_use",
    "usage": {"input_tokens": 9, "output_tokens": 12},
}
SPEAKERS = {
    "anthropic": (saying(PLAIN_CLAUDE), streaming(events(*TALK), events(*CALLED), events(*END)), "/v1/messages", "x-api-key"),
    "ollama": (
        saying(line(True, content="Olá", tool_calls=SUM)),
        lines(line(content="Olá"), line(tool_calls=SUM), line(True)),
        "/api/chat",
        "authorization",
    ),
}


@asynccontextmanager
async def speaking(vendor: str, answer: Answer) -> AsyncIterator[tuple[Upstream, Running, httpx2.AsyncClient]]:
    """A provider of this protocol, prosa before it, and a client."""
    async with AsyncExitStack() as stack:
        provider = await stack.enter_async_context(upstream(answer))
        prosa = await stack.enter_async_context(running(QUICK | provider.env(vendor.upper())))
        client = await stack.enter_async_context(httpx2.AsyncClient(base_url=prosa.base, verify=False))
        yield provider, prosa, client


@pytest.mark.parametrize("vendor", SPEAKERS)
async def test_another_protocol_is_spoken_to_its_provider_and_openais_to_the_caller(vendor: str) -> None:
    plain, stream, path, key = SPEAKERS[vendor]
    asked = call(f"{vendor}/m", tools=TOOLS, stream_options={"include_usage": True})
    async with speaking(vendor, in_turn(plain, stream)) as (provider, prosa, client):
        whole = (await client.post(PATH, json=asked)).json()
        found = documents((await client.post(PATH, json=asked | {"stream": True})).text)
        assert settled(prosa) == {"ok": 2}
    assert [each.path for each in provider.asked] == [path] * 2
    assert provider.asked[0].headers[key].endswith("sk-operator-secret-1234567890")
    message = whole["choices"][0]["message"]
    assert (message["content"], whole["choices"][0]["finish_reason"]) == ("Olá", "tool_calls")
    [made] = message["tool_calls"]
    assert (made["function"]["name"], json.loads(made["function"]["arguments"])) == ("sum", {"a": 1})
    assert whole["usage"] == {"prompt_tokens": 9, "completion_tokens": 12, "total_tokens": 21}
    assert said(found) == "Olá"
    pieces = [piece for each in found for choice in each["choices"] for piece in choice["delta"].get("tool_calls") or ()]
    assert json.loads("".join(piece["function"]["arguments"] for piece in pieces)) == {"a": 1}
    assert [c["finish_reason"] for each in found for c in each["choices"] if c.get("finish_reason")] == ["tool_calls"]
    assert found[-1]["usage"]["total_tokens"] == 21


BUSY = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}


@pytest.mark.parametrize(
    ("vendor", "answer", "expected"),
    [
        ("anthropic", saying(BUSY, 529), (503, "provider_unavailable")),
        ("anthropic", saying(BUSY), (503, "provider_unavailable")),
        ("anthropic", streaming(events(BEGIN, BUSY)), (503, "provider_unavailable")),
        ("anthropic", streaming(events(BEGIN)), (502, "provider_error")),
        ("ollama", saying({"error": "model 'm' not found"}, 404), (404, "model_not_found")),
        ("ollama", saying({"error": "out of memory"}, 500), (502, "provider_error")),
        ("ollama", lines({"error": "out of memory"}), (502, "provider_error")),
        ("ollama", raw(head(200, "text/html") + b"<html>"), (502, "provider_error")),
    ],
)
async def test_another_protocols_errors_become_ours(vendor: str, answer: Answer, expected: tuple[int, str]) -> None:
    async with speaking(vendor, answer) as (_, _, client):
        assert error(await client.post(PATH, json=call(f"{vendor}/m", stream=True))) == expected


@pytest.mark.parametrize(
    ("vendor", "answer", "code"),
    [
        ("anthropic", streaming(events(*TALK)), "stream_broken"),
        ("anthropic", streaming(events(*TALK, BUSY)), "provider_unavailable"),
        ("anthropic", streaming(events(*TALK), b"event: content_block_delta\ndata: " + b"x" * 3_000_000), "stream_broken"),
        ("ollama", lines(line(content="Olá"), {"error": "out of memory"}), "provider_error"),
        ("ollama", lines(line(content="Olá")), "stream_broken"),
        ("ollama", raw(head(200, "x"), json.dumps(line(content="Olá")).encode() + b'\n{"mess', reset=True), "stream_broken"),
    ],
)
async def test_another_protocols_stream_that_breaks_ends_well_formed(vendor: str, answer: Answer, code: str) -> None:
    async with speaking(vendor, answer) as (_, prosa, client):
        got = await client.post(PATH, json=call(f"{vendor}/m", stream=True))
        if got.status_code == 502:  # a reset may overtake what was said before it
            return
        found = documents(got.text)
        assert (said(found), broke_off(found)) == ("Olá", code)
        assert settled(prosa) == {"broken": 1}


async def test_reasoning_is_a_field_stays_in_the_text_or_is_dropped_as_the_model_is_set(tmp_path: Path) -> None:
    modes = {"field": ("because", "Olá"), "text": ("", "<think>because</think>Olá"), "drop": ("", "Olá")}
    (tmp_path / "prosa.toml").write_text("".join(f'[models."alpha/{mode}"]\nreasoning = "{mode}"\n' for mode in modes))
    pieces = ("<thi", "nk>bec", "ause</th", "ink>", "Olá")
    stream = streaming(*(chunk(piece) for piece in pieces), chunk(finish="stop"), DONE, pause=0.001)
    answers = in_turn(*[saying(completion("".join(pieces))), stream] * 3)
    async with AsyncExitStack() as stack:
        alpha = await stack.enter_async_context(upstream(answers))
        prosa = await stack.enter_async_context(running(QUICK | named(alpha=alpha), tmp_path))
        client = await stack.enter_async_context(httpx2.AsyncClient(base_url=prosa.base, verify=False))
        for mode, expected in modes.items():
            whole = (await client.post(PATH, json=call(f"alpha/{mode}"))).json()["choices"][0]["message"]
            assert (whole.get("reasoning_content") or "", whole["content"]) == expected
            found = documents((await client.post(PATH, json=call(f"alpha/{mode}", stream=True))).text)
            assert (said(found, field="reasoning_content"), said(found)) == expected


KEY = "canary.alpha=key/9"  # of no shape that any vendor's keys have
LEAK = f"bad key {KEY}, header authorization: Bearer {KEY}, see http://10.0.0.7:8000/admin?key={KEY} "


@pytest.mark.attack("C8", "C6")
@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 413, 422, 429, 500, 503])
async def test_what_a_provider_echoes_of_a_key_reaches_nobody(status: int) -> None:
    told = {"error": {"message": LEAK, "type": "invalid_request_error", "param": KEY, "code": "x"}}
    event = b"data: " + json.dumps(told).encode() + b"\n\n"
    plain = saying(told, status, f"x-echo: {KEY}\r\nretry-after: 60\r\n")
    streams = streaming(chunk("Olá"), event) if status == 200 else plain
    async with upstream(in_turn(plain, streams)) as alpha:
        env = QUICK | {"PROSA_PROVIDER_ALPHA_API_KEY": KEY, "PROSA_PROVIDER_ALPHA_BASE_URL": alpha.url}
        async with running(env) as prosa, httpx2.AsyncClient(base_url=prosa.base, verify=False) as client:
            answers = [await client.post(PATH, json=call(stream=stream)) for stream in (False, True)]
            figures = await client.get("/metrics")
        seen = "".join(f"{answer.headers} {answer.text}" for answer in answers) + figures.text + prosa.log.getvalue()
    assert len(alpha.asked) == 2 and all(KEY in asked.headers["authorization"] for asked in alpha.asked)
    assert answers[0].json()["error"]["code"] and "error" in answers[1].text
    for part in (KEY, KEY[:8], KEY[-8:], "10.0.0.7", alpha.url):
        assert part not in seen


@pytest.mark.attack("C6", "C7")
async def test_a_key_goes_to_its_own_host_and_nowhere_else() -> None:
    async with upstream(saying(completion())) as beta:
        moved = saying({}, 307, f"location: {beta.url}/chat/completions\r\n")
        async with upstream(moved) as alpha, running(QUICK | named(alpha=alpha, beta=beta)) as prosa:
            async with httpx2.AsyncClient(base_url=prosa.base, verify=False) as client:
                assert error(await client.post(PATH, json=call("alpha/m"))) == (502, "provider_error")
                assert beta.asked == []
                await client.post(PATH, json=call("beta/m", messages=ASKED))
                await client.get("/v1/models")
            for name, provider, other in (("alpha", alpha, "beta"), ("beta", beta, "alpha")):
                assert {each.headers["authorization"] for each in provider.asked} == {f"Bearer canary-{name}-key-1"}
                assert all(f"canary-{other}" not in str(each) for each in provider.asked)
                assert {each.path for each in provider.asked} == {"/v1/chat/completions", "/v1/models"}
