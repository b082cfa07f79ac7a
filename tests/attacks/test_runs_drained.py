"""Services that are restarted one after the other under live streams: no reader's request fails or is cut off."""

import asyncio
import json
import os
import signal
import socket
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import uvloop

from tests.databases import an_address
from tests.runs.following import ask
from tests.runs.killing import HEADERS, Host, Siege, besieged, postgres_hosts, sqlite_host
from tests.runs.proxy import free_port, listens, proxied
from tests.serving import running

FEW = 40
MANY = 1_000


def drain_of(count: int) -> float:
    """Seconds; most answers go on for longer, and a busy machine comes to answer everybody."""
    return 3.0 if count <= FEW else 10.0


def judge(siege: Siege, count: int) -> None:
    """Nobody was refused, sent away or cut off; some were asked to come again."""
    readers = [reader for asked in siege.asked for reader in asked.readers]
    assert len(readers) >= count
    assert not [reader.cuts for reader in readers if reader.cuts][:3]
    assert sum(reader.refused for reader in readers) == 0
    assert not [told for reader in readers for told in reader.away]
    assert {status for reader in readers for status in reader.statuses} == {200}
    assert sum(reader.left for reader in readers) > count // 4  # else nothing was restarted under them


async def restart(host: Host) -> None:
    """SIGTERM, and a new process on the same port once the old one has gone."""
    assert host.process is not None
    host.process.popen.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(host.process.popen.wait, 30) == 0
    await host.start()


async def roll_hosts(tmp_path: Path, nginx: str, count: int, words: int, delay: float) -> None:
    """Two services on PostgreSQL behind nginx, each restarted while the other serves."""
    with an_address("postgresql") as address:
        hosts = postgres_hosts(tmp_path, address)
        for host in hosts:
            host.env |= {"PROSA_PORT": str(free_port()), "PROSA_DRAIN_SECONDS": str(drain_of(count))}
        async with besieged(hosts, address, seed=1) as siege:
            siege.silence = 60.0
            with proxied(nginx, tmp_path / "nginx", [host.port for host in hosts]) as port:
                siege.hosts = [Host(tmp_path, (), {}, port=port)]
                await siege.begin(count // 2, 2, words=words, delay=delay)
                for host in hosts:
                    await restart(host)
                    await siege.until(lambda port=host.port: listens(port), 10, "listening")  # type: ignore[misc]  # bound early
                asked = list(siege.asked)
                await siege.finish(120)
                siege.asked = asked
                judge(siege, count)


async def roll_workers(tmp_path: Path, count: int, words: int, delay: float) -> None:
    """The four workers of a service on SQLite, each restarted while the others serve."""
    host, address = sqlite_host(tmp_path, "--workers", "4")
    host.env["PROSA_DRAIN_SECONDS"] = str(drain_of(count))
    async with besieged([host], address, seed=1) as siege:
        siege.silence = 60.0
        await siege.begin(count // 2, 2, words=words, delay=delay)
        process = host.process
        assert process is not None
        old = process.children()
        assert len(old) == 4
        for pid in old:
            os.kill(pid, signal.SIGTERM)
            await siege.until(_renewed(process.children, pid), 30, "a new worker")
        asked = list(siege.asked)
        await siege.finish(120)
        siege.asked = asked
        judge(siege, count)


def _renewed(children: Callable[[], list[int]], pid: int) -> Callable[[], bool]:
    return lambda: pid not in (now := children()) and len(now) == 4


@pytest.mark.slow
async def test_two_hosts_behind_nginx_are_restarted_under_their_readers(tmp_path: Path, need: Callable[[str], str]) -> None:
    await roll_hosts(tmp_path, need("nginx"), FEW, words=140, delay=0.08)


@pytest.mark.slow
async def test_the_workers_of_a_service_are_restarted_under_their_readers(tmp_path: Path) -> None:
    await roll_workers(tmp_path, FEW, words=180, delay=0.08)


@pytest.mark.faults
@pytest.mark.timeout(900)
async def test_a_thousand_readers_of_two_hosts_behind_nginx(tmp_path: Path, need: Callable[[str], str]) -> None:
    await roll_hosts(tmp_path, need("nginx"), MANY, words=120, delay=0.5)


@pytest.mark.faults
@pytest.mark.timeout(900)
async def test_a_thousand_readers_of_four_workers(tmp_path: Path) -> None:
    await roll_workers(tmp_path, MANY, words=120, delay=0.5)


@pytest.mark.slow
async def test_who_was_let_in_just_before_the_stop_is_answered(tmp_path: Path) -> None:
    host, address = sqlite_host(tmp_path)
    async with besieged([host], address, seed=1):
        assert host.process is not None
        callers = [await asyncio.open_connection("127.0.0.1", host.port) for _ in range(5)]
        await asyncio.sleep(0.3)
        host.process.popen.send_signal(signal.SIGTERM)
        await asyncio.sleep(0.1)
        for _, writer in callers[1:]:
            writer.write(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        answers = await asyncio.gather(*(reader.read() for reader, _ in callers))
        assert answers[0] == b"" and {answer[:12] for answer in answers[1:]} == {b"HTTP/1.1 200"}, answers
        assert all(b"connection: close" in answer.lower() for answer in answers[1:])
        assert await asyncio.to_thread(host.process.popen.wait, 10) == 0
        for _, writer in callers:
            writer.close()


@pytest.mark.parametrize("run", [uvloop.run, asyncio.run])
def test_who_stands_before_the_door_when_the_stop_comes_is_let_in_and_answered(
    run: Callable[[Coroutine[Any, Any, None]], None],
) -> None:
    with ExitStack() as stack:
        callers: list[socket.socket] = []

        async def stop_before_them() -> None:
            async with running() as found:
                place = found.base.removeprefix("http://").split(":")
                for _ in range(50):  # in the kernel's queue: the loop doesn't run before it is to stop
                    callers.append(stack.enter_context(socket.create_connection((place[0], int(place[1])), 10)))
                    callers[-1].sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")

        run(stop_before_them())
        answers = [caller.makefile("rb").read() for caller in callers]
    assert {answer[:12] for answer in answers} == {b"HTTP/1.1 200"}, answers


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/v1/responses", "/v1/chat/completions"])
async def test_who_has_no_answer_yet_when_the_time_is_over_is_told_to_ask_again(tmp_path: Path, path: str) -> None:
    host, address = sqlite_host(tmp_path)
    host.env["PROSA_DRAIN_SECONDS"] = "0.5"
    said = "[[mock first_byte=60]] Hello!"
    body: dict[str, object] = {"model": "mock", "input": said} if path.endswith("responses") else {"model": "mock"}
    if path.endswith("completions"):
        body["messages"] = [{"role": "user", "content": said}]
    async with besieged([host], address, seed=1):
        assert host.process is not None
        asking = asyncio.get_running_loop().create_task(ask(host.port, "POST", path, body, HEADERS))
        await asyncio.sleep(0.5)
        host.process.popen.send_signal(signal.SIGTERM)
        status, content = await asking
        assert status == 503 and json.loads(content)["error"]["code"] == "service_unavailable", (status, content)
        assert await asyncio.to_thread(host.process.popen.wait, 10) == 0
