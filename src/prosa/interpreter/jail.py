"""The jail: a bubblewrap container of its own namespaces, without network, environment or any file of the host but Python's.

Nothing of it can be written but two folders that lie in memory. The code's own bounds and the fence around it are taken on inside
(`inside.py`), after Python has started and before the first cell. There is no /proc: what it tells of the host, bubblewrap's own
words and where its files lie among it, is nobody's business.
"""

import json
import os
import shutil
import subprocess
import sys
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from prosa.interpreter import environment, fence
from prosa.interpreter.settings import MB, InterpreterSettings

INSIDE: Final = "/opt/prosa"
ENVIRONMENT: Final = "/opt/python"
WORK: Final = "/mnt/data"
_USERS: Final = 60_000  # the first of the numbers that kernels run under, where the server is root: no account has them
_TEMPORARY: Final = 64 * MB
_PROBE_SECONDS: Final = 10.0
_ROOM: Final = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/tmp",  # noqa: S108  # the jail's own
    "TMPDIR": "/tmp",  # noqa: S108  # the jail's own
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "MPLCONFIGDIR": "/tmp/matplotlib",  # noqa: S108  # the jail's own
    "IPYTHONDIR": "/tmp/ipython",  # noqa: S108  # the jail's own
    "LANG": "C.UTF-8",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}


class Obstacle(StrEnum):
    """Why no code can be run here."""

    SWITCHED_OFF = "switched_off"
    SYSTEM = "system"
    NO_BUBBLEWRAP = "no_bubblewrap"
    NO_JAIL = "no_jail"
    NOT_INSTALLED = "not_installed"


def obstacle(settings: InterpreterSettings) -> tuple[Obstacle, str] | None:
    """What is missing for running code here, and the same for people; None where nothing is."""
    if not settings.enabled:
        return Obstacle.SWITCHED_OFF, "it is switched off by PROSA_INTERPRETER=false."
    if not fence.known():
        return Obstacle.SYSTEM, "it needs Linux on x86_64 or aarch64."
    if shutil.which("bwrap") is None:
        return Obstacle.NO_BUBBLEWRAP, "bubblewrap is missing: install your system's package bubblewrap."
    reason = _refusal()
    if reason is not None:
        return Obstacle.NO_JAIL, f"this system lets nobody make a jail ({reason}). In a container, allow user namespaces."
    if not environment.installed(settings.folder):
        return Obstacle.NOT_INSTALLED, "its Python environment is missing: run prosa doctor --install-interpreter."
    return None


def why_not(settings: InterpreterSettings) -> str | None:
    """What is missing for running code here, for people; None where nothing is."""
    found = obstacle(settings)
    return None if found is None else found[1]


@cache
def _refusal() -> str | None:
    """What bubblewrap says against making a jail, in its own words; looked at once in a process."""
    try:
        tried = subprocess.run(  # noqa: S603  # words of our own
            [*_walls(), "--ro-bind", "/", "/", "true"],
            capture_output=True,
            timeout=_PROBE_SECONDS,
            check=False,
            env={"PATH": _ROOM["PATH"]},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return type(error).__name__
    said = tried.stderr.decode("utf-8", "replace").strip().splitlines()
    return (said[-1] if said else f"status {tried.returncode}") if tried.returncode else None


def command(settings: InterpreterSettings, number: int, descriptor: int) -> list[str]:
    """What starts a kernel in a jail; `number` tells it from the others that run, and is the user's where the server is root. Its
    walls are read from that descriptor: a command line can be seen by everybody on the host."""
    bounds = {
        "memory": settings.memory,
        "disk": settings.disk,
        "threads": settings.threads,
        "text_bytes": settings.text_bytes,
        "picture_bytes": settings.picture_bytes,
        "file_bytes": settings.file_bytes,
        "files": settings.files,
        "nice": 10,
        "user": _USERS + number if os.getuid() == 0 else 0,
    }
    return [
        "bwrap",
        "--args",
        str(descriptor),
        f"{ENVIRONMENT}/bin/python",
        "-X",
        "utf8",
        f"{INSIDE}/inside.py",
        json.dumps(bounds),
    ]


def walls(settings: InterpreterSettings) -> bytes:
    """The jail around a kernel, as bubblewrap reads it from a file: words with a zero byte behind each."""
    here = Path(__file__).parent
    words = [
        *_walls()[1:],
        *("--dev", "/dev"),
        *("--size", str(MB), "--perms", "1777", "--tmpfs", "/dev/shm"),  # noqa: S108  # the jail's own
        *("--size", str(_TEMPORARY), "--perms", "1777", "--tmpfs", "/tmp"),  # noqa: S108  # the jail's own
        *("--size", str(settings.disk), "--perms", "1777", "--tmpfs", WORK),
        # Behind the temporary folders: they may lie below one of these names.
        *(flag for path in (*_system(), sys.base_prefix) for flag in _bound(path, path)),
        *_bound(str(settings.folder.resolve()), ENVIRONMENT),
        *_links(),
        *("--ro-bind", str(here / "inside.py"), f"{INSIDE}/inside.py", "--ro-bind", str(here / "fence.py"), f"{INSIDE}/fence.py"),
        *("--remount-ro", "/dev", "--remount-ro", "/"),
        *("--chdir", WORK, "--clearenv"),
        *(flag for name, value in _ROOM.items() for flag in ("--setenv", name, value)),
    ]
    return b"".join(os.fsencode(word) + b"\0" for word in words)


def _bound(path: str, place: str) -> list[str]:
    """A folder as it is, below folders that anybody may pass through: by itself bubblewrap makes them for their owner alone."""
    above = [str(folder) for folder in reversed(Path(place).parents) if folder != Path("/")]
    return [*(flag for folder in above for flag in ("--perms", "0755", "--dir", folder)), "--ro-bind-try", path, place]


def _walls() -> list[str]:
    """Namespaces of its own for all there is. A server that is root makes them without one for users: the kernel inside gives up
    root for a number of its own, because bounds on processes don't hold for root, and whatever is left of root's powers."""
    common = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
    rest = ["--die-with-parent", "--new-session", "--hostname", "sandbox", "--cap-drop", "ALL"]
    if os.getuid() == 0:
        kept = ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP")
        return ["bwrap", *common, *rest, *(flag for power in kept for flag in ("--cap-add", power))]
    return ["bwrap", "--unshare-user", "--uid", "65534", "--gid", "65534", *common, *rest]


def _system() -> list[str]:
    """The folders of the system that Python's libraries come from."""
    return [
        "/usr/lib",
        "/usr/lib64",
        "/usr/share/zoneinfo",
        "/usr/share/fonts",
        "/etc/fonts",
        "/etc/ld.so.cache",
        *_real("/lib"),
        *_real("/lib64"),
    ]


def _real(path: str) -> list[str]:
    return [path] if os.path.isdir(path) and not os.path.islink(path) else []


def _links() -> list[str]:
    """Links at the root as the system has them."""
    return [
        flag
        for path in ("/lib", "/lib64", "/lib32", "/bin")
        if os.path.islink(path)
        for flag in ("--symlink", os.readlink(path), path)
    ]
