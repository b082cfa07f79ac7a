"""`prosa mock`: the mock provider as a server of its own."""

import errno
from dataclasses import dataclass
from pathlib import Path

from prosa.cli.terminal import complain, say
from prosa.gateway import Script, WrongScript, serve_mock


@dataclass(frozen=True, slots=True)
class MockOptions:
    """Where the mock listens and what it says."""

    host: str = "127.0.0.1"
    port: int = 3999
    script: Path | None = None


async def run(options: MockOptions) -> int:
    """Serve until a signal; 2 when it can't begin."""
    if not 0 <= options.port <= 65535:
        complain(f"--port {options.port}: expected a whole number from 0 to 65535")
        return 2
    try:
        script = Script.load(options.script) if options.script is not None else None
        await serve_mock(options.host, options.port, script, lambda port: _greet(options.host, port))
    except WrongScript as error:
        complain(f"{options.script}: {error}")
    except OSError as error:
        complain(_explained(options, error))
    return 2


def _explained(options: MockOptions, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {options.port} is in use; choose another: prosa mock --port {options.port % 65535 + 1}"
    if error.errno == errno.EACCES:
        return f"port {options.port} needs rights that this user doesn't have; choose one above 1023: prosa mock --port 3999"
    return f"--host {options.host}: expected an address of this machine"


def _greet(host: str, port: int) -> None:
    say(f"The mock provider speaks OpenAI's API at http://{host}:{port}/v1 with any key (models: docs/guides/mock.md).")
