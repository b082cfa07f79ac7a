"""CPU and memory of processes and of the host, read from /proc (Linux); elsewhere only what `resource` and `os` know."""

import os
import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_KIB = 1024


@dataclass(frozen=True, slots=True)
class ProcessFigures:
    """One process: `born` is its start in clock ticks since boot, so that a reused number is not taken for it. Bytes, seconds."""

    pid: int
    born: int
    cpu_seconds: float
    resident_bytes: int
    threads: int
    open_files: int


@dataclass(frozen=True, slots=True)
class HostFigures:
    """The machine: seconds of CPU by use, bytes of memory, load."""

    cpus: int
    cpu_busy_seconds: float
    cpu_idle_seconds: float
    memory_bytes: int
    memory_free_bytes: int
    load: float


def process_figures(pid: int | None = None) -> ProcessFigures | None:
    """Figures of a process (default: this one); None when it is gone."""
    own = os.getpid()
    pid = own if pid is None else pid
    try:
        text = (_PROC / str(pid) / "stat").read_text(encoding="latin-1")
    except OSError:
        return _without_proc() if pid == own and not _PROC.is_dir() else None
    fields = text.rpartition(")")[2].split()  # field 3 of proc(5) on: the name before may hold blanks
    tick = os.sysconf("SC_CLK_TCK")
    return ProcessFigures(
        pid=pid,
        born=int(fields[19]),
        cpu_seconds=(int(fields[11]) + int(fields[12])) / tick,
        resident_bytes=int(fields[21]) * os.sysconf("SC_PAGE_SIZE"),
        threads=int(fields[17]),
        open_files=_open_files(pid),
    )


def host_figures() -> HostFigures | None:
    """Figures of the machine; None where they can't be read."""
    try:
        busy, idle = _host_cpu((_PROC / "stat").read_text(encoding="latin-1"))
        memory = _host_memory((_PROC / "meminfo").read_text(encoding="latin-1"))
        load = os.getloadavg()[0]
    except (OSError, ValueError, KeyError):
        return None
    return HostFigures(os.cpu_count() or 1, busy, idle, memory["MemTotal"], memory["MemAvailable"], load)


def _host_cpu(text: str) -> tuple[float, float]:
    numbers = [int(word) for word in text.partition("\n")[0].split()[1:9]]
    tick = os.sysconf("SC_CLK_TCK")
    idle = numbers[3] + numbers[4]  # idle and waiting for input
    return (sum(numbers) - idle) / tick, idle / tick


def _host_memory(text: str) -> dict[str, int]:
    lines = (line.partition(":") for line in text.splitlines())
    return {name: int(rest.split()[0]) * _KIB for name, _, rest in lines if rest.strip()}


def _open_files(pid: int) -> int:
    try:
        return len(os.listdir(_PROC / str(pid) / "fd"))
    except OSError:
        return 0


def _without_proc() -> ProcessFigures:
    used = resource.getrusage(resource.RUSAGE_SELF)
    unit = 1 if sys.platform == "darwin" else _KIB
    return ProcessFigures(os.getpid(), int(time.time()), used.ru_utime + used.ru_stime, used.ru_maxrss * unit, 1, 0)
