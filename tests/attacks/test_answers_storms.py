"""Callers that leave: at random moments, by the hundred, at every phase of a request. Nobody gets what is another's, and nothing
is left over."""

import asyncio
import gc
import json
import os
import random
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

import httpx2
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from tests.api.openai.answering import Program, Stage, a_stage

NONCE = re.compile(r"nonce-(\w+)-(\d+)-")
BOUNDARY = "a-boundary"
Ask = Callable[[Program, str], Awaitable[str]]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with a_stage() as found:
        yield found


@dataclass(frozen=True, slots=True)
class Counts:
    """What must come back to where it was."""

    tasks: int
    descriptors: int
    live: int
    followed: int

    @staticmethod
    def of(stage: Stage) -> "Counts":
        gc.collect()
        runs = stage.home.prosa.system.runs
        return Counts(len(asyncio.all_tasks()), len(os.listdir("/proc/self/fd")), runs.live, runs.followed)


def opened() -> list[str]:
    """The files that this process holds open."""
    found = []
    for number in os.listdir("/proc/self/fd"):
        with suppress(OSError):
            found.append(os.readlink(f"/proc/self/fd/{number}"))
    return found


async def back_to(stage: Stage, base: Counts, seconds: float = 8) -> None:
    """Wait for it; a few tasks and descriptors more are timers and the database's readers."""
    until = time.monotonic() + seconds
    while (now := Counts.of(stage)) and time.monotonic() < until:
        if (now.live, now.followed) == (0, 0) and now.tasks <= base.tasks + 3 and now.descriptors <= base.descriptors + 12:
            return
        await asyncio.sleep(0.1)
    raise AssertionError((base, now))


# A19: each of these says the nonce back


async def whole(program: Program, text: str) -> str:
    return (await program.http.post("/v1/responses", json={"model": "mock-echo", "input": text})).text


async def unstored(program: Program, text: str) -> str:
    return (await program.http.post("/v1/responses", json={"model": "mock-echo", "input": text, "store": False})).text


async def streamed(program: Program, text: str) -> str:
    body = {"model": "mock-echo", "input": text, "stream": True}
    async with program.http.stream("POST", "/v1/responses", json=body) as answer:
        return (await answer.aread()).decode()


async def behind(program: Program, text: str) -> str:
    made = await program.http.post("/v1/responses", json={"model": "mock-echo", "input": text, "background": True})
    found = await program.http.get(f"/v1/responses/{made.json()['id']}?stream=true")
    items = await program.http.get(f"/v1/responses/{made.json()['id']}/input_items")
    return found.text + items.text


async def chat(program: Program, text: str) -> str:
    body = {"model": "mock-echo", "store": True, "messages": [{"role": "user", "content": text}]}
    return (await program.http.post("/v1/chat/completions", json=body)).text


async def talk(program: Program, text: str) -> str:
    made = await program.http.post("/v1/conversations", json={"items": [{"role": "user", "content": text}]})
    return (await program.http.get(f"/v1/conversations/{made.json()['id']}/items")).text


async def file(program: Program, text: str) -> str:
    made = await program.http.post("/v1/files", files={"file": ("a.txt", text.encode())}, data={"purpose": "user_data"})
    return (await program.http.get(f"/v1/files/{made.json()['id']}/content")).text


async def runs(program: Program, text: str) -> str:
    """No nonce of its own to hear, only those of its owner."""
    return (await program.http.get("/v1/chat/completions?order=desc")).text + text


async def over_a_socket(program: Program, text: str) -> str:
    base = str(program.http.base_url).replace("http", "ws").rstrip("/")
    found = ""
    async with connect(f"{base}/v1/responses", additional_headers={"Authorization": f"Bearer {program.key}"}) as client:
        await client.send(json.dumps({"type": "response.create", "model": "mock-echo", "input": text}))
        while "response.completed" not in found:
            found += str(await client.recv())
    return found


WAYS: list[Ask] = [whole, unstored, streamed, behind, chat, talk, file, runs, over_a_socket]


async def one(program: Program, number: int, left: float | None) -> str | None:
    """The text that came, None where the caller left before."""
    way = WAYS[number % len(WAYS)]
    text = f"nonce-{program.person.account.name}-{number}- "
    try:
        async with asyncio.timeout(left):
            found = await way(program, text)
    except (TimeoutError, WebSocketException):
        return None
    assert text.strip() in found, (way.__name__, found[-300:])
    return found


@pytest.mark.attack("A19")
async def test_a_storm_of_cancelled_requests_mixes_no_two_callers(stage: Stage) -> None:
    chance = random.Random(19)
    people = [stage.ana, *[await stage.program(name) for name in ("bia", "caio")]]
    await asyncio.gather(*(one(who, number, None) for who in people for number in range(len(WAYS))))
    base = Counts.of(stage)
    heard = 0
    for begin in range(0, 360, 30):
        storm = [
            one(people[number % 3], number, chance.expovariate(1 / 0.15) if chance.random() < 0.7 else None)
            for number in range(begin, begin + 30)
        ]
        for number, found in enumerate(await asyncio.gather(*storm), begin):
            owner = people[number % 3].person.account.name
            assert found is None or {name for name, _ in NONCE.findall(found)} == {owner}
            heard += found is not None
    assert heard > 100
    await back_to(stage, base)


# J12: bytes of requests, and how many of them are sent before the caller vanishes


def requests(program: Program) -> dict[str, bytes]:
    """Requests as they go over a connection."""
    said = "[[mock first_byte=0.3 delay=0.02 repeat=2]] x"
    upload = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nuser_data\r\n--{BOUNDARY}\r\n'
        f'Content-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n{"x" * 300_000}\r\n--{BOUNDARY}--\r\n'
    ).encode()
    bodies = {
        f"POST /v1/responses {stored} {stream}": json.dumps(
            {"model": "mock", "input": said, "stream": stream, "store": stored}
        ).encode()
        for stored in (True, False)
        for stream in (True, False)
    }
    stored_chat = {"model": "mock", "store": True, "stream": True, "messages": [{"role": "user", "content": said}]}
    bodies["POST /v1/chat/completions"] = json.dumps(stored_chat).encode()
    found = {name: _head(program, name, "application/json", body) + body for name, body in bodies.items()}
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    found["POST /v1/files"] = _head(program, "POST /v1/files", kind, upload) + upload
    found["GET socket"] = (
        f"GET /v1/responses HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {program.key}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode() + b"\x81\xfe\x10\x00half a frame"
    return found


def _head(program: Program, name: str, kind: str, body: bytes) -> bytes:
    method, path = name.split()[:2]
    return (
        f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {program.key}\r\nContent-Type: {kind}\r\n"
        f"Idempotency-Key: {random.getrandbits(64)}\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()


async def vanish(program: Program, data: bytes, read: int, seconds: float) -> None:
    """Send this, read so many bytes of the answer for at most so long, and reset the connection."""
    host, _, port = str(program.http.base_url).removeprefix("http://").rstrip("/").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    with suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
        async with asyncio.timeout(seconds):
            writer.write(data)
            await writer.drain()
            await reader.readexactly(read)
    writer.transport.abort()


@pytest.mark.attack("J12")
async def test_who_vanishes_at_any_phase_leaves_nothing_behind(stage: Stage) -> None:
    await stage.ana.create("x")
    base = Counts.of(stage)
    for data in requests(stage.ana).values():
        phases = [1, 60, data.index(b"\r\n\r\n") + 4, len(data) // 2, len(data) - 1]
        await asyncio.gather(
            *(vanish(stage.ana, data[:cut], 1, 0.2) for cut in phases),
            *(vanish(stage.ana, data, 10**6, seconds) for seconds in (0.02, 0.1, 0.35, 0.6)),
        )
    await back_to(stage, base, 15)
    blobs = stage.home.prosa.data / "blobs"
    kept = (await stage.ana.http.get("/v1/files")).json()["data"]
    assert sum(len(files) for _, _, files in os.walk(blobs)) == len(kept)
    open_ones = (await stage.ana.http.get("/api/v1/runs?open=true")).json()["data"]
    assert open_ones == []
    unstored_ones = stage.home.prosa.system.runs.live
    assert unstored_ones == 0


@pytest.mark.attack("J12")
async def test_a_download_that_was_left_at_any_moment_keeps_no_file_open(stage: Stage) -> None:
    sent = {"file": ("a.txt", b"x" * 100_000)}
    made = await stage.ana.http.post("/v1/files", files=sent, data={"purpose": "user_data"})
    files, owner = stage.home.prosa.system.features.files, stage.ana.person.account.id
    stored = await files.get(owner, made.json()["id"].removeprefix("file-"))
    blobs = str(stage.home.prosa.data / "blobs")

    async def read() -> None:
        async for _ in files.content(stored):
            pass

    for number in range(300):
        task = asyncio.create_task(read())
        await asyncio.sleep(number % 15 * 0.00005)
        task.cancel()
        await asyncio.wait([task])
    await asyncio.sleep(0.2)
    assert [place for place in opened() if place.startswith(blobs)] == []


@pytest.mark.attack("J12", "A19")
async def test_a_key_of_who_vanished_is_free_again_and_its_request_is_done_once(stage: Stage) -> None:
    """A repetition after a cut never hears a conflict for longer than the first attempt lasts."""
    body = {"model": "mock-echo", "input": "[[mock first_byte=0.2]] once"}
    for number, seconds in enumerate((0.01, 0.1, 0.25, 0.5)):
        key = {"Idempotency-Key": f"cut-{number}"}
        with suppress(httpx2.TimeoutException):
            await stage.ana.http.post("/v1/responses", json=body, headers=key, timeout=seconds)
        for _ in range(100):
            again = await stage.ana.http.post("/v1/responses", json=body, headers=key)
            if again.status_code != 409:
                break
            await asyncio.sleep(0.05)
        assert again.status_code == 200 and again.json()["status"] == "completed"
    found = (await stage.ana.http.get("/api/v1/runs?limit=100")).json()["data"]
    assert len(found) == 4
