"""Services that are forks of one process which has loaded the program already: most of a start's work is to load it.

Each gets a folder, an environment and an output of its own and runs the program's entry, as commands do (tests/commanding.py).
Tests of how a process starts, and of what others see of it, start one themselves.
"""

import atexit
import itertools
import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

from tests.forks import BECOMING, waiting

# Of each service one process keeps watch, because nobody but its parent learns how it ended: it writes that into a file.
WAITING = """
import atexit, gc, json, os, sys, threading
import prosa.api.application, prosa.boot.command, prosa.boot.http, prosa.boot.wiring
import aiosqlite, asyncpg, cryptography.hazmat.primitives.ciphers.aead, sqlalchemy.dialects.postgresql.asyncpg
import sqlalchemy.dialects.sqlite.aiosqlite, sqlalchemy.ext.asyncio
gc.collect()
gc.freeze()
for line in sys.stdin:
    wish = json.loads(line)
    keeper = os.fork()
    if keeper == 0:
        break
    os.waitpid(keeper, 0)
else:
    sys.exit()
if os.fork():
    os._exit(0)  # whoever keeps watch is nobody's child: the next wish needn't wait for it
os.close(0)
child = os.fork()
if child:
    print(child, flush=True)
    os.close(1)
    _, status = os.waitpid(child, 0)
    with open(wish["status"] + ".new", "w") as file:
        file.write(str(os.waitstatus_to_exitcode(status)))
    os.rename(wish["status"] + ".new", wish["status"])
    os._exit(0)
os.open(os.devnull, os.O_RDONLY)
output = os.open(wish["output"], os.O_WRONLY | os.O_APPEND)
os.dup2(output, 1)
os.dup2(output, 2)
os.close(output)
"""
_one_wish = threading.Lock()
_numbers = itertools.count()


class Forked:
    """A service by its process id; has of `subprocess.Popen` what tests use."""

    def __init__(self, folder: Path, words: tuple[str, ...], env: Mapping[str, str], output: Path) -> None:
        self._status = _place() / str(next(_numbers))
        wish = {"folder": str(folder), "words": words, "env": dict(env), "output": str(output), "status": str(self._status)}
        with _one_wish:
            process = _waiting()
            assert process.stdin is not None and process.stdout is not None
            process.stdin.write(json.dumps(wish).encode() + b"\n")
            process.stdin.flush()
            self.pid = int(process.stdout.readline())
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """How it ended; None while it runs."""
        if self.returncode is None and self._status.exists():
            self.returncode = int(self._status.read_text())
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """How it ended, once it has. Raises subprocess.TimeoutExpired."""
        end = time.monotonic() + (timeout or float("inf"))
        while (status := self.poll()) is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired("prosa", timeout or 0)
            time.sleep(0.01)
        return status

    def send_signal(self, number: int) -> None:
        """As with kill; whoever has ended hears nothing."""
        if self.poll() is None:
            with suppress(ProcessLookupError):  # where it has ended, which is written in a moment
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


@cache
def _place() -> Path:
    """Where it is written how services ended."""
    made = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


@cache
def _waiting() -> "subprocess.Popen[bytes]":
    """The process that each service is a fork of."""
    return waiting(WAITING + BECOMING)
