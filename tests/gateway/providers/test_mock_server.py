"""The mock as a server: the unmodified OpenAI SDK, and what happens on the socket."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest
import uvloop
from openai import AsyncOpenAI
from pydantic import BaseModel

from prosa.gateway.providers.mock import MockServer, Script, serve_mock
from tests.gateway.providers.playing import WEATHER, chat


class Listening:
    """A running mock server and a client for it."""

    def __init__(self, server: MockServer, port: int) -> None:
        self.server = server
        self.port = port
        self.client = AsyncOpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key="sk-anything", max_retries=0)

    async def raw(self, *requests: bytes) -> bytes:
        """What comes back on one connection for these bytes, until the server ends it."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            for request in requests:
                writer.write(request)
            return await asyncio.wait_for(reader.read(), 5)
        except ConnectionResetError:
            return b""
        finally:
            writer.close()

    async def settled(self) -> None:
        """Until no answer is open."""
        for _ in range(200):
            if not self.server.figures().open:
                return
            await asyncio.sleep(0.01)
        raise AssertionError("an answer stayed open")


def post(text: str, *, close: bool = True, **fields: Any) -> bytes:
    body = chat(text, **fields).body
    end = b"connection: close\r\n" if close else b""
    return b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\n%bcontent-length: %d\r\n\r\n%b" % (end, len(body), body)


@pytest.fixture
async def mock() -> AsyncIterator[Listening]:
    server = MockServer()
    listening = Listening(server, await server.start())
    yield listening
    await listening.client.close()
    await server.stop()
    assert server.figures().open == 0 and server.connections() == 0


async def test_the_sdk_asks_and_streams(mock: Listening) -> None:
    whole = await mock.client.chat.completions.create(model="mock", messages=[{"role": "user", "content": "Hello mock"}])
    assert "Hello mock" in (whole.choices[0].message.content or "")
    stream = await mock.client.chat.completions.create(
        model="mock", messages=[{"role": "user", "content": "Hello mock"}], stream=True, stream_options={"include_usage": True}
    )
    chunks = [chunk async for chunk in stream]
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == whole.choices[0].message.content
    assert chunks[-1].usage == whole.usage


async def test_the_sdk_calls_tools(mock: Listening) -> None:
    async with mock.client.chat.completions.stream(
        model="mock-tools",
        messages=[{"role": "user", "content": "weather"}],
        tools=[WEATHER],  # type: ignore[list-item]  # JSON
    ) as stream:
        final = await stream.get_final_completion()
    call = (final.choices[0].message.tool_calls or [])[0]
    assert call.function.name == "get_weather" and json.loads(call.function.arguments)["unit"] == "celsius"


async def test_the_sdk_parses_structured_output(mock: Listening) -> None:
    class Item(BaseModel):
        name: str
        amount: int

    class Order(BaseModel):
        items: list[Item]
        paid: bool

    parsed = await mock.client.chat.completions.parse(
        model="mock", messages=[{"role": "user", "content": "order"}], response_format=Order
    )
    order = parsed.choices[0].message.parsed
    assert order is not None and order.items[0].name == "name" and order.paid


async def test_the_sdk_embeds_and_lists(mock: Listening) -> None:
    made = await mock.client.embeddings.create(model="nvidia/nv-embedqa-e5-v5", input=["one", "two"])
    assert [len(entry.embedding) for entry in made.data] == [1024, 1024]
    names = [model.id async for model in mock.client.models.list()]
    assert "mock-echo" in names and (await mock.client.models.retrieve("mock-echo")).owned_by == "prosa-mock"


async def test_the_sdk_meets_errors_and_retries_them(mock: Listening) -> None:
    async def create(text: str, retries: int = 0) -> str | None:
        client = mock.client.with_options(max_retries=retries)
        answer = await client.chat.completions.create(model="mock", messages=[{"role": "user", "content": text}])
        return answer.choices[0].message.content

    with pytest.raises(openai.RateLimitError) as limited:
        await create("[[mock status=429 retry_after=7]]")
    assert limited.value.response.headers["retry-after"] == "7" and limited.value.code == "rate_limit_exceeded"
    with pytest.raises(openai.BadRequestError, match="Known words"):
        await create("[[mock nonsense]]")
    with pytest.raises(openai.APIConnectionError):
        await create("[[mock cut_after=20]]")
    with pytest.raises(openai.APIConnectionError):
        await create("[[mock drop]]")
    assert await create("[[mock text=yes fail_first=1 retry_after=0.01]]", retries=1) == "yes"


async def test_cuts_and_strange_bytes_reach_the_socket(mock: Listening) -> None:
    whole = await mock.raw(post("[[mock text=abc]]", stream=True))
    head, _, body = whole.partition(b"\r\n\r\n")
    assert b"transfer-encoding: chunked" in head and body.endswith(b"data: [DONE]\n\n\r\n0\r\n\r\n")
    cut = (await mock.raw(post("[[mock text=abc cut_after=30]]", stream=True))).partition(b"\r\n\r\n")[2]
    assert cut.startswith(b"1e\r\ndata: {") and len(cut) == 4 + 30 + 2
    short = await mock.raw(post("[[mock text=abc cut_after=30]]"))
    length = int(short.partition(b"content-length: ")[2].partition(b"\r\n")[0])
    assert len(short.partition(b"\r\n\r\n")[2]) == 30 < length
    assert await mock.raw(post("[[mock drop]]")) == b"" == await mock.raw(post("[[mock refuse]]"))
    assert b"\x00\x01\x02" in await mock.raw(post("[[mock instead=garbage]]"))
    assert (await mock.raw(post("[[mock status=529]]"))).startswith(b"HTTP/1.1 529 ")


async def test_connections_are_kept_and_requests_sent_ahead_are_answered_in_order(mock: Listening) -> None:
    both = await mock.raw(post("[[mock text=first delay=0.01]]", close=False, stream=True), post("[[mock text=second]]"))
    assert 0 < both.index(b"first") < both.index(b"second") and both.count(b"HTTP/1.1 200") == 2
    assert (await mock.raw(post("[[mock text=a close]]", close=False))).count(b"connection: close") == 1
    old = post("[[mock text=abc]]", stream=True).replace(b"HTTP/1.1", b"HTTP/1.0")
    assert b"chunked" not in await mock.raw(old)


async def test_a_client_that_leaves_stops_its_answer(mock: Listening) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", mock.port)
    writer.write(post("hello", model="mock-stall", stream=True))
    assert (await reader.readline()).startswith(b"HTTP/1.1 200") and mock.server.figures().open == 1
    writer.close()
    await mock.settled()
    assert mock.server.figures().left == 1


async def test_what_is_no_request_is_refused(mock: Listening) -> None:
    assert (await mock.raw(b"nonsense\r\n\r\n")).startswith(b"HTTP/1.1 400")
    assert (await mock.raw(b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n")).startswith(b"HTTP/1.1 431")
    assert (await mock.raw(b"GET /nothing HTTP/1.1\r\nconnection: close\r\n\r\n")).startswith(b"HTTP/1.1 404")
    assert (await mock.raw(b"PUT /v1/models HTTP/1.1\r\nconnection: close\r\n\r\n")).startswith(b"HTTP/1.1 405")
    assert b'"status":"ok"' in await mock.raw(b"GET /health HTTP/1.1\r\nconnection: close\r\n\r\n")
    asked = await mock.raw(b"OPTIONS /v1/chat/completions HTTP/1.1\r\norigin: http://page\r\nconnection: close\r\n\r\n")
    assert asked.startswith(b"HTTP/1.1 204") and b"access-control-allow-origin: *" in asked
    waiting = post("hi").replace(b"host: x", b"expect: 100-continue")
    assert (await mock.raw(waiting)).startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200")


async def test_serving_ends_when_cancelled_also_in_mid_answer() -> None:
    ports: asyncio.Queue[int] = asyncio.Queue()
    script = Script.parse("[[rules]]\nanswer = { first_byte = 60 }")
    serving = asyncio.create_task(serve_mock("127.0.0.1", 0, script, ports.put_nowait))
    port = await asyncio.wait_for(ports.get(), 5)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(post("hi"))
    await asyncio.sleep(0.02)
    serving.cancel()
    await asyncio.wait([serving], timeout=3)
    assert serving.cancelled()
    assert await asyncio.wait_for(reader.read(), 2) == b""
    writer.close()
    with pytest.raises(OSError):
        await asyncio.open_connection("127.0.0.1", port)


def test_the_mock_serves_on_uvloop_too() -> None:
    async def ask() -> bytes:
        server = MockServer()
        listening = Listening(server, await server.start())
        answers = await listening.raw(
            post("[[mock text=abc]]", close=False), post("[[mock huge=9000000 cut_after=8000000]]", stream=True)
        )
        await listening.client.close()
        await server.stop()
        assert server.connections() == 0
        return answers

    answers = uvloop.run(ask())
    assert b'"content":"abc"' in answers and 8_000_000 < len(answers) < 8_002_000
