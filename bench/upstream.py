"""The fake provider as a process: started, asked for its counters, stopped."""

import http.client
import subprocess
from types import TracebackType
from typing import Self

import msgspec

from bench.compile import BenchError, compiled
from bench.processes import UNPINNED, Cores, pinned


class Counters(msgspec.Struct, frozen=True):
    """What `/stats` says; moments are CLOCK_MONOTONIC nanoseconds."""

    requests: int
    streams: int
    finished: int
    aborted: int
    chunks: int
    accepted: int
    open_connections: int
    open_streams: int
    last_abort: int
    now: int


class _Port(msgspec.Struct):
    port: int


class Upstream:
    """`bench/native/upstream.c` on a free port of 127.0.0.1."""

    def __init__(self, cores: Cores = UNPINNED) -> None:
        """Starts it and learns its port."""
        self._process = subprocess.Popen(
            pinned([str(compiled("upstream"))], cores.upstream), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
        )
        if self._process.stdout is None:
            raise BenchError("the fake provider has no output")
        self.port = msgspec.json.decode(self._process.stdout.readline(), type=_Port).port
        self.pid = self._process.pid

    def _get(self, path: str) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().read()
        finally:
            connection.close()

    def counters(self) -> Counters:
        """Its counters now; the asking connection is one of the open ones."""
        return msgspec.json.decode(self._get("/stats"), type=Counters)

    def aborts(self) -> list[tuple[int, int]]:
        """(id, moment) of each call that its client left, the oldest first; the last 16,384."""
        return msgspec.json.decode(self._get("/aborts"), type=list[tuple[int, int]])

    def stop(self) -> None:
        """Ends it."""
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()
