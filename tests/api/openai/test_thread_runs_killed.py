"""`kill -9` at a run's worst moments: while it waits for the client's functions, and right after these were answered."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.api.openai.threading import FUNCTION, events, names, text_of, told
from tests.runs.killing import HEADERS, Host, sqlite_host

SAID = " ".join(f"w{number}" for number in range(20))
ASKS = f"""[[mock tool_calls=[{{"name":"weather","arguments":{{}}}}] text="{SAID}" delay=0.05]]"""


@asynccontextmanager
async def reached(host: Host) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the service as it runs now."""
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{host.port}/v1", headers=HEADERS, timeout=60) as http:
        yield http


async def sent(http: httpx2.AsyncClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await http.post(path, json=body)
    assert answer.status_code == 200, answer.text
    return told(answer)


@pytest.mark.slow
@pytest.mark.contract("A01")
async def test_neither_what_it_waits_for_nor_what_it_was_answered_with_is_lost(tmp_path: Path) -> None:
    host, _ = sqlite_host(tmp_path)
    try:
        await host.start()
        async with reached(host) as http:
            assistant = await sent(http, "/assistants", {"model": "mock", "tools": [FUNCTION]})
            thread = await sent(http, "/threads", {"messages": [{"role": "user", "content": ASKS}]})
            path = f"/threads/{thread['id']}/runs"
            run = await sent(http, path, {"assistant_id": assistant["id"]})
            async with asyncio.timeout(60):
                while run["status"] != "requires_action":
                    await asyncio.sleep(0.1)
                    run = told(await http.get(f"{path}/{run['id']}"))
        await host.kill()
        await host.start()
        async with reached(host) as http:
            assert told(await http.get(f"{path}/{run['id']}")) == run
            [call] = run["required_action"]["submit_tool_outputs"]["tool_calls"]
            outputs = {"tool_outputs": [{"tool_call_id": call["id"], "output": "12 °C"}]}
            await sent(http, f"{path}/{run['id']}/submit_tool_outputs", outputs)
            await asyncio.sleep(0.5)  # some of the answer is said
        await host.kill()
        await host.start()
        async with reached(host) as http:
            seen = events(await http.get(f"{path}/{run['id']}/events"))
            steps = told(await http.get(f"{path}/{run['id']}/steps", params={"order": "asc"}))["data"]
            messages = (await http.get(f"/threads/{thread['id']}/messages", params={"order": "asc"})).json()["data"]
    finally:
        await host.close()
    assert seen[-1]["event"] == "thread.run.completed" and names(seen).count("run.requires_action") == 1
    assert text_of(seen) == SAID * 2, "each word once, before the call and after it"
    [function] = steps[1]["step_details"]["tool_calls"]
    assert function["function"]["output"] == "12 °C" and [step["status"] for step in steps] == ["completed"] * 3
    assert [message["role"] for message in messages] == ["user", "assistant", "assistant"]
    assert messages[-1]["content"][0]["text"]["value"] == SAID
