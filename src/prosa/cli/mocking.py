"""`prosa mock`: the mock provider as a server of its own."""

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
    try:
        script = Script.load(options.script) if options.script is not None else None
        await serve_mock(options.host, options.port, script, lambda port: _greet(options.host, port))
    except WrongScript as error:
        complain(f"{options.script}: {error}")
    except OSError:
        complain(f"{options.host}:{options.port} can't be listened on; choose another port: prosa mock --port {options.port + 1}")
    return 2


def _greet(host: str, port: int) -> None:
    say(f"The mock provider speaks OpenAI's API at http://{host}:{port}/v1 with any key (models: docs/guides/mock.md).")
