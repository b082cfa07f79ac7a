"""Several serving processes on the same ports: forked after the imports to share memory, started again when they die."""

import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

STOPS = (signal.SIGTERM, signal.SIGINT)
YOUNG_SECONDS = 5.0  # a worker that dies sooner is started again more and more slowly
SLOWEST_SECONDS = 10.0
AGAIN_SECONDS = 1.0  # until a failed fork is tried again
GRACE_SECONDS = 5.0  # beyond the drain, before what is left is killed
Body = Callable[[int, Callable[[], None], int], int]


@dataclass(slots=True)
class Worker:
    """One place among the workers, and the process that fills it (0: none now)."""

    number: int
    pid: int = 0
    born: float = 0.0
    deaths: int = 0  # in a row, each young
    again_at: float | None = None
    status: int = -1  # read end of the pipe on which it tells that it is ready


@dataclass(slots=True)
class Lifeline:
    """Held open by the parent; its end tells the workers that the parent is gone, however it went."""

    read: int
    write: int


class Workers:
    """The parent of the serving processes. `run` returns an exit status when all have ended."""

    def __init__(self, count: int, body: Body, listeners: Sequence[socket.socket], drain_seconds: float) -> None:
        """`body(number, ready, lifeline)` is a worker's whole life: it calls `ready` once, stops when `lifeline` ends."""
        self._workers = [Worker(number) for number in range(count)]
        self._body = body
        self._listeners = listeners
        self._drain = drain_seconds
        self._lifeline = Lifeline(*os.pipe())
        self._stopping = 0
        self._deadline: float | None = None
        self._seen_ready: set[int] = set()
        self._announced = False
        self._failed = False

    def run(self, announce: Callable[[], None]) -> int:
        """Start all, call `announce` when all are ready, keep them up until a signal; 3 when one can't even start."""
        wake, signalled = socket.socketpair()
        wake.setblocking(False)
        signalled.setblocking(False)
        signal.set_wakeup_fd(signalled.fileno(), warn_on_full_buffer=False)
        before = {number: signal.signal(number, self._note) for number in (*STOPS, signal.SIGCHLD)}
        try:
            for worker in self._workers:
                self._spawn(worker)
            while any(worker.pid or worker.again_at is not None for worker in self._workers):
                self._wait(wake)
                self._reap()
                self._revive()
                if not self._announced and len(self._seen_ready) == len(self._workers):
                    self._announced = True
                    announce()
        finally:
            signal.set_wakeup_fd(-1)
            for number, handler in before.items():
                signal.signal(number, handler)
            wake.close()
            signalled.close()
        return 3 if self._failed else 0

    def _note(self, number: int, _frame: object) -> None:
        if number in STOPS:
            self._stop()

    def _stop(self) -> None:
        """First: drain. Second: now."""
        self._stopping += 1
        for listener in self._listeners:
            listener.close()  # else new callers would wait in its queue for a worker that never comes
        patience = self._drain + GRACE_SECONDS if self._stopping == 1 else 1.0
        self._deadline = time.monotonic() + patience
        for worker in self._workers:
            worker.again_at = None
            if worker.pid:
                os.kill(worker.pid, signal.SIGTERM)

    def _wait(self, wake: socket.socket) -> None:
        """Sleep until a signal, a worker's word, or the next thing that is due."""
        due = [worker.again_at for worker in self._workers if worker.again_at is not None]
        due += [self._deadline] if self._deadline is not None else []
        timeout = max(0.0, min(due) - time.monotonic()) if due else None
        with selectors.DefaultSelector() as selector:
            selector.register(wake, selectors.EVENT_READ)
            for worker in self._workers:
                if worker.status >= 0:
                    selector.register(worker.status, selectors.EVENT_READ, worker)
            for key, _ in selector.select(timeout):
                if isinstance(key.data, Worker):
                    self._heard(key.data)
                else:
                    wake.recv(4096)

    def _heard(self, worker: Worker) -> None:
        if os.read(worker.status, 1):
            self._seen_ready.add(worker.number)
        os.close(worker.status)
        worker.status = -1

    def _reap(self) -> None:
        if self._deadline is not None and time.monotonic() >= self._deadline:
            self._deadline = None
            for worker in self._workers:
                if worker.pid:
                    os.kill(worker.pid, signal.SIGKILL)
        for worker in self._workers:
            if worker.pid and os.waitpid(worker.pid, os.WNOHANG)[0]:
                worker.pid = 0
                self._died(worker)

    def _died(self, worker: Worker) -> None:
        if self._stopping:
            return
        if worker.number not in self._seen_ready:
            # It never was ready: starting it again would fail again, and forever.
            self._failed = True
            self._stop()
            return
        now = time.monotonic()
        worker.deaths = worker.deaths + 1 if now - worker.born < YOUNG_SECONDS else 0
        pause = min(SLOWEST_SECONDS, 0.1 * 2**worker.deaths) if worker.deaths else 0.0
        worker.again_at = now + pause

    def _revive(self) -> None:
        now = time.monotonic()
        for worker in self._workers:
            if worker.again_at is not None and worker.again_at <= now:
                worker.again_at = None
                self._spawn(worker)

    def _spawn(self, worker: Worker) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        worker.born = time.monotonic()
        try:
            read, write = os.pipe()
            worker.pid = _fork(read, write)
        except OSError as error:
            # No memory, no process or no file left: the other workers go on, and the next try may find some.
            sys.stderr.write(f"prosa: worker {worker.number} can't be started: {error.strerror}\n")
            worker.again_at = worker.born + AGAIN_SECONDS
            return
        if worker.pid == 0:
            self._live(worker, read, write)
        os.close(write)
        worker.status = read

    def _live(self, worker: Worker, read: int, write: int) -> None:
        """The child: shed what belongs to the parent, serve, and leave without the parent's own endings."""
        status = 70
        try:
            self._shed(read)
            status = self._body(worker.number, lambda: _tell(write), self._lifeline.read)
        except SystemExit as leaving:
            status = leaving.code if isinstance(leaving.code, int) else 70
        finally:
            if sys.exc_info()[0] is not None:
                sys.excepthook(*sys.exc_info())
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)

    def _shed(self, read: int) -> None:
        signal.set_wakeup_fd(-1)
        for number in (*STOPS, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        os.close(read)
        os.close(self._lifeline.write)
        for other in self._workers:
            if other.status >= 0:
                os.close(other.status)


def _fork(*pipe: int) -> int:
    try:
        return os.fork()
    except OSError:
        for end in pipe:
            os.close(end)
        raise


def _tell(write: int) -> None:
    os.write(write, b"1")
    os.close(write)
