"""A provider that speaks the Responses API: prosa itself, with the mock behind it; and its answers in the background."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.boot.process import started
from tests.gateway.test_reattaching import BEGUN, DONE, event, said, state
from tests.serving import Running, running
from tests.upstream import Asked, saying, streaming, upstream

QUIET = {"PROSA_ANONYMOUS_REQUESTS_PER_MINUTE": "0"}
WORDS = " ".join(f"word{number}" for number in range(60))
SLOWLY = f"[[mock speed=12 text='{WORDS}']]"
TOOL = {"name": "weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}


def knowing(provider: Running) -> dict[str, str]:
    """The settings with which prosa asks another one, by its Responses API."""
    return QUIET | {
        "PROSA_PROVIDER_LAB_BASE_URL": f"{provider.base}/v1",
        "PROSA_PROVIDER_LAB_KIND": "openai_responses",
        "PROSA_PROVIDER_LAB_MODELS": "mock,mock-echo,mock-tools,mock-json,mock-reasoning,mock-refusal",
    }


async def states(provider: Running) -> list[str]:
    """The states of the responses that the provider was asked for and still knows."""
    return [str(row[0]) for row in await provider.system.people.database.fetch("SELECT state FROM runs ORDER BY created_at")]


async def until(true: Callable[[], Awaitable[bool]], seconds: float = 10.0) -> None:
    """Wait for it."""
    ends = time.monotonic() + seconds
    while not await true():
        assert time.monotonic() < ends, "it didn't come true in time"
        await asyncio.sleep(0.02)


@dataclass
class Pair:
    """A prosa whose provider is another prosa."""

    provider: Running
    prosa: Running
    http: httpx2.AsyncClient

    async def chat(self, model: str, **fields: Any) -> dict[str, Any]:
        """A plain chat completion."""
        body = {"model": f"lab/{model}", "messages": [{"role": "user", "content": "Olá!"}]} | fields
        answer = await self.http.post("/chat/completions", json=body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    async with (
        running(QUIET) as provider,
        running(knowing(provider)) as prosa,
        httpx2.AsyncClient(base_url=f"{prosa.base}/v1", timeout=30) as http,
    ):
        yield Pair(provider, prosa, http)


async def test_a_chat_says_what_the_provider_says(pair: Pair) -> None:
    assert (await pair.chat("mock-echo"))["choices"][0]["message"]["content"] == "Olá!"
    assert (await pair.chat("mock-echo"))["usage"]["completion_tokens"] > 0
    thinking = (await pair.chat("mock-reasoning"))["choices"][0]["message"]
    assert thinking["reasoning_content"] and thinking["content"]
    assert (await pair.chat("mock-refusal"))["choices"][0]["message"]["refusal"]
    schema = {"name": "place", "schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}
    found = await pair.chat("mock-json", response_format={"type": "json_schema", "json_schema": schema})
    assert "city" in json.loads(found["choices"][0]["message"]["content"])
    assert await states(pair.provider) == []  # nothing of it is kept


async def test_a_tool_is_called_and_its_result_heard(pair: Pair) -> None:
    tools = [{"type": "function", "function": TOOL}]
    asked = await pair.chat("mock-tools", tools=tools)
    assert asked["choices"][0]["finish_reason"] == "tool_calls"
    message = asked["choices"][0]["message"]
    call = message["tool_calls"][0]
    assert call["function"]["name"] == "weather" and "city" in json.loads(call["function"]["arguments"])
    result = {"role": "tool", "tool_call_id": call["id"], "content": "sunny"}
    messages = [{"role": "user", "content": "Olá!"}, message, result]
    answered = await pair.chat("mock-tools", tools=tools, messages=messages)
    assert "sunny" in answered["choices"][0]["message"]["content"]


async def test_a_refusal_of_the_provider_is_told_by_its_field(pair: Pair) -> None:
    answer = await pair.http.post("/chat/completions", json={"model": "lab/mock", "messages": [], "stop": "x"})
    assert answer.status_code == 400
    wrong = {"model": "lab/mock", "messages": [{"role": "user", "content": "?"}], "temperature": 7}
    assert (await pair.http.post("/chat/completions", json=wrong)).status_code == 400


async def test_a_stored_answer_is_made_in_the_provider_s_background_and_forgotten_there_when_it_is_over(pair: Pair) -> None:
    answer = await pair.http.post("/responses", json={"model": "lab/mock-echo", "input": "Olá!"})
    assert answer.json()["output"][0]["content"][0]["text"] == "Olá!"

    async def forgotten() -> bool:
        return await states(pair.provider) == []

    await until(forgotten)


@pytest.mark.slow
async def test_a_cancelled_answer_is_cancelled_at_the_provider_too(pair: Pair) -> None:
    begun = await pair.http.post("/responses", json={"model": "lab/mock", "input": SLOWLY, "background": True})

    async def is_made() -> bool:
        return "running" in await states(pair.provider)

    async def is_over() -> bool:
        return "running" not in await states(pair.provider)

    await until(is_made)
    await asyncio.sleep(0.2)
    assert (await pair.http.post(f"/responses/{begun.json()['id']}/cancel")).json()["status"] == "cancelled"
    await until(is_over, 1.0)


async def test_a_provider_gets_its_thoughts_back_with_the_results_of_tools() -> None:
    thought = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "only the provider reads this"}
    call = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "weather", "arguments": "{}"}
    calling = streaming(
        state("created"),
        event("response.output_item.done", output_index=0, item=thought),
        event("response.output_item.added", output_index=1, item=call | {"arguments": ""}),
        event("response.output_item.done", output_index=1, item=call),
        DONE,
    )
    answering = streaming(BEGUN, said("sunny"), DONE)
    let_go = saying({"deleted": True})

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        if asked.method == "DELETE":
            await let_go(asked, writer)
        else:
            await (answering if b"function_call_output" in asked.body else calling)(asked, writer)

    async with upstream(answer) as provider:
        lab = {"BASE_URL": provider.url, "KIND": "openai_responses", "MODELS": "m"}
        env = QUIET | {f"PROSA_PROVIDER_LAB_{name}": value for name, value in lab.items()}
        async with running(env) as prosa, httpx2.AsyncClient(base_url=f"{prosa.base}/v1", timeout=30) as http:
            tools = [{"type": "function"} | TOOL]
            first = (await http.post("/responses", json={"model": "lab/m", "input": "?", "tools": tools})).json()
            assert first["output"][-1]["call_id"] == "call_1"
            output = {"type": "function_call_output", "call_id": "call_1", "output": "sunny"}
            more = {"model": "lab/m", "input": [output], "tools": tools, "previous_response_id": first["id"]}
            second = (await http.post("/responses", json=more)).json()
            assert second["output"][-1]["content"][0]["text"] == "sunny"
        posts = [asked.fields["input"] for asked in provider.asked if asked.method == "POST"]
        assert thought in posts[1] and [item["type"] for item in posts[1]][-3:] == [
            "reasoning",
            "function_call",
            "function_call_output",
        ]


@asynccontextmanager
async def client(port: int) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the process at this port."""
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}/v1", timeout=30) as made:
        yield made


@pytest.mark.slow
async def test_after_a_kill_the_answer_is_found_again_at_the_provider_and_not_asked_for_twice(tmp_path: Path) -> None:
    async with running(QUIET) as provider:
        env = knowing(provider)
        with started(tmp_path, **env) as first:
            async with client(first.port) as http:
                begun = await http.post("/responses", json={"model": "lab/mock", "input": SLOWLY, "background": True})
                id = begun.json()["id"]
                async with http.stream("GET", f"/responses/{id}", params={"stream": "true"}) as events:
                    heard = 0
                    async for line in events.aiter_lines():
                        heard += line.startswith("event: response.output_text.delta")
                        if heard == 5:
                            break
            first.popen.kill()
            first.popen.wait()
        assert await states(provider) == ["running"]
        with started(tmp_path, **env) as second:
            async with client(second.port) as http:

                async def over() -> bool:
                    return bool((await http.get(f"/responses/{id}")).json()["status"] != "in_progress")

                await until(over, 20)
                found = (await http.get(f"/responses/{id}")).json()
                assert found["status"] == "completed"
                assert [part["text"] for item in found["output"] for part in item["content"]] == [WORDS]
                log = (await http.get(f"/responses/{id}", params={"stream": "true"})).text
                assert '"how":"reattached"' in log
                pieces = [json.loads(line[6:]) for line in log.splitlines() if line.startswith("data: {")]
                heard_again = "".join(piece["delta"] for piece in pieces if piece["type"] == "response.output_text.delta")
                assert heard_again == WORDS

                async def forgotten() -> bool:
                    return await states(provider) == []

                await until(forgotten)
