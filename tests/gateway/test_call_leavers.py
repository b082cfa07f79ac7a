"""Clients that leave, read slowly or vanish in numbers: the provider hears of it, memory is bounded, nothing is left over."""

import asyncio
import contextlib
import gc
import json
import os
import random
import socket
import time
from collections.abc import MutableMapping
from typing import Any

import httpx2
import pytest

from tests.calling import PATH, QUICK, call, counted, documents, named, resident, said, settled
from tests.serving import Running, running
from tests.upstream import DONE, Asked, chunk, completion, crash, head, raw, saying, silent, streaming, upstream

pytestmark = pytest.mark.slow

MB = 1024 * 1024
PATIENT = QUICK | {"PROSA_FIRST_BYTE_SECONDS": "30", "PROSA_SILENCE_SECONDS": "30"}


async def until(true: object, seconds: float = 5.0) -> None:
    """Wait for `true()`, no longer than that."""
    assert callable(true)
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110  # what is waited for lies in several places
            await asyncio.sleep(0.01)


def left_alone(prosa: Running) -> bool:
    """Nothing is under way."""
    figures = prosa.system.client.figures()
    gauges = counted(prosa, "prosa_streams_open") | counted(prosa, "prosa_requests_open")
    return figures.open == figures.idle and all(value == 0 for value in gauges.values())


@pytest.mark.contract("B43")
@pytest.mark.attack("J12")
@pytest.mark.parametrize("path", [PATH, "/v1/embeddings", "/api/chat/completions"])
@pytest.mark.parametrize("phase", ["before", "within"])
async def test_the_provider_hears_within_a_second_that_a_client_has_left(path: str, phase: str) -> None:
    answer = silent() if phase == "before" else raw(head(200, "text/event-stream"), chunk("Olá"), b"", pause=20)
    async with upstream(answer) as provider:
        body = call("nvidia/m", stream=phase == "within", input="c")
        async with running(PATIENT | provider.env("NVIDIA")) as prosa:
            async with httpx2.AsyncClient(base_url=prosa.base, verify=False) as client:
                asking = asyncio.create_task(client.post(path, json=body))
                await asyncio.wait_for(provider.reached.wait(), 5)
                await asyncio.sleep(0.05)
                begun = time.monotonic()
                asking.cancel()
                await asyncio.gather(asking, return_exceptions=True)
            await asyncio.wait_for(provider.hung_up.wait(), 1)
            assert time.monotonic() - begun < 1
            await until(lambda: left_alone(prosa))
            assert settled(prosa) == {"cancelled": 1}


@pytest.mark.attack("J5", "J12")
async def test_a_client_that_reads_nothing_costs_little_memory_and_leaves_nothing() -> None:
    sent = 0

    async def endless(_asked: Asked, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(head(200, "text/event-stream"))
        piece = chunk("x" * 60_000)
        while sent < 500 * MB:
            writer.write(piece)
            await writer.drain()
            sent += len(piece)

    async with upstream(endless) as provider, running(PATIENT | named(alpha=provider)) as prosa:
        before = resident()
        deaf = socket.socket()
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        deaf.setblocking(False)
        with deaf:
            loop = asyncio.get_running_loop()
            await loop.sock_connect(deaf, ("127.0.0.1", int(prosa.base.rpartition(":")[2])))
            body = json.dumps(call(stream=True)).encode()
            lines = f"POST {PATH} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: {len(body)}\r\n\r\n"
            await loop.sock_sendall(deaf, lines.encode() + body)
            seen = -1
            while seen != sent:
                seen = sent
                await asyncio.sleep(0.2)
            assert 0 < sent < 40 * MB  # the kernel's buffers, not ours
            assert resident() - before < 8 * MB
            assert await loop.sock_recv(deaf, 16)
        await asyncio.wait_for(provider.hung_up.wait(), 1)
        await until(lambda: left_alone(prosa))
        assert settled(prosa) == {"cancelled": 1}


async def moods(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Answers as the request's `mood` says."""
    whole = (chunk("Olá"), chunk(" mundo"), chunk(finish="stop"), DONE)
    answer = {
        "plain": saying(completion()),
        "stream": streaming(*whole),
        "slow": streaming(*whole, pause=0.02),
        "stall": streaming(chunk("Olá"), forever=True),
        "silent": silent(),
        "cut": streaming(chunk("Olá"), b'data: {"ha'),
        "down": saying({"error": "down"}, 500),
        "busy": saying({}, 429, "retry-after: 60\r\n"),
        "garbage": raw(os.urandom(200)),
        "html": raw(head(200, "text/html") + b"<html>"),
        "kept": raw(
            b"HTTP/1.1 200 OK\r\ncontent-length: 60\r\n\r\n" + json.dumps({"choices": [{"message": {}}]}).encode().ljust(60)
        ),
    }
    if asked.fields["mood"] == "crash":
        crash(writer)
    else:
        await answer[asked.fields["mood"]](asked, writer)


MOODS = ("plain", "stream", "slow", "stall", "silent", "cut", "down", "busy", "garbage", "html", "kept", "crash")


async def storm(prosa: Running, count: int) -> int:
    """Mixed calls, fifty at a time; a third of the clients leave at a moment of chance. How many were answered."""
    chance, answered = random.Random(5), 0

    async def one(client: httpx2.AsyncClient, number: int) -> None:
        nonlocal answered
        mood = MOODS[number % len(MOODS)]
        body = call(mood=mood, stream=mood not in ("plain", "kept") and chance.random() < 0.8)
        patience = chance.random() * 0.05 if number % 3 == 0 else 10
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await client.post(PATH, json=body)
                answered += 1

    async with httpx2.AsyncClient(base_url=prosa.base, verify=False, timeout=30) as client:
        for start in range(0, count, 50):
            await asyncio.gather(*(one(client, number) for number in range(start, min(count, start + 50))))
    return answered


def files() -> int:
    return len(os.listdir("/proc/self/fd"))


@pytest.mark.attack("J12")
async def test_after_300_mixed_calls_nothing_is_left() -> None:
    gc.collect()
    async with upstream(moods) as provider:
        base = len(asyncio.all_tasks()), files()
        async with running(QUICK | named(alpha=provider)) as prosa:
            await storm(prosa, 20)
            await until(lambda: left_alone(prosa) and len(asyncio.all_tasks()) <= base[0] + 7)
            tasks, opened = len(asyncio.all_tasks()), files() - prosa.system.client.figures().open
            done = await storm(prosa, 300)
            assert done >= 200
            await until(lambda: left_alone(prosa) and len(asyncio.all_tasks()) == tasks)
            await until(lambda: files() - prosa.system.client.figures().open <= opened + 1)
            await asyncio.sleep(0.3)
            lines = [json.loads(line) for line in prosa.log.getvalue().splitlines()]
            # Every request that came as far as the gateway, and none of them twice.
            assert sum(settled(prosa).values()) == len([line for line in lines if line.get("model")])
            assert settled(prosa).keys() == {"ok", "failed", "broken", "cancelled"}
        assert prosa.system.client.figures().open == 0
        await until(lambda: len(asyncio.all_tasks()) <= base[0] and files() <= base[1] + 1)


@pytest.mark.faults
@pytest.mark.attack("J12")
async def test_after_3000_mixed_calls_nothing_is_left_and_nothing_grew() -> None:
    async with upstream(moods) as provider, running(QUICK | named(alpha=provider)) as prosa:
        await storm(prosa, 500)
        gc.collect()
        before = resident()
        await storm(prosa, 2500)
        await until(lambda: left_alone(prosa))
        gc.collect()
        provider.asked.clear()
        assert resident() - before < 24 * MB


@pytest.mark.parametrize("last", [b"[DONE]", b"Ol"], ids=["marker", "text"])
async def test_a_stopping_server_loses_nothing_of_what_waits_for_a_slow_reader(last: bytes) -> None:
    """Served by a server of the test's own, which is told to stop while it waits to send what holds `last`."""
    asked, waits = json.dumps(call(stream=True)).encode(), asyncio.Event()
    got: list[bytes] = []

    async def receive() -> dict[str, object]:
        if got:
            await asyncio.sleep(60)
        got.append(b"")
        return {"type": "http.request", "body": asked}

    async def send(message: MutableMapping[str, Any]) -> None:
        if last in message.get("body", b"") and not waits.is_set():
            waits.set()
            await asyncio.sleep(60)
        got.append(message.get("body", b""))

    answer = streaming(chunk("Olá"), chunk(finish="stop"), DONE, pause=0.01)
    async with upstream(answer) as provider, running(QUICK | named(alpha=provider)) as prosa:
        host, _, port = prosa.base.removeprefix("http://").partition(":")
        scope = {"type": "http", "method": "POST", "path": PATH, "raw_path": PATH.encode(), "query_string": b""}
        scope |= {"headers": [(b"host", prosa.base[7:].encode())], "client": (host, 1), "server": (host, int(port))}
        application: Any = prosa.system.app
        serving = asyncio.create_task(application(scope, receive, send))
        await asyncio.wait_for(waits.wait(), 5)
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        found = documents(b"".join(got).decode())
        assert said(found) == "Olá"
        assert "error" in found[-1] or last == b"[DONE]"
