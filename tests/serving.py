"""The real application on a real port, in the test's own loop: wired by `boot`, served as `prosa serve` serves it."""

import asyncio
import io
import os
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from prosa.boot.http import prepare_folder
from prosa.boot.protocol import Bounds
from prosa.boot.server import Server, Serving
from prosa.boot.settings import Settings, load
from prosa.boot.site import bind_site
from prosa.boot.wiring import Place, System, build
from prosa.drivers.telemetry import AccessLog
from tests.databases import migrated_file

PATIENCE = 2.0  # seconds for what a server's threads still do after its end


@dataclass(frozen=True, slots=True)
class Running:
    """A running prosa: its address, its parts, its data folder, and its request log (written a few times a second)."""

    base: str
    system: System
    data: Path
    log: io.StringIO
    site: str = ""  # the address of the folder of pages, where there is one

    @property
    def database(self) -> Path:
        """prosa's own SQLite file."""
        return self.data / "prosa.db"


@asynccontextmanager
async def asking(env: Mapping[str, str] | None = None) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of a running prosa."""
    async with serving(env) as base, httpx2.AsyncClient(base_url=base, timeout=30) as client:
        yield client


@asynccontextmanager
async def serving(env: Mapping[str, str] | None = None, folder: Path | None = None) -> AsyncIterator[str]:
    """A running prosa; gives its address, such as `http://127.0.0.1:40123`. `env` is all that it knows of the environment.

    Everything that it writes lies in `folder`/data, or in a folder of its own that is gone afterwards.
    """
    async with running(env, folder) as found:
        yield found.base


@asynccontextmanager
async def running(
    env: Mapping[str, str] | None = None, folder: Path | None = None, bounds: Bounds | None = None
) -> AsyncIterator[Running]:
    """As `serving`, with a look inside; `bounds` are of its connections."""
    with ExitStack() as stack:
        place = folder or stack.enter_context(folder_of_its_own())
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=1024))
        settings = settings_of(place, env or {})
        pages = [stack.enter_context(each) for each in bind_site(settings)]
        log = io.StringIO()
        site = pages[0].getsockname()[1] if pages else None
        system = build(settings, Place(site=site), AccessLog(log, "json"))
        ready = asyncio.Event()
        server = Server(Serving(lambda: system, ready.set, bounds or Bounds(), drain_seconds=2))
        task = asyncio.create_task(server.serve([listener, *pages]))
        try:
            await asyncio.wait_for(ready.wait(), 20)
            address = f"http://127.0.0.1:{listener.getsockname()[1]}"
            yield Running(address, system, settings.server.data_dir, log, f"http://127.0.0.1:{site}" if pages else "")
        finally:
            server.stop()
            await task


@contextmanager
def folder_of_its_own() -> Iterator[Path]:
    """A folder that is gone afterwards. What somebody goes on writing into it is named, with the threads that live."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        yield Path(name)
    # A look at the database that was cancelled may go on in its thread, and SQLite makes files for it. A process waits for its
    # threads at its end; here the loop goes on.
    until = time.monotonic() + PATIENCE
    while os.path.lexists(name) and time.monotonic() < until:
        time.sleep(0.02)
        shutil.rmtree(name, ignore_errors=True)
    left = sorted(str(each.relative_to(name)) for each in Path(name).rglob("*"))
    assert not os.path.lexists(name), f"written after the end: {left}; threads: {threading.enumerate()}"


def settings_of(place: Path, env: Mapping[str, str]) -> Settings:
    """The settings of a start in `place`, its folder prepared and its database migrated as by an earlier start."""
    quiet = {"PROSA_DATA_DIR": str(place / "data"), "PROSA_OLLAMA_DISCOVERY": "false"}
    settings = load(quiet | dict(env), place).settings
    prepare_folder(settings.server)
    if settings.database.path is not None and not settings.database.path.exists():
        shutil.copy(migrated_file(), settings.database.path)
    return settings
