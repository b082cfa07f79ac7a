"""`--reload`: a watcher that starts the server again when a source file changes. The port stays open meanwhile."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from prosa.boot.listening import INHERITED

EVERY = 0.5
STOP_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Kept:
    """What stays open while children come and go: the port, and the data folder's lock (its file descriptor)."""

    listener: socket.socket
    lock: int


def watch(kept: Kept, arguments: Sequence[str], environ: Mapping[str, str], folder: Path) -> int:
    """Run `python -m prosa ARGUMENTS` over and over until a signal comes; returns the exit status."""
    listener = kept.listener
    stopped: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _frame: stopped.append(number))
    listener.set_inheritable(True)
    command = [sys.executable, "-m", "prosa", *arguments]
    while True:
        seen = stamps(folder)
        child = subprocess.Popen(  # noqa: S603  # our own interpreter and our own arguments
            command,
            env={**environ, INHERITED: str(listener.fileno())},
            pass_fds=(listener.fileno(), kept.lock),
            start_new_session=True,
        )
        while not stopped and stamps(folder) == seen:
            time.sleep(EVERY)
        _end(child)
        if stopped:
            return 0


def stamps(folder: Path) -> dict[str, float]:
    """When each Python file below `folder` changed last."""
    found = {}
    for place, _, names in os.walk(folder):
        for name in names:
            if name.endswith(".py"):
                path = os.path.join(place, name)
                try:
                    found[path] = os.stat(path).st_mtime
                except OSError:
                    continue  # gone since it was listed; the next look will tell
    return found


def _end(child: "subprocess.Popen[bytes]") -> None:
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
