"""Builds the two native tools, the fake provider and the load generator, when they are missing or older than their source."""

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "bench" / "native"
BUILT = ROOT / "build" / "bench"
FLAGS = ("-std=c11", "-O2", "-Wall", "-Wextra", "-Werror")


class BenchError(Exception):
    """Something that stops the measuring, with a message for the person at the terminal."""


def compiler() -> str:
    """The path of the C compiler; BenchError with the way out when there is none."""
    for name in ("cc", "gcc", "clang"):
        found = shutil.which(name)
        if found:
            return found
    raise BenchError(
        "no C compiler (cc, gcc or clang) on PATH: `make bench` builds two small C programs; `apt-get install gcc libc6-dev`"
    )


def compiled(name: str, folder: Path = BUILT) -> Path:
    """The program built from `bench/native/NAME.c`; BenchError with the compiler's words when it does not compile."""
    source, program = SOURCES / f"{name}.c", folder / name
    if program.exists() and program.stat().st_mtime >= source.stat().st_mtime:
        return program
    folder.mkdir(parents=True, exist_ok=True)
    fresh = program.with_suffix(f".{os.getpid()}")  # two runs may build at once
    done = subprocess.run([compiler(), *FLAGS, "-o", str(fresh), str(source)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchError(f"{source.name} does not compile:\n{done.stderr}")
    fresh.replace(program)
    return program
