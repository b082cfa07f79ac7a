"""Real services that are killed, stopped and started again while clients ask and read."""

import asyncio
import contextlib
import json
import os
import random
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from prosa.drivers.sql import DatabaseAddress, look
from tests.boot.process import Process, started
from tests.databases import environment
from tests.runs.following import SILENCE, Cut, Followed, agree, ask, follow, once

KEY: Final = "a-key-of-the-settings-0123456789"
HEADERS: Final = {"Authorization": f"Bearer {KEY}"}
LEASE: Final = 2.0
PROMISED: Final = 2.0  # seconds after which everything is driven again or ended: after the restart, or after the lease
BUSY: Final = 2.5  # seconds more that a machine may need on which everything else runs, too
ENV: Final = {
    "API_KEYS": KEY,
    "PROSA_RUN_LEASE_SECONDS": str(LEASE),
    "PROSA_REQUESTS_PER_MINUTE": "0",
    "PROSA_FAILED_PER_MINUTE": "0",
    "PROSA_SECRET": "a secret that all hosts share 7391",
}
ENDED: Final = ("completed", "failed", "cancelled", "incomplete")
ORPHANS: Final = (
    "SELECT id FROM runs WHERE state = 'running' AND (driver IS NULL OR driver NOT IN"
    " (SELECT id FROM run_drivers WHERE lease_until >= {now}))"
)
OPEN: Final = "SELECT id, fence FROM runs WHERE state = 'running'"
# Everything that has ended has its one terminal event, as the last one, and each log is without a gap.
TORN: Final = (
    "SELECT r.id, r.state FROM runs r WHERE r.state NOT IN ('queued', 'running', 'waiting') AND ("
    "(SELECT count(*) FROM run_events e WHERE e.run_id = r.id AND e.final) <> 1 OR"
    " (SELECT max(last) FROM run_events e WHERE e.run_id = r.id AND e.final) <>"
    " (SELECT max(last) FROM run_events e WHERE e.run_id = r.id) OR"
    " (SELECT sum(last - first + 1) FROM run_events e WHERE e.run_id = r.id) <>"
    " (SELECT max(last) + 1 FROM run_events e WHERE e.run_id = r.id))"
)


@dataclass
class Host:
    """A folder with a service in it, which is started and started again."""

    folder: Path
    arguments: tuple[str, ...]
    env: dict[str, str]
    process: Process | None = None
    port: int = 0
    starts: int = 0
    _stack: ExitStack = field(default_factory=ExitStack)

    async def start(self) -> None:
        """Start it; returns when it's ready."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.starts += 1
        entered = started(self.folder, *self.arguments, **self.env)
        self.process = await asyncio.to_thread(self._stack.enter_context, entered)
        self.port = self.process.port

    async def kill(self) -> None:
        """`kill -9`, the service as a whole."""
        assert self.process is not None
        self.process.popen.kill()
        await asyncio.to_thread(self.process.popen.wait)

    def send(self, number: int) -> None:
        """A signal to the process."""
        assert self.process is not None
        self.process.popen.send_signal(number)

    async def close(self) -> None:
        """End whatever still runs."""
        await asyncio.to_thread(self._stack.close)


@dataclass
class Asked:
    """A run that a client started, and everybody who reads it."""

    id: str
    readers: list[Followed]

    @property
    def ended(self) -> bool:
        """Whether everybody has come to the end."""
        return all(reader.ended for reader in self.readers)

    @property
    def seen(self) -> int:
        """How far the furthest has come."""
        return max((reader.last for reader in self.readers), default=-1)


class Siege:
    """Clients that start runs and follow them, whatever happens to the hosts."""

    def __init__(self, hosts: Sequence[Host], address: DatabaseAddress, seed: int) -> None:
        self.hosts = list(hosts)
        self.address = address
        self.random = random.Random(seed)
        self.silence = SILENCE  # seconds that readers bear
        self.runs = 1
        self.asked: list[Asked] = []
        self.tasks: list[asyncio.Task[None]] = []
        self._numbers = 0

    def port(self) -> int:
        """One of the services, also one that is down."""
        return self.random.choice(self.hosts).port

    async def begin(self, count: int, readers: int, words: int = 40, delay: float = 0.08) -> None:
        """Have so many runs started, acknowledged, and followed by so many readers each; every other one by its own answer."""
        await asyncio.gather(*(self._one(readers, words, delay, stream=number % 2 == 0) for number in range(count)))

    async def _one(self, readers: int, words: int, delay: float, *, stream: bool) -> None:
        self._numbers += 1
        text = " ".join(f"w{number}" for number in range(words))
        body = {"model": "mock", "input": f"[[mock delay={delay} text='{text}']] question {self._numbers}"}
        first = await (self._streamed(body | {"stream": True}) if stream else self._started(body | {"background": True}))
        asked = Asked(first.run_id, [first])
        self.asked.append(asked)
        for more in range(readers):
            followed = first if more == 0 else Followed(asked.id, self.silence)
            if more:
                asked.readers.append(followed)
            if more or not stream:
                self._follow(follow(followed, self.port, _path, HEADERS))

    async def _started(self, body: dict[str, object]) -> Followed:
        while True:
            with contextlib.suppress(OSError, Cut, asyncio.IncompleteReadError):
                status, content = await ask(self.port(), "POST", "/v1/responses", body, HEADERS)
                if status == 200:
                    return Followed(json.loads(content)["id"], self.silence)
                assert status == 503, (status, content[:300])
            await asyncio.sleep(0.05)

    async def _streamed(self, body: dict[str, object]) -> Followed:
        """Start a run whose first event is its acknowledgement; who was cut off goes on by number."""
        while True:
            followed = Followed("", self.silence)
            task = asyncio.get_running_loop().create_task(self._to_the_end(followed, body))
            await self.until(lambda task=task, one=followed: task.done() or bool(one.events), 60, "an answer's begin")  # type: ignore[misc]  # bound early
            if followed.events:
                followed.run_id = json.loads(followed.events[0][1])["response"]["id"]
                self.tasks.append(task)
                return followed
            await task

    async def _to_the_end(self, followed: Followed, body: dict[str, object]) -> None:
        with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError, Cut):
            await once(followed, self.port(), ("POST", "/v1/responses", body), HEADERS)
        if followed.events:
            await asyncio.sleep(0.02)  # until its name is known
            await follow(followed, self.port, _path, HEADERS)

    def _follow(self, work: Coroutine[Any, Any, None]) -> None:
        self.tasks.append(asyncio.get_running_loop().create_task(work))

    async def until(self, true: Callable[[], bool | Awaitable[bool]], seconds: float, what: str) -> float:
        """Wait for it; how long it took."""
        began = time.monotonic()
        while True:
            found = true()
            if found is True or (not isinstance(found, bool) and await found):
                return time.monotonic() - began
            if time.monotonic() - began > seconds:
                raise AssertionError(f"{what}: not within {seconds} s")
            await asyncio.sleep(0.05)

    async def nobody_is_left_alone(self, seconds: float, before: dict[str, int] | None = None) -> float:
        """Wait until each run has ended or is driven, those of `before` by somebody else than then; how long it took."""

        async def true() -> bool:
            now = await self.open()
            orphans = await look(self.address, ORPHANS.format(now=round(time.time() * 1_000_000)))
            return not orphans and all(now.get(run_id, fence + 1) > fence for run_id, fence in (before or {}).items())

        return await self.until(true, seconds, "runs without a driver")

    async def taken_over(self) -> int:
        """How many runs have had more than one driver."""
        return int(str((await look(self.address, "SELECT count(*) FROM runs WHERE fence > 1"))[0][0]))

    async def open(self) -> dict[str, int]:
        """The fence of every run that is driven."""
        return {str(row[0]): int(str(row[1])) for row in await look(self.address, OPEN)}

    async def finish(self, seconds: float = 30.0) -> None:
        """Wait until every reader has come to the end, and judge all that was seen."""
        if self.tasks:
            await asyncio.wait(self.tasks, timeout=seconds)
        for asked in self.asked:
            for reader in asked.readers:
                assert reader.ended and not reader.wrong, (reader.run_id, reader.wrong[:3], reader.statuses, reader.events[-2:])
        for task in self.tasks:
            await task
        assert await look(self.address, TORN) == []
        for asked in self.asked:
            await self._whole(asked)
        self.asked.clear()
        self.tasks.clear()

    async def _whole(self, asked: Asked) -> None:
        status, content = await ask(self.port(), "GET", f"/v1/responses/{asked.id}", None, HEADERS)
        assert status == 200, (asked.id, status, content[:200])
        found = json.loads(content)
        assert found["status"] in ENDED, found["status"]
        again = Followed(asked.id)
        await follow(again, self.port, _path, HEADERS)
        agree([*asked.readers, again])
        assert {reader.last for reader in asked.readers} == {again.last}
        events = [json.loads(data) for _, data in asked.readers[0].events]
        assert events[-1]["response"]["status"] == found["status"]
        said = "".join(event["delta"] for event in events if event["type"] == "response.output_text.delta")
        assert _text(found) == said, (asked.id, _text(found), said)
        status, content = await ask(self.port(), "GET", f"/v1/responses/{asked.id}/input_items", None, HEADERS)
        assert status == 200 and len(json.loads(content)["data"]) == 1, (asked.id, content[:300])


def _path(followed: Followed) -> str:
    after = "" if followed.last < 0 else f"&starting_after={followed.last}"
    return f"/v1/responses/{followed.run_id}?stream=true{after}"


def _text(response: dict[str, Any]) -> str:
    parts = [part for item in response["output"] if item["type"] == "message" for part in item["content"]]
    return "".join(part["text"] for part in parts if part["type"] == "output_text")


@contextlib.asynccontextmanager
async def besieged(hosts: Sequence[Host], address: DatabaseAddress, seed: int) -> AsyncIterator[Siege]:
    """Hosts that run, and clients; gives a Siege."""
    async with AsyncExitStack() as stack:
        for host in hosts:
            stack.push_async_callback(host.close)
        await asyncio.gather(*(host.start() for host in hosts))
        siege = Siege(hosts, address, seed)
        try:
            yield siege
        finally:
            for task in siege.tasks:
                task.cancel()
            await asyncio.gather(*siege.tasks, return_exceptions=True)


def sqlite_host(folder: Path, *arguments: str) -> tuple[Host, DatabaseAddress]:
    """A service on SQLite, and its file."""
    path = folder / "data" / "prosa.db"
    return Host(folder, arguments, dict(ENV)), DatabaseAddress(path=path)


def postgres_hosts(folder: Path, address: DatabaseAddress, count: int = 2) -> list[Host]:
    """Services with folders of their own on one PostgreSQL."""
    return [Host(folder / f"host{number}", (), ENV | dict(environment(address))) for number in range(count)]


def kill_worker(host: Host, draw: random.Random) -> int:
    """`kill -9` one worker; its process id."""
    assert host.process is not None
    pid = draw.choice(host.process.children())
    os.kill(pid, signal.SIGKILL)
    return pid
