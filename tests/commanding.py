"""Commands of prosa, each in a process of its own, without the start that takes longer than the command.

One process a test process has loaded what commands need; each command is a fork of it that gets a folder, an environment and
streams of its own and runs the program's entry. For tests of what commands do: those of how a process starts, of what it loads
and of what a signal does to it start one themselves.
"""

import atexit
import json
import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

WAITING = """
import atexit, gc, json, os, sys, threading
import prosa.boot.command, prosa.boot.commands, prosa.boot.http, prosa.boot.wiring, prosa.cli, prosa.drivers.archive
import aiosqlite, alembic.autogenerate, alembic.command, asyncpg, cryptography.hazmat.primitives.ciphers.aead
import cyclopts.help, sqlalchemy.dialects.postgresql.asyncpg, sqlalchemy.dialects.sqlite.aiosqlite, sqlalchemy.ext.asyncio
gc.collect()
gc.freeze()
for line in sys.stdin:
    wish = json.loads(line)
    child = os.fork()
    if child == 0:
        break
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), flush=True)
else:
    sys.exit()
for number, name in enumerate(("in", "out", "err")):
    file = os.open(wish[name], os.O_RDONLY if number == 0 else os.O_WRONLY)
    os.dup2(file, number)
    os.close(file)
sys.stdin = sys.__stdin__ = open(0, closefd=False)
os.chdir(wish["folder"])
os.environ.clear()
os.environ.update(wish["env"])
sys.path[0] = wish["folder"]
sys.argv = ["prosa", *wish["words"]]
status = 1
try:
    prosa.boot.command.main()
except SystemExit as end:
    status = end.code or 0
except BaseException:
    sys.excepthook(*sys.exc_info())
threading._shutdown()
atexit._run_exitfuncs()
sys.stdout.flush()
os._exit(status)  # to take all apart that was loaded would take longer than the command
"""


def command(
    folder: Path, words: tuple[str, ...], env: Mapping[str, str], given: str = "", seconds: float = 60
) -> "subprocess.CompletedProcess[str]":
    """Run one to its end in `folder`; `env` is all that it knows of the environment, `given` is what comes by standard input."""
    with tempfile.TemporaryDirectory() as place:
        streams = {name: Path(place, name) for name in ("in", "out", "err")}
        for file in streams.values():
            file.touch()
        streams["in"].write_text(given, encoding="utf-8")
        wish = {"folder": str(folder), "env": dict(env), "words": words} | {name: str(file) for name, file in streams.items()}
        status = _ended(wish, seconds)
        out, err = (streams[name].read_text(encoding="utf-8") for name in ("out", "err"))
        return subprocess.CompletedProcess(list(words), status, out, err)


def _ended(wish: Mapping[str, object], seconds: float) -> int:
    process = _waiting()
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(json.dumps(wish).encode() + b"\n")
    process.stdin.flush()
    if not select.select([process.stdout], [], [], seconds)[0]:
        process.kill()
        _waiting.cache_clear()
        raise AssertionError(f"{wish['words']} goes on after {seconds} s")
    return int(process.stdout.readline())


@cache
def _waiting() -> "subprocess.Popen[bytes]":
    """The process that each command is a fork of; it ends when this one does, because its standard input ends then."""
    path = os.environ["PATH"]
    begun = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", WAITING],
        env={"PATH": path, "PROSA_OLLAMA_DISCOVERY": "false"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    atexit.register(_end, begun)
    return begun


def _end(process: "subprocess.Popen[bytes]") -> None:
    assert process.stdin is not None and process.stdout is not None
    process.stdin.close()
    process.wait(10)
    process.stdout.close()
