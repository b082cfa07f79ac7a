"""The load generator as a process: what it is told, and what it found."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from bench.compile import BenchError, compiled
from bench.processes import UNPINNED, Cores, pinned


class Times(msgspec.Struct, frozen=True):
    """A distribution in milliseconds."""

    count: int
    mean: float
    p50: float
    p90: float
    p99: float
    most: float


class Found(msgspec.Struct, frozen=True):
    """What `bench/native/load.c` prints at its end; `leaves` are (connection, CLOCK_MONOTONIC ns), the first 512."""

    ok: int
    opened: int
    retried: int
    chunks: int
    seconds: float
    left_at: int
    failed: dict[str, int]
    sample: str
    leaves: list[tuple[int, int]]
    latency: Times
    first: Times
    lag: Times

    @property
    def failures(self) -> int:
        """Answers that were missing, refused, cut, out of order or late."""
        return sum(self.failed.values())

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.ok / self.seconds if self.seconds > 0 else 0.0


class Opened(msgspec.Struct, frozen=True):
    """The line that `--hold` and `--slow` print once all streams are open or have failed."""

    open: int
    failed: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Aim:
    """Where the load goes and with what: `headers` are whole lines."""

    port: int
    key: str
    model: str
    prefix: str = "/v1"
    headers: tuple[str, ...] = ()
    done: bool = True  # its chat streams end with [DONE], and not with a finish reason alone

    def arguments(self, path: str) -> list[str]:
        """The options that load.c takes for it."""
        told = ["--port", str(self.port), "--key", self.key, "--model", self.model, "--path", self.prefix + path]
        for header in self.headers:
            told += ["--header", header]
        return told if self.done else [*told, "--finish"]


class Held:
    """Streams that stay open until `release()`: read on (`--hold`) or left unread (`--slow`)."""

    def __init__(self, argv: Sequence[str], seconds: float) -> None:
        """Starts them and waits until all are open or have failed."""
        self._seconds = seconds
        self._process = subprocess.Popen(argv, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        line = self._process.stdout.readline() if self._process.stdout else b""
        if not line:
            raise BenchError("the load generator ended early")
        self.event = msgspec.json.decode(line, type=Opened)

    def release(self) -> Found:
        """Lets the readers leave, or read on to the end; what they found."""
        try:
            out, _ = self._process.communicate(b"\n", timeout=self._seconds)
        except subprocess.TimeoutExpired as error:
            self._process.kill()
            self._process.wait()
            raise BenchError("the load generator does not end") from error
        return decode(out)


class Load:
    """Runs the load generator, pinned."""

    def __init__(self, cores: Cores = UNPINNED) -> None:
        """Compiles it when needed."""
        self._argv = pinned([str(compiled("load"))], cores.load)

    def run(self, aim: Aim, *options: str, path: str = "/chat/completions", most: float = 180.0) -> Found:
        """One run to its end; `most` seconds at the longest."""
        argv = [*self._argv, *aim.arguments(path), *options]
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=most, check=False)
        return decode(done.stdout)

    def hold(self, aim: Aim, *options: str, path: str = "/chat/completions", most: float = 180.0) -> Held:
        """Streams that stay open; the options name `--hold` or `--slow`."""
        return Held([*self._argv, *aim.arguments(path), *options], most)


def decode(out: bytes) -> Found:
    """The result out of the generator's last line; BenchError when there is none."""
    lines = out.strip().splitlines()
    try:
        return msgspec.json.decode(lines[-1] if lines else b"", type=Found)
    except msgspec.DecodeError as error:
        raise BenchError(f"the load generator printed no result: {out[-300:]!r}") from error
