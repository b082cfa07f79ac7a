"""Reads from /proc what a server's process tree costs, and starts and stops such trees."""

import contextlib
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.compile import BenchError

PROC = Path("/proc")
TICK = 1.0 / os.sysconf("SC_CLK_TCK")
STOP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Memory:
    """MB of a process tree: resident, proportional (shared pages divided by their users), the highest resident so far."""

    resident: float
    proportional: float
    highest: float


@dataclass(frozen=True, slots=True)
class Ready:
    """What a start took until the first good answer: seconds of CPU and of the clock."""

    cpu: float
    seconds: float


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the name (proc(5): field 3 is index 0); empty when the process is gone."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def tree(pid: int) -> list[int]:
    """The process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for entry in PROC.iterdir():
        fields = _stat(int(entry.name)) if entry.name.isdigit() else []
        if fields:
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found = [pid]
    for one in found:
        found.extend(children.get(one, ()))
    return found


def cpu_seconds(pid: int) -> float:
    """CPU that the tree has used, children that have ended included."""
    ticks = 0
    for one in tree(pid):
        fields = _stat(one)
        ticks += sum(int(field) for field in fields[11:15])
    return ticks * TICK


def busy_seconds(pid: int) -> float:
    """The same to the nanosecond, without what has ended meanwhile; in ticks where the kernel tells no more."""
    nanoseconds = 0
    for one in tree(pid):
        try:
            for thread in (PROC / str(one) / "task").iterdir():
                nanoseconds += int((thread / "schedstat").read_text().split()[0])
        except OSError:
            continue
    return nanoseconds / 1e9 if nanoseconds else cpu_seconds(pid)


def _kilobytes(path: Path, name: str) -> int:
    try:
        found = re.search(rf"^{name}:\s+(\d+) kB", path.read_text(), re.MULTILINE)
    except OSError:
        return 0
    return int(found.group(1)) if found else 0


def memory(pid: int) -> Memory:
    """The tree's memory now."""
    resident = proportional = highest = 0
    for one in tree(pid):
        rollup = PROC / str(one) / "smaps_rollup"
        resident += _kilobytes(rollup, "Rss")
        proportional += _kilobytes(rollup, "Pss")
        highest += _kilobytes(PROC / str(one) / "status", "VmHWM")
    return Memory(resident / 1024, proportional / 1024, highest / 1024)


def open_files(pid: int) -> int:
    """Descriptors held by the tree."""
    count = 0
    for one in tree(pid):
        try:
            count += len(os.listdir(PROC / str(one) / "fd"))
        except OSError:
            continue
    return count


def connections_to(port: int) -> int:
    """Established connections that a server's side holds at this local port."""
    return sum(1 for line in _tcp_lines() if line[1].endswith(f":{port:04X}") and line[3] == "01")


def _tcp_lines() -> Iterator[list[str]]:
    for name in ("tcp", "tcp6"):
        path = PROC / "net" / name
        if path.exists():
            yield from (line.split() for line in path.read_text().splitlines()[1:])


def free_port() -> int:
    """A port that nobody listened at a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Cores:
    """Which cores each side gets; empty tuples mean no pinning."""

    load: tuple[int, ...] = ()
    upstream: tuple[int, ...] = ()
    server: tuple[int, ...] = ()
    workers: tuple[int, ...] = ()

    @classmethod
    def here(cls) -> "Cores":
        """Load and provider apart from the server; with four cores and more each has its own."""
        mine = tuple(sorted(os.sched_getaffinity(0)))
        if len(mine) < 2 or shutil.which("taskset") is None:
            return cls()
        if len(mine) < 4:
            return cls(mine[:1], mine[:1], mine[1:2], mine[1:])
        return cls(mine[:1], mine[1:2], mine[2:3], mine[2:])


UNPINNED = Cores()


def pinned(argv: Sequence[str], cores: tuple[int, ...]) -> list[str]:
    """The command, held to these cores by taskset."""
    return ["taskset", "-c", ",".join(map(str, cores)), *argv] if cores else list(argv)


class Server:
    """A server's process tree in a session of its own; `log` takes all that it prints."""

    def __init__(self, argv: Sequence[str], env: Mapping[str, str], folder: Path) -> None:
        """Starts it in `folder`, which becomes its working directory."""
        folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / "server.log"
        self._began = time.monotonic()
        with self.log.open("wb") as out:
            self._process = subprocess.Popen(
                argv, env=dict(env), cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
            )
        self.pid = self._process.pid

    def wait_ready(self, port: int, path: str, seconds: float) -> Ready:
        """Waits for a 200 at `path`; BenchError with the log's end when it does not come."""
        while time.monotonic() < self._began + seconds:
            if self._process.poll() is not None:
                raise BenchError(f"ended with code {self._process.returncode} before it was ready:\n{self.last_words()}")
            if answers(port, path):
                return Ready(cpu_seconds(self.pid), time.monotonic() - self._began)
            time.sleep(0.01)
        raise BenchError(f"not ready after {seconds:.0f} s:\n{self.last_words()}")

    def last_words(self) -> str:
        """The end of the log."""
        return self.log.read_text(errors="replace")[-1500:]

    def stop(self) -> None:
        """Asks it to end, then ends what is left of its session."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait(STOP_SECONDS)


def answers(port: int, path: str) -> bool:
    """True when a GET of `path` is answered with 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
