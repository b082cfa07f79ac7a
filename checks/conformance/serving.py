"""A prosa for the suites: a process of its own on a free port, whose only provider is the mock."""

import contextlib
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 30.0
KEY = "sk-prosa-conformance-0123456789"


@dataclass(frozen=True, slots=True)
class Prosa:
    """Where it is, with the `/v1` of an OpenAI client, and a key that is good there."""

    base: str
    key: str


class NotStarted(RuntimeError):
    """It ended, or didn't get ready in time; the message holds its last words."""


@contextlib.contextmanager
def serving(folder: Path, given: Path) -> Iterator[Prosa]:
    """Start it with the settings and the model's script that lie in `given`, and everything it writes below `folder`; it is gone
    afterwards. Raises NotStarted."""
    shutil.copy(given / "prosa.toml", folder)
    output = folder / "output.txt"
    environ = {
        "PATH": "/usr/bin:/bin",
        "PROSA_PORT": "0",
        "PROSA_DATA_DIR": str(folder / "data"),
        "PROSA_OLLAMA_DISCOVERY": "false",
        "PROSA_LOG_FORMAT": "json",
        "PROSA_MOCK_SCRIPT": str(given / "script.toml"),
        "PROSA_API_KEYS": KEY,
        "PROSA_REQUESTS_PER_MINUTE": "0",
        "PROSA_DEFAULT_MODEL": "openai/nothing",  # the suites expect that a request has to name its model
    }
    with output.open("w") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "prosa", "serve"], cwd=folder, env=environ, stdout=stream, stderr=stream
        )
    try:
        yield Prosa(f"http://127.0.0.1:{_port(process, output)}/v1", KEY)
    finally:
        process.terminate()
        process.wait(START_SECONDS)


def _port(process: "subprocess.Popen[bytes]", output: Path) -> int:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        text = output.read_text()
        found = re.search(r'"address":"http://[^"]*?:(\d+)"', text)
        if found and '"event":"started"' in text:
            return int(found[1])
        time.sleep(0.05)
    raise NotStarted(output.read_text()[-2000:])
