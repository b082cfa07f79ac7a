"""One subject while it is measured: its server, the provider behind it, and what its CPU and memory do meanwhile."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.load import Aim, Found, Load
from bench.measures import Figures, Outcome, Sizes
from bench.processes import Cores, Memory, Ready, Server, connections_to, cpu_seconds, free_port, memory, open_files, pinned
from bench.subjects import Site, Subject
from bench.upstream import Upstream

SETTLE_SECONDS = 0.4  # what a server writes after a load (its request log) belongs to that load
LEFT_SECONDS = 4.0
WORST = ("left_connections", "left_files", "highest_mb")


@dataclass(slots=True)
class Base:
    """What was open after the warm-up and before any load."""

    files: int
    idle: int


class Stage:
    """Everything that a case needs."""

    def __init__(self, subject: Subject, sizes: Sizes, cores: Cores, upstream: Upstream) -> None:
        """Nothing runs yet but the provider."""
        self.subject, self.sizes, self.cores, self.upstream = subject, sizes, cores, upstream
        self.load = Load(cores)
        self.outcome = Outcome(subject.name, subject.version, {}, [])
        self.server: Server | None = None
        self.site = Site(0, upstream.port, Path())
        self.base = Base(0, 0)

    @contextmanager
    def running(self, workers: int = 1) -> Iterator[Ready]:
        """The subject's server, started and warm; stopped at the end."""
        if self.subject.launch is None:
            yield Ready(0.0, 0.0)
            return
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            self.site = Site(free_port(), self.upstream.port, Path(name), workers)
            self.subject.prepare(self.site)
            launch = self.subject.launch(self.site)
            cores = self.cores.workers if workers > 1 else self.cores.server
            self.server = Server(pinned(launch.argv, cores), launch.env, self.site.folder)
            try:
                yield self.server.wait_ready(self.site.port, self.subject.ready_path, self.subject.start_seconds)
            finally:
                self.server.stop()
                self.server = None

    @property
    def aim(self) -> Aim:
        """What the load is pointed at."""
        return self.subject.aim(self.site)

    @property
    def direct(self) -> Aim:
        """The provider itself."""
        return Aim(self.upstream.port, "sk-none", "bench-1")

    def cpu(self) -> float:
        """CPU seconds of the server so far; 0 for the direct call."""
        return cpu_seconds(self.server.pid) if self.server else 0.0

    def memory(self) -> Memory:
        """Its memory now."""
        return memory(self.server.pid) if self.server else Memory(0.0, 0.0, 0.0)

    def keep(self, figures: Figures) -> None:
        """Adds figures; of what is judged after every start, the worst counts."""
        for name, value in figures.items():
            worst = name in WORST and name in self.outcome.figures
            self.outcome.figures[name] = max(value, self.outcome.figures[name]) if worst else value

    def measured(self, *options: str, path: str = "/chat/completions", aim: Aim | None = None) -> tuple[Found, float]:
        """One run of load and the CPU seconds that the server spent on it."""
        before = self.cpu()
        found = self.load.run(aim or self.aim, *options, path=path)
        time.sleep(SETTLE_SECONDS)
        self.judge(found, " ".join(options))
        return found, self.cpu() - before

    def judge(self, found: Found, what: str) -> None:
        """Keeps what failed."""
        self.outcome.figures["failures"] = self.outcome.figures.get("failures", 0.0) + found.failures
        if found.failures:
            reasons = ", ".join(f"{reason} {count}" for reason, count in found.failed.items() if count)
            self.outcome.problems.append(f"{what}: {reasons}; first: {found.sample}")

    def warm_up(self) -> None:
        """Some of everything, so that what is built once is built; then the base for what may be left over."""
        count = "2000" if self.subject.own or self.subject.launch is None else "100"
        self.judge(self.load.run(self.aim, "--connections", "8", "--requests", count), "warm-up")
        prompt = ("--stream", "--prompt", "chunks=20")
        self.judge(self.load.run(self.aim, "--connections", "8", "--requests", "40", *prompt), "warm-up of streams")
        time.sleep(SETTLE_SECONDS)
        self.base = Base(self._files(), self._idle())

    def left_over(self) -> tuple[int, int]:
        """(connections and streams, files) that are still open when all should be closed."""
        until = time.monotonic() + LEFT_SECONDS
        while True:
            connections = connections_to(self.site.port) + self.upstream.counters().open_streams
            files = max(0, (self._files() - self._idle()) - (self.base.files - self.base.idle))
            if (not connections and not files) or time.monotonic() > until:
                return connections, files
            time.sleep(0.2)

    def _files(self) -> int:
        return open_files(self.server.pid) if self.server else 0

    def _idle(self) -> int:
        """Connections to the provider that are kept for the next call: the asking one is not among them."""
        return self.upstream.counters().open_connections - 1
