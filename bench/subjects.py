"""What can be measured: prosa, any server by command line, and the direct call; each knows how it is started and asked."""

import os
import shlex
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bench.compile import ROOT, BenchError
from bench.load import Aim

CALLER_KEY = "sk-bench-caller-0123456789abcdef"
PROVIDER_KEY = "sk-bench-upstream"
MODEL = "bench-1"
REQUESTS_A_MINUTE = "1000000"  # the most it admits: the limiter works, and refuses nobody below 16,000 a second


@dataclass(frozen=True, slots=True)
class Site:
    """Where one start takes place: ports of both sides, a folder of its own, how many worker processes."""

    port: int
    upstream: int
    folder: Path
    workers: int = 1


@dataclass(frozen=True, slots=True)
class Launch:
    """A command and its whole environment."""

    argv: tuple[str, ...]
    env: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Subject:
    """One column of the table. `launch` None: the provider itself, called directly."""

    name: str
    launch: Callable[[Site], Launch] | None
    version: str = ""
    key: str = CALLER_KEY
    model: str = MODEL
    vectors: str = ""  # the model that embeds, where it is another
    prefix: str = "/v1"
    ready_path: str = "/health"
    start_seconds: float = 20.0
    done: bool = True  # as an aim has it
    own: bool = False  # prosa, or a stand-in: all cases, at full size
    headers: Callable[[Site], tuple[str, ...]] = field(default=lambda site: ())
    prepare: Callable[[Site], None] = field(default=lambda site: None)  # lays down what a start finds in its folder
    people: bool = False  # the prosa of this tree, whose database can be filled
    beside: tuple[str, ...] = ()  # of the cases that this prosa alone has else, those that it has, too

    def aim(self, site: Site) -> Aim:
        """What the load generator is told."""
        port = site.port if self.launch else site.upstream
        return Aim(port, self.key, self.model, self.prefix, self.headers(site), self.done)


def environment(**settings: str) -> dict[str, str]:
    """A small environment: nothing of the caller's but where programs and the home are."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
    return kept | settings


def direct() -> Subject:
    """The provider without anything in front of it."""
    return Subject("direct", None)


def prosa(**settings: str) -> Subject:
    """The server of this tree, with key check, limits, metering, metrics and request log on; `settings` come on top."""
    program = Path(sys.executable).parent / "prosa"
    if not program.exists():
        raise BenchError("prosa is not installed beside this Python: `make dev` first")

    def launch(site: Site) -> Launch:
        own = {
            "OPENAI_BASE_URL": f"http://127.0.0.1:{site.upstream}/v1",
            "OPENAI_API_KEY": PROVIDER_KEY,
            "API_KEYS": CALLER_KEY,
            "PROSA_REQUESTS_PER_MINUTE": REQUESTS_A_MINUTE,
            "PROSA_DATA_DIR": str(data_folder(site)),
            "PROSA_HOST": "127.0.0.1",
            "PROSA_PORT": str(site.port),
            "PROSA_WORKERS": str(site.workers),
        }
        return Launch((str(program), "serve"), environment(**own | settings))

    return Subject("prosa", launch, version=_commit(), model=f"openai/{MODEL}", own=True, people=True)


def data_folder(site: Site) -> Path:
    """Where prosa keeps its data during one start."""
    return site.folder / "data"


def _commit() -> str:
    head = ROOT / ".git" / "HEAD"
    try:
        told = head.read_text().strip()
        named = ROOT / ".git" / told.removeprefix("ref: ")
        return (named.read_text() if told.startswith("ref: ") else told)[:10]
    except OSError:
        return ""


def by_command(text: str) -> Subject:
    """A server of `--also NAME[@READY_PATH]=COMMAND`; {port}, {upstream}, {workers} and {key} are filled in.

    Raises BenchError when the text has another form.
    """
    name, separator, command = text.partition("=")
    if not separator or not command.strip():
        raise BenchError(f"--also {text!r}: expected NAME=COMMAND")
    name, _, ready = name.partition("@")

    def launch(site: Site) -> Launch:
        values = {"port": site.port, "upstream": site.upstream, "workers": site.workers, "key": CALLER_KEY}
        filled = command
        for key, value in values.items():
            filled = filled.replace("{" + key + "}", str(value))
        return Launch(tuple(shlex.split(filled)), environment())

    return Subject(name, launch, ready_path=ready or "/health", own=True)
