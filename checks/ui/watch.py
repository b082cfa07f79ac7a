"""`make watch`: the server with reload, and Vite's own server before it, at one address; Ctrl+C ends both.

Vite shows the app from its sources and puts a change into the open page at once; what isn't the app's it passes on. The server
listens at a port that nobody needs to know: where it says an address of its own, Vite's is told.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Final

from checks.ui.node import prepare
from hatch_build import BuildFailed, environment, tools

ROOT: Final = Path(__file__).resolve().parent.parent.parent
VITE: Final = "node_modules/vite/bin/vite.js"
EVERY: Final = 0.1
PATIENCE: Final = 8.0


def main(arguments: Sequence[str]) -> int:
    """Serve until a signal comes or one of the two ends. `--port N` is Vite's; all else goes to `prosa serve`."""
    port, rest = ports(list(arguments))
    try:
        prepare(ROOT)
        node = tools()
    except BuildFailed as error:
        print(error, file=sys.stderr)
        return 1
    behind = _free()
    command = [str(ROOT / ".venv/bin/prosa"), "serve", *rest, "--reload", "--port", str(behind)]
    server = _start(command, ROOT, {"PROSA_LOG_FORMAT": "console", **os.environ})  # for eyes: there is a pipe between
    vite = [
        node.node,
        VITE,
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--strictPort",
        "--clearScreen",
        "false",
        "--logLevel",
        "warn",
    ]
    front = _start(vite, ROOT / "ui", environment(node) | {"PROSA_WATCHED": f"http://127.0.0.1:{behind}"})
    return _until_one_ends([server, front], f":{behind}", f":{port}")


def _until_one_ends(both: "list[subprocess.Popen[bytes]]", old: str, new: str) -> int:
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stopped.set())
    telling = [threading.Thread(target=_tell, args=(each.stdout, old, new), daemon=True) for each in both]
    for thread in telling:
        thread.start()
    while not stopped.is_set() and all(each.poll() is None for each in both):
        time.sleep(EVERY)
    status = 0 if stopped.is_set() else next((each.returncode for each in both if each.returncode), 0)
    for each in both:
        _end(each)
    for thread in telling:
        thread.join(1)
    return status


def _start(command: Sequence[str], folder: Path, environ: dict[str, str]) -> "subprocess.Popen[bytes]":
    """In a group of its own: Ctrl+C comes to us alone, and whoever it started ends with it."""
    return subprocess.Popen(
        command,
        cwd=folder,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )


def _tell(said: IO[bytes] | None, old: str, new: str) -> None:
    for line in said or ():
        sys.stdout.write(line.decode("utf-8", "replace").replace(old, new))
        sys.stdout.flush()


def _end(child: "subprocess.Popen[bytes]") -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        if child.poll() is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(PATIENCE)


def ports(arguments: list[str]) -> tuple[int, list[str]]:
    """The port that people use, and the arguments without it."""
    if "--port" not in arguments:
        return int(os.environ.get("PROSA_PORT", "3000")), arguments
    place = arguments.index("--port")
    return int(arguments[place + 1]), arguments[:place] + arguments[place + 2 :]


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
