"""Serving: the port, the log, the workers, in the order in which a start can fail."""

import gc
import importlib
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import prosa
from prosa.boot.banner import Banner
from prosa.boot.discovery import discover
from prosa.boot.listening import INHERITED, bind, raise_file_limit
from prosa.boot.locking import PEOPLED, lock_folder
from prosa.boot.protocol import Bounds
from prosa.boot.reload import Kept, watch
from prosa.boot.secrets import unlocked
from prosa.boot.server import Server, Serving, tune_collector
from prosa.boot.settings import Loaded, ServerSettings, Settings, StartRefused
from prosa.boot.site import bind_site
from prosa.boot.stocktaking import named
from prosa.boot.workers import Workers
from prosa.drivers.telemetry import AccessLog, SharedMetrics, configure_logs, log_form
from prosa.gateway import Script, WrongScript
from prosa.kit.ids import new_object_id


def serve(loaded: Loaded, environ: Mapping[str, str], arguments: Sequence[str] = ()) -> int:
    """Serve until a signal; returns the exit status. Raises StartRefused: one line for the terminal.

    `arguments` are the command line's, for the child that `--reload` starts.
    """
    settings = loaded.settings
    _check_script(settings.gateway.mock_script)
    raise_file_limit()
    inherited = environ.get(INHERITED)
    listener = bind(settings.server, inherited)
    if inherited is None:
        lock = lock_folder(settings.server.data_dir)
        lock.tell(Banner(settings, listener.getsockname()[1], "console").address)
        if settings.server.reload:
            return watch(Kept(listener, lock.descriptor), arguments, environ, Path(prosa.__file__).parent)
    prepare_folder(settings.server)
    listeners = (listener, *bind_site(settings))
    settings = unlocked(settings)
    form = log_form(settings.logs.form, sys.stdout)
    configure_logs(settings.logs.level, form, sys.stdout, settings.logs.secrets)
    settings = discover(settings)
    ports = tuple(each.getsockname()[1] for each in listeners)
    banner = Banner(named(settings), ports[0], form, loaded.warnings, *ports[1:])
    serving = _serving(settings, form, banner)
    if settings.server.workers == 1 or settings.server.reload:
        server = Server(serving(0, 1, banner.show, None))
        server.run(sockets=list(listeners))
        return 0
    importlib.import_module("prosa.api.application")  # else each worker would load the framework into memory of its own

    # What was imported until now is shared by the workers as long as nobody writes to it, so the collector must not.
    gc.collect()
    gc.freeze()

    def body(number: int, ready: Callable[[], None], lifeline: int) -> int:
        server = Server(serving(number, settings.server.workers, ready, lifeline))
        server.run(sockets=list(listeners))
        return 0

    return Workers(settings.server.workers, body, listeners, settings.server.drain_seconds).run(banner.show)


def _check_script(path: str | None) -> None:
    try:
        if path is not None:
            Script.load(path)
    except WrongScript as error:
        raise StartRefused(f"PROSA_MOCK_SCRIPT={path!r}: {error.message}") from error


def _serving(settings: Settings, form: str, banner: Banner) -> Callable[[int, int, Callable[[], None], int | None], Serving]:
    from prosa.boot.wiring import Place, System, build

    leader, service = os.getpid(), new_object_id()
    bounds = Bounds(
        header_bytes=settings.edge.header_bytes,
        header_count=settings.edge.header_count,
        body_bytes=settings.edge.body_bytes,
        header_seconds=settings.edge.header_seconds,
        body_seconds=settings.edge.body_seconds,
        keep_alive_seconds=settings.edge.keep_alive_seconds,
    )

    def serving(number: int, count: int, ready: Callable[[], None], lifeline: int | None) -> Serving:
        def make() -> System:
            place = Place(number, count, banner.invite, leader, service, banner.site)
            return build(settings, place, AccessLog(sys.stdout, form))

        def all_made() -> None:
            tune_collector()
            ready()

        return Serving(make, all_made, bounds, settings.server.drain_seconds, lifeline)

    return serving


def prepare_folder(server: ServerSettings) -> None:
    """The data folder, for its owner alone, without what a run before this one left behind. Raises StartRefused."""
    try:
        if not server.data_dir.is_dir():
            server.data_dir.mkdir(parents=True, mode=0o700)
        server.run_dir.mkdir(mode=0o700, exist_ok=True)
        SharedMetrics.clear(server.run_dir)
        (server.run_dir / PEOPLED).unlink(missing_ok=True)
        (server.run_dir / "limits").unlink(missing_ok=True)  # it counts in this machine's uptime, which may have begun anew
    except OSError as error:
        raise StartRefused(f"PROSA_DATA_DIR={str(server.data_dir)!r}: expected a folder that this user can write to") from error
