"""A real model server: llama.cpp's own, over a tiny random model, asked through prosa by the OpenAI SDK and LangChain."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import openai
import pytest
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from tests.serving import serving

pytestmark = pytest.mark.slow


@asynccontextmanager
async def llama(folder: Path) -> AsyncIterator[str]:
    """The server as a process of its own; gives its base URL."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.llama.server", str(folder), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        assert process.stdout is not None
        address = (await asyncio.wait_for(process.stdout.readline(), 30)).decode().strip()
        yield f"{address}/v1"
    finally:
        process.kill()
        await process.wait()


@asynccontextmanager
async def asking(folder: Path) -> AsyncIterator[openai.AsyncOpenAI]:
    """The OpenAI SDK before prosa before the model server."""
    async with (
        llama(folder) as model_server,
        serving({"LLAMACPP_BASE_URL": model_server}) as base,
        openai.AsyncOpenAI(base_url=f"{base}/v1", api_key="sk-anything") as sdk,
    ):
        yield sdk


async def test_a_real_model_server_answers_plain_and_streamed(tmp_path: Path) -> None:
    async with asking(tmp_path) as sdk:
        ask = {"model": "llamacpp/tiny", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 12, "seed": 1}
        plain = await sdk.chat.completions.create(**ask)  # type: ignore[call-overload]  # a plain dict
        assert plain.choices[0].message.content
        assert plain.usage.completion_tokens == 12
        streamed = ask | {"stream": True, "stream_options": {"include_usage": True}}
        stream = await sdk.chat.completions.create(**streamed)  # type: ignore[call-overload]  # likewise
        chunks = [chunk async for chunk in stream]
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
        assert text and chunks[-1].usage.completion_tokens == 12
        finished = [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices]
        assert finished[-1] == "length"


async def test_langchain_asks_the_real_model_server_by_the_default_model(tmp_path: Path) -> None:
    async with asking(tmp_path) as sdk:
        chat = ChatOpenAI(
            model="llamacpp/tiny",
            base_url=str(sdk.base_url),
            api_key=SecretStr("sk-anything"),
            max_completion_tokens=8,
            http_async_client=sdk._client,  # one that is closed in the end: LangChain closes none
        )
        assert (await chat.ainvoke("hello")).content
        assert "".join([str(piece.content) async for piece in chat.astream("hello")])


async def test_an_answer_that_is_left_stops_the_real_model_server(tmp_path: Path) -> None:
    async with asking(tmp_path) as sdk:
        stream = await sdk.chat.completions.create(
            model="llamacpp/tiny", messages=[{"role": "user", "content": "hello"}], max_tokens=900, stream=True
        )
        async for _ in stream:
            break
        await stream.close()
        again = await sdk.chat.completions.create(
            model="llamacpp/tiny", messages=[{"role": "user", "content": "hi"}], max_tokens=2
        )
        assert again.usage is not None and again.usage.completion_tokens == 2
