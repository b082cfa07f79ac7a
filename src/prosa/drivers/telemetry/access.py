"""The log of requests: a line each, written in batches by a thread, so that no request waits for a terminal or a disk."""

import threading
import time
from collections import deque
from datetime import UTC, datetime
from functools import lru_cache
from typing import TextIO

import msgspec

from prosa.drivers.telemetry.records import RequestRecord

EVERY = 0.2
BREATH = 32  # lines between two pauses of the writing thread
PAUSE = 0.001
MOST_WAITING = 10_000
MOST_REFUSALS = 200  # lines for refused requests (4xx) in one batch; the rest is told as a number
_ENCODER = msgspec.json.Encoder()
_REFUSED = range(400, 500)


class AccessLog:
    """Called with each finished request's record. Beyond 10,000 waiting records further ones are dropped and counted."""

    def __init__(self, stream: TextIO, form: str) -> None:
        """`form` is "json" or "console"; `start` begins the writing, after any fork."""
        self._stream = stream
        self._line = _json_line if form == "json" else _console_line
        self._waiting: deque[tuple[float, RequestRecord]] = deque()
        self._work = threading.Event()
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None
        self.dropped = 0

    def __call__(self, record: RequestRecord) -> None:
        """Take a record; costs an append."""
        waiting = self._waiting
        if len(waiting) >= MOST_WAITING:
            self.dropped += 1
            return
        waiting.append((time.time(), record))
        if len(waiting) == 1:
            self._work.set()

    def take_dropped(self) -> int:
        """How many records no line was written for, since the last time this was asked."""
        lost, self.dropped = self.dropped, 0
        return lost

    def start(self) -> None:
        """Begin to write, in this process."""
        self._thread = threading.Thread(target=self._run, name="access-log", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Write what waits and end."""
        self._ending.set()
        self._work.set()
        if self._thread is not None:
            self._thread.join(timeout=2.0)
            self._thread = None
        self._write()

    def _run(self) -> None:
        while not self._ending.is_set():
            self._work.wait()
            self._work.clear()
            self._ending.wait(EVERY)  # let a batch gather
            self._write()

    def _write(self) -> None:
        waiting, lines, refusals = self._waiting, [], 0
        while waiting:
            moment, record = waiting.popleft()
            if record.status in _REFUSED:
                refusals += 1
                if refusals > MOST_REFUSALS:
                    continue
            lines.append(self._line(moment, record))
            if not len(lines) % BREATH and not self._ending.is_set():
                time.sleep(PAUSE)  # the event loop waits for the interpreter while this thread has it
        if refusals > MOST_REFUSALS:
            lines.append(_ENCODER.encode({"event": "more refused requests", "count": refusals - MOST_REFUSALS}).decode())
        if lines:
            try:
                self._stream.write("\n".join(lines) + "\n")
                self._stream.flush()
            except (OSError, ValueError):
                self.dropped += len(lines)  # nobody reads any more, or the disk is full: requests go on


class _Line(msgspec.Struct, omit_defaults=True, gc=False):
    """A line's fields in their order; what a request has nothing to say of is left out."""

    time: str
    level: str | None
    event: str | None
    request_id: str
    method: str
    path: str
    status: int
    ms: float
    first_byte_ms: float | None = None
    dialect: str | None = None
    key: str | None = None
    caller: str | None = None
    model: str | None = None
    provider: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    estimated: bool = False
    attempts: int = 0
    fault: str | None = None
    bytes: int | None = None
    trace_id: str | None = None


@lru_cache(maxsize=4)
def _second(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _json_line(moment: float, record: RequestRecord) -> str:
    whole = int(moment)
    first = record.first_byte_seconds
    line = _Line(
        f"{_second(whole)}.{int((moment - whole) * 1000):03d}Z",
        "info",
        "request",
        record.request_id,
        record.method,
        record.path,
        record.status,
        round(record.seconds * 1000, 2),
        None if first is None else round(first * 1000, 2),
        record.dialect,
        record.key_id,
        record.caller_kind,
        _bounded(record.model),
        record.provider,
        record.prompt_tokens,
        record.completion_tokens,
        record.estimated,
        record.attempts,
        record.fault,
        record.bytes_out,
        _bounded(record.trace_id),
    )
    return _ENCODER.encode(line).decode()


def _console_line(moment: float, record: RequestRecord) -> str:
    clock = datetime.fromtimestamp(moment).astimezone().strftime("%H:%M:%S")
    words = [clock, str(record.status), record.method, record.path, f"{record.seconds * 1000:.1f} ms"]
    if record.model:
        words.append(f"{record.provider}/{record.model}")
    if record.prompt_tokens is not None:
        words.append(f"{record.prompt_tokens}+{record.completion_tokens} tokens")
    words += [word for word in (record.fault, record.key_id, record.request_id) if word]
    return "  ".join(str(_bounded(word)) for word in words)


def _bounded(value: str | None) -> str | None:
    """A caller's text (a model's name, a trace id) on one line and not endless."""
    if value is None or (value.isascii() and value.isprintable() and len(value) <= 200):
        return value
    return value[:200].encode("unicode_escape").decode("ascii")
