"""A program that calls a running prosa: what it sends, and what it makes of the answer."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from tests.serving import Running, running
from tests.upstream import Answer, Asked, Upstream, silent, upstream

PATH = "/v1/chat/completions"
ASKED = [{"role": "user", "content": "Olá!"}]
# Several failures, quickly: no waiting between tries but what a provider asks for.
QUICK = {
    "PROSA_RETRIES": "0",
    "PROSA_CONNECT_SECONDS": "1",
    "PROSA_FIRST_BYTE_SECONDS": "0.3",
    "PROSA_SILENCE_SECONDS": "0.3",
    "CIRCUIT_BREAKER_THRESHOLD": "1000",
    "PROSA_ANONYMOUS_REQUESTS_PER_MINUTE": "0",
}


def call(model: str = "alpha/m", **fields: Any) -> dict[str, Any]:
    """A chat request."""
    return {"model": model, "messages": ASKED} | fields


def named(**providers: Upstream) -> dict[str, str]:
    """The settings with which prosa knows these servers by name, each with a key of its own."""
    env: dict[str, str] = {}
    for name, provider in providers.items():
        env |= provider.env(f"PROSA_PROVIDER_{name.upper()}", f"canary-{name}-key-1")
    return env


def team(folder: Path, *fallbacks: str, targets: str = '["alpha/m"]') -> Path:
    """A folder whose settings know the alias `team`: alpha, then these."""
    (folder / "prosa.toml").write_text(f"[models.team]\ntargets = {targets}\nfallbacks = {json.dumps(fallbacks)}\n")
    return folder


def documents(text: str) -> list[dict[str, Any]]:
    """A stream's documents. It must be whole events, and end with the end marker, which comes once."""
    blocks = re.split(r"\r\n\r\n|\n\n|\r\r", text)
    assert blocks[-1] == "" and blocks[-2] == "data: [DONE]" and blocks.count("data: [DONE]") == 1, text[-300:]
    lines = [line for block in blocks[:-2] for line in block.splitlines() if line.startswith("data:")]
    return [json.loads(line.removeprefix("data:")) for line in lines]


def said(found: list[dict[str, Any]], index: int = 0, field: str = "content") -> str:
    """The text of one choice."""
    choices = [choice for document in found for choice in document.get("choices", ()) if choice["index"] == index]
    return "".join(choice["delta"].get(field) or "" for choice in choices)


def error(answer: httpx2.Response) -> tuple[int, str]:
    """Status and code of an answer that is OpenAI's error envelope."""
    told = answer.json()["error"]
    assert told.keys() == {"message", "type", "param", "code"} and told["message"]
    return answer.status_code, told["code"]


def broke_off(found: list[dict[str, Any]]) -> str:
    """The code of the error event with which a stream ends."""
    code = found[-1]["error"]["code"]
    assert isinstance(code, str)
    return code


def counted(prosa: Running, family: str) -> dict[str, float]:
    """A family of figures: labels as they are written, and values."""
    text = prosa.system.metrics.render().decode()
    found = re.findall(rf"^{family}(?:{{(.*)}})? (\S+)$", text, re.MULTILINE)
    return {labels: float(value) for labels, value in found}


def settled(prosa: Running) -> dict[str, int]:
    """How many calls were settled, by how they ended."""
    found: dict[str, int] = {}
    for labels, value in counted(prosa, "prosa_upstream_calls_total").items():
        status = labels.partition('status="')[2].partition('"')[0]
        found[status] = found.get(status, 0) + int(value)
    return found


def resident() -> int:
    """Memory of this process in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def changed(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    """What was counted in between."""
    return {name: after[name] - before.get(name, 0) for name in after if after[name] != before.get(name, 0)}


@dataclass(slots=True)
class Stage:
    """A running prosa between two scripted providers; `team` is alpha first, then beta. `asked` is what alpha was asked."""

    prosa: Running
    client: httpx2.AsyncClient
    asked: list[Asked]
    alpha: Answer = field(default_factory=silent)
    beta: Answer = field(default_factory=silent)


@asynccontextmanager
async def staged(folder: Path, env: dict[str, str]) -> AsyncIterator[Stage]:
    """A stage for several scenes, one after the other."""
    stage: Stage

    async def alpha(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await stage.alpha(asked, writer)

    async def beta(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await stage.beta(asked, writer)

    async with AsyncExitStack() as stack:
        one, two = [await stack.enter_async_context(upstream(answer)) for answer in (alpha, beta)]
        known = env | named(alpha=one, beta=two)
        prosa = await stack.enter_async_context(running(known, team(folder, "beta/m")))
        client = await stack.enter_async_context(httpx2.AsyncClient(base_url=prosa.base, timeout=30))
        stage = Stage(prosa, client, one.asked)
        yield stage
