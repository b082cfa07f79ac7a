"""Commands of prosa, each in a process of its own, without the start that takes longer than the command.

One process a test process has loaded what commands need; each command is a fork of it that gets a folder, an environment and
streams of its own and runs the program's entry. For tests of what commands do: those of how a process starts, of what it loads
and of what a signal does to it start one themselves.
"""

import json
import select
import subprocess
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from tests.forks import BECOMING, waiting

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
    """The process that each command is a fork of."""
    return waiting(WAITING + BECOMING, ("-W", "error"), {"PROSA_OLLAMA_DISCOVERY": "false"})
