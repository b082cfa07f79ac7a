"""Odd values at every door of part 3: nothing is a 5xx, nothing costs much, and of what was said nothing is in the log."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from itertools import product
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.api.openai.answering import Program, Stage, a_stage
from tests.databases import KINDS, an_address, environment

MB = 1024 * 1024
# As they stand in an address.
ODD = [
    *(
        "%00",
        "a%00b",
        "%ED%A0%80",
        "%FF",
        "-1",
        "-2",
        "0",
        "2147483647",
        "2147483648",
        "9999999999",
        "9" * 40,
        "1e9",
        "NaN",
        "1.5",
    ),
    *("%F0%9F%98%80", "%27%20OR%201=1--", "", "%20", "x" * 300, "../..", "%2e%2e%2f", "%0d%0aX:%20y", "[]", "%E2%80%A8", "null"),
]
LONE = b'"\\ud800"'
NUL = b'"\\u0000"'


@pytest.fixture(params=KINDS)
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    with an_address(request.param) as address:
        async with a_stage(**environment(address)) as found:
            yield found


async def addresses(ana: Program) -> list[str]:
    """Every new route that reads, with something odd in each place."""
    made = (await ana.create("x"))["id"]
    run = made.replace("resp_", "run_")
    talk = (await ana.http.post("/v1/conversations", json={"items": [{"role": "user", "content": "x"}]})).json()["id"]
    body = {"model": "mock", "store": True, "messages": [{"role": "user", "content": "x"}]}
    chat = (await ana.http.post("/v1/chat/completions", json=body)).json()["id"]
    queries = {
        "/api/v1/runs": ("cursor", "kind", "conversation_id", "open", "limit"),
        f"/api/v1/runs/{run}/events": ("starting_after", "limit"),
        f"/v1/responses/{made}": ("stream", "include[]"),
        f"/v1/responses/{made}?stream=true": ("starting_after",),
        f"/v1/responses/{made}/input_items": ("after", "limit", "order"),
        f"/v1/conversations/{talk}/items": ("after", "limit", "order", "include"),
        "/v1/files": ("after", "limit", "order", "purpose"),
        "/v1/chat/completions": ("after", "limit", "order", "model", "metadata[a]"),
        f"/v1/chat/completions/{chat}/messages": ("after", "limit", "order"),
    }
    found = [
        f"{path}{'&' if '?' in path else '?'}{name}={odd}" for path, names in queries.items() for name, odd in product(names, ODD)
    ]
    found += [f"/v1/chat/completions?metadata[{odd}]={odd}" for odd in ODD]
    places = (
        *("/v1/responses/resp_{}", "/v1/conversations/conv_{}", "/v1/files/file-{}/content", "/v1/chat/completions/chatcmpl-{}"),
        *("/api/v1/runs/run_{}/events", f"/v1/conversations/{talk}/items/msg_{{}}", "/v1/responses/{}/input_items"),
    )
    return found + [place.format(odd) for place, odd in product(places, ODD)]


@pytest.mark.attack("J10", "K12")
async def test_odd_values_in_an_address_are_nobodys_failure(stage: Stage) -> None:
    for address in await addresses(stage.ana):
        answer = await stage.ana.http.get(address)
        assert answer.status_code < 500, (address, answer.text)
    faults = [line for line in stage.home.prosa.log.getvalue().splitlines() if "internal_error" in line]
    assert not faults


@pytest.mark.attack("J10")
@pytest.mark.parametrize("number", ["2147483646", "2147483647", "2147483648", "9999999999"])
async def test_a_number_beyond_every_log_means_the_same_with_each_database(stage: Stage, number: str) -> None:
    run = (await stage.ana.create("x"))["id"].replace("resp_", "run_")
    base = str(stage.ana.http.base_url).replace("http", "ws").rstrip("/")
    path = f"{base}/api/v1/runs/{run}/events?starting_after={number}"
    try:
        async with connect(path, additional_headers={"Authorization": f"Bearer {stage.ana.key}"}) as client:
            with pytest.raises(ConnectionClosed) as ended:
                await asyncio.wait_for(client.recv(), 5)
            assert ended.value.rcvd is not None and ended.value.rcvd.code == 1000
    except InvalidStatus as refused:
        pytest.fail(f"{refused.response.status_code} {refused.response.body!r}")
    if int(number) < 2**31:
        page = await stage.ana.http.get(
            f"/api/v1/runs/{run}/events?starting_after={number}", headers={"Accept": "application/json"}
        )
        assert page.status_code == 200 and page.json()["data"] == []


def asked(rest: bytes) -> bytes:
    """A request of the mock."""
    return b'{"model":"mock",' + rest + b"}"


def tool(rest: bytes) -> bytes:
    """One with a function of this schema."""
    return asked(b'"input":"x","tools":[{"type":"function","name":"a","parameters":' + rest + b"}]")


Bodies = dict[str, tuple[bytes, int]]


def bodies() -> Bodies:
    """Bodies of a response, and the status that each has to get."""
    return _malformed() | _odd() | _many()


def _malformed() -> Bodies:
    return {
        "deep": (asked(b'"input":' + b"[" * 100_000 + b"]" * 100_000), 400),
        "deep schema": (tool(b'{"a":' * 5_000 + b"1" + b"}" * 5_000), 400),
        "unended": (b'{"input":"' + b'\\"' * 4_000_000, 400),
        "quotes": (asked(b'"input":' + b'"\\"' * 2_000_000), 400),
        "lone text": (asked(b'"input":' + LONE), 400),
        "lone in an item": (asked(b'"input":[{"role":"user","content":' + LONE + b"}]"), 400),
        "lone in a schema": (tool(b'{"a":' + LONE + b"}"), 400),
        "lone in a name": (tool(b"{" + LONE + b":1}"), 400),
        "lone in metadata": (asked(b'"input":"x","metadata":{' + LONE + b":" + LONE + b"}"), 400),
        "lone in what is passed over": (asked(b'"input":"x","prompt_cache_options":' + LONE), 400),
        "utf-16": ('{"model":"mock","input":"x"}'.encode("utf-16"), 400),
        "no json": (b'{"model":"mock","input":"\xff"}', 400),
        "nothing": (b"", 400),
        "a list": (b"[]", 400),
    }


def _odd() -> Bodies:
    return {
        "nul everywhere": (
            asked(b'"input":' + NUL + b',"instructions":' + NUL + b',"metadata":{' + NUL + b":" + NUL + b"}"),
            200,
        ),
        "nul in a tool": (tool(b"{" + NUL + b":" + NUL + b"}"), 200),
        "nul as a model": (b'{"model":"mo\\u0000ck","input":"x"}', 400),
        "nul in an id": (asked(b'"input":"x","conversation":"conv_\\u0000"'), 404),
        "a giant number": (asked(b'"input":"x","max_output_tokens":' + b"9" * 5_000), 400),
        "an infinite number": (asked(b'"input":"x","temperature":1e400'), 400),
        "tokens without end": (asked(b'"input":"x","max_output_tokens":1000000000000'), 200),
        "a giant number in a schema": (tool(b'{"maximum":1e999}'), 400),
        "twice": (b'{"model":"nope","input":"x","model":"mock"}', 200),
        "a folder as a time zone": (
            asked(b'"input":"x","tools":[{"type":"prosa:current_time","timezone":"../../etc/passwd"}]'),
            400,
        ),
        "a made-up summary": (asked(b'"input":[{"type":"compaction","encrypted_content":"' + b"A" * 1_000_000 + b'"}]'), 400),
        "a long name": (b'{"\\n' + b"k" * 1_000_000 + b'":1}', 400),
    }


def _many() -> Bodies:
    item = {"role": "user", "content": "x"}
    return {
        "too many items": (json.dumps({"model": "mock", "input": [item] * 10_001}).encode(), 400),
        "too many tools": (
            json.dumps({"model": "mock", "input": "x", "tools": [{"type": "function", "name": "a"}] * 129}).encode(),
            400,
        ),
        "too many parts": (
            json.dumps(
                {"model": "mock", "input": [{"role": "user", "content": [{"type": "input_text", "text": "a"}] * 50_000}]}
            ).encode(),
            400,
        ),
    }


@pytest.mark.attack("J6", "J7", "J8", "J10", "K11")
@pytest.mark.parametrize("path", ["/v1/responses", "/v1/responses/input_tokens"])
async def test_odd_bodies_are_refused_by_their_name_and_cost_little(stage: Stage, path: str) -> None:
    for name, (body, status) in bodies().items():
        answer = await stage.ana.http.post(path, content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == status, (name, answer.text[:300])
        assert len(answer.content) < 64_000, name
        assert status == 200 or answer.json()["error"]["message"], name


@pytest.mark.attack("J10")
async def test_odd_texts_in_what_is_stored_are_nobodys_failure(stage: Stage) -> None:
    texts = (LONE, NUL, b"9" * 400, b"1e999", b"null", b"[]", b"{}", b"-1", b"0", b"1000", b'"\\u2028"', b'"' + b"x" * 600 + b'"')
    shapes = {
        "/v1/conversations": b'{"items":[{"role":"user","content":%b}],"metadata":{"a":%b}}',
        "/v1/responses": b'{"model":"mock","input":%b,"metadata":{"a":%b}}',
        "/v1/responses/compact": b'{"model":"mock","input":%b,"instructions":%b}',
        "/v1/chat/completions": b'{"model":"mock","store":true,"messages":[{"role":"user","content":%b}],"metadata":{"a":%b}}',
        "/v1/chat/completions?": b'{"model":"mock","store":true,"n":%b,"max_tokens":%b,"messages":[{"role":"user"}]}',
    }
    for (path, shape), text in product(shapes.items(), texts):
        body = shape.replace(b"%b", text)
        answer = await stage.ana.http.post(path, content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code < 500, (path, text[:20], answer.text)


@pytest.mark.attack("J7", "J13")
@pytest.mark.parametrize(
    "text", ["a" * 9 * MB, '"data:' * MB, '\\"' * 2 * MB, "((a+)+)+$" * MB], ids=["word", "data", "quotes", "pattern"]
)
async def test_counting_the_tokens_of_a_hostile_text_is_linear(text: str) -> None:
    async with a_stage() as stage:
        body = json.dumps({"model": "mock", "input": text}).encode()
        took = []
        for part in (body[: len(body) // 8] + b'"}', body):
            began = time.process_time()
            await stage.ana.http.post("/v1/responses/input_tokens", content=part, headers={"Content-Type": "application/json"})
            took.append(time.process_time() - began)
        assert took[1] < 30 * max(took[0], 0.02), took


@pytest.mark.attack("M4", "M5")
async def test_of_what_was_said_nothing_is_in_the_log_or_the_figures(caplog: pytest.LogCaptureFixture) -> None:
    said = "canary-said-to-the-model"
    caplog.set_level("DEBUG")
    async with a_stage() as stage:
        ana = stage.ana
        made = await ana.create(said, instructions=said, metadata={"a": said}, user=said)
        await ana.stream(f"[[mock error_after=2]] {said}")
        await ana.http.post("/v1/responses", json={"model": "mock", "input": [{"role": said, "content": said}]})
        await ana.http.post(
            "/v1/conversations", json={"items": [{"role": "user", "content": said}]}, headers={"Idempotency-Key": said}
        )
        await ana.http.post("/v1/files", files={"file": (f"{said}.txt", said.encode())}, data={"purpose": said})
        await ana.http.get(f"/v1/files/{said}")
        await ana.http.get(f"/v1/chat/completions?metadata[{said}]={said}")
        await ana.create(said, status=404, model="nobody-knows-it")
        await ana.http.delete(f"/v1/responses/{made['id']}")
        figures = stage.home.prosa.system.metrics.render().decode()
        await asyncio.sleep(0.5)
        log = stage.home.prosa.log.getvalue()
    assert said not in figures
    assert [line for line in log.splitlines() if said in line] == []
    assert [
        record.getMessage() for record in caplog.records if record.name.startswith("prosa") and said in record.getMessage()
    ] == []


@pytest.mark.attack("K12")
async def test_an_unknown_field_is_told_without_control_signs_and_in_part() -> None:
    async with a_stage() as stage:
        for name in ("k" * 100_000, "\n" + "k" * 100_000, "\x1b[31m"):
            told: dict[str, Any] = (await stage.ana.http.post("/v1/responses", json={name: 1})).json()
            assert told["error"]["code"] == "unknown_parameter" and len(told["error"]["param"]) <= 64
