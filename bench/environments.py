"""Environments of their own, into which peers are installed: below build/peers/."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.compile import ROOT, BenchError

PEERS = ROOT / "build" / "peers"
UV = Path(sys.executable).parent / "uv"


def run(argv: Sequence[str]) -> None:
    """Runs a command that may say what it does. Raises BenchError when it fails."""
    print("$", " ".join(argv), flush=True)
    if subprocess.run(argv, check=False).returncode:
        raise BenchError(f"failed: {argv[0]}")


def python_of(home: Path, interpreter: str) -> str:
    """The Python of the virtual environment at `home`, which is made where there is none. Raises BenchError."""
    python = home / "bin" / "python"
    if not python.exists():
        run([interpreter, "-m", "venv", str(home)])
    return str(python)


def install(python: str, *wanted: str) -> None:
    """Packages and options that uv and pip share; by uv where it stands beside this Python. Raises BenchError."""
    if UV.exists():
        run([str(UV), "pip", "install", "--compile-bytecode", "--python", python, *wanted])  # as pip does
    else:
        run([python, "-m", "pip", "install", "--quiet", *wanted])
