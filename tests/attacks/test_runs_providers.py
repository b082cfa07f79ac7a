"""A provider that fails in every way the mock knows: each run ends, once, well-formed, and its answers are typed."""

import asyncio
import json
from typing import Any

import pytest

from tests.runs.following import Followed, agree, ask, follow, once
from tests.runs.killing import ENDED, ENV, HEADERS
from tests.serving import running

TEXT = "text='one two three four five six seven eight nine ten'"
FAULTS = (
    *("status=500", "status=429 retry_after=1", "status=401", "status=400", "status=404", "status=503 error_shape=string"),
    *("status=500 leak", "status=502 error_shape=list", "status=418 error_shape=detail", "body='no json' status=500"),
    *("instead=html", "instead=garbage", "instead=error", "instead=empty", "instead=truncated", "instead=null_body"),
    *("refuse", "drop", "first_byte=60", "stall=60 stall_after=0", f"stall=60 stall_after=4 {TEXT}"),
    *(f"cut_after={number} {TEXT}" for number in (1, 40, 200, 600, 1200)),
    *(f"error_after={number} {TEXT}" for number in (0, 1, 5)),
    *(f"garbage_after={number} {TEXT}" for number in (0, 1, 5)),
    *(f"duplicate=3 {TEXT}", f"swap=3 {TEXT}", f"wrong_index {TEXT}", f"done=false {TEXT}", f"bom {TEXT}", f"framing=cr {TEXT}"),
    *("finish_reason=missing", "finish_reason=strange", "finish_reason=content_filter", "finish_reason=length"),
    *("usage=missing", "usage=null", "usage=zero", "usage=wrong", "usage=negative", "usage=every"),
    *("huge=300000", "refusal=auto", "reasoning=auto", "echo", "text=''", "split=1", "report_model=''", "comments=1"),
    *("tools=nobody_offered_this", 'tool_calls=[{"name":"f","arguments":"{broken"}]', 'tool_calls=[{"name":"","arguments":""}]'),
)
QUICK = {"PROSA_RETRIES": "0", "PROSA_FIRST_BYTE_SECONDS": "1", "PROSA_SILENCE_SECONDS": "1"}


def body(fault: str, **more: object) -> dict[str, object]:
    return {"model": "mock", "input": f"[[mock {fault}]] Hello!", **more}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_run_ends_whatever_its_provider_does(fault: str) -> None:
    async with running(ENV | QUICK) as found, asyncio.timeout(15):
        await tried(int(found.base.rsplit(":", 1)[1]), fault)


async def tried(port: int, fault: str) -> None:
    """The same fault in each way of asking."""
    streamed = Followed("")
    plain, started, _ = await asyncio.gather(
        ask(port, "POST", "/v1/responses", body(fault), HEADERS),
        ask(port, "POST", "/v1/responses", body(fault, background=True), HEADERS),
        once(streamed, port, ("POST", "/v1/responses", body(fault, stream=True)), HEADERS),
    )
    assert_typed(*plain)
    assert started[0] == 200, started
    followed = Followed(json.loads(started[1])["id"])
    await follow(followed, lambda: port, lambda one: f"/v1/responses/{one.run_id}?stream=true", HEADERS)
    for reader in (streamed, followed):
        assert reader.ended and not reader.wrong and not reader.cuts and not reader.left, (reader.wrong, reader.statuses)
        await assert_ended(port, reader)


def assert_typed(status: int, content: bytes) -> None:
    """An answer, or an error that says what it is."""
    document = json.loads(content)
    if status == 200:
        assert document["status"] in ENDED
        return
    error = document["error"]
    assert error["code"] and error["message"] and error["type"], content
    assert (status, error["code"]) != (500, "internal_error"), content
    assert b"sk-" not in content, content


async def assert_ended(port: int, reader: Followed) -> None:
    """What is stored says the same as the terminal event, and a second reader gets the same."""
    last: dict[str, Any] = json.loads(reader.events[-1][1])["response"]
    status, content = await ask(port, "GET", f"/v1/responses/{last['id']}", None, HEADERS)
    stored = json.loads(content)
    assert status == 200 and stored["status"] == last["status"] and stored["status"] in ENDED
    if stored["status"] == "failed":
        assert stored["error"]["code"] and stored["error"]["message"], stored["error"]
    if stored["status"] == "incomplete":
        assert stored["incomplete_details"]["reason"], stored
    assert b"sk-" not in content
    again = Followed(last["id"])
    await follow(again, lambda: port, lambda one: f"/v1/responses/{one.run_id}?stream=true", HEADERS)
    agree([reader, again] if reader.run_id else [again])
    assert again.events == reader.events
