"""The Python environment that code runs in: of its own, from a lock of its own, apart from the server's."""

import asyncio
import hashlib
import os
import shutil
import sys
import venv
from pathlib import Path
from typing import Final

from prosa.kit.errors import ProsaError

_LOCK: Final = Path(__file__).with_name("requirements.txt")
_MARK: Final = "lock.sha256"  # written last: an environment without it was interrupted


class InstallationFailed(ProsaError):
    """The packages could not be brought."""

    code = "installation_failed"
    status = 500


def python(folder: Path) -> Path:
    """Its interpreter."""
    return folder.resolve() / "bin" / "python"


def installed(folder: Path) -> bool:
    """Whether it is there, whole, and what this version of prosa asks for."""
    try:
        return (folder / _MARK).read_text(encoding="ascii") == _digest()
    except (OSError, UnicodeDecodeError):
        return False


async def install(folder: Path) -> None:
    """Make it anew from its lock; some 300 MB. Raises InstallationFailed, OSError."""
    fresh = folder.with_name(folder.name + ".new")
    await asyncio.to_thread(shutil.rmtree, fresh, ignore_errors=True)
    fresh.parent.mkdir(parents=True, exist_ok=True)
    await asyncio.to_thread(venv.create, fresh, with_pip=True, symlinks=True)
    pip = [str(python(fresh)), "-m", "pip", "--disable-pip-version-check"]
    process = await asyncio.create_subprocess_exec(
        *pip,
        *("install", "--quiet", "--require-hashes", "--only-binary", ":all:", "-r", str(_LOCK)),
        stderr=asyncio.subprocess.PIPE,
    )
    _, complaint = await process.communicate()
    if process.returncode:
        await asyncio.to_thread(shutil.rmtree, fresh, ignore_errors=True)
        last = complaint.decode("utf-8", "replace").strip().splitlines()[-1:] or [f"status {process.returncode}"]
        raise InstallationFailed(f"pip could not install the interpreter's packages: {last[0]}")
    await _learn_fonts(fresh)
    (fresh / _MARK).write_text(_digest(), encoding="ascii")
    await asyncio.to_thread(_put_in_place, fresh, folder)


async def _learn_fonts(folder: Path) -> None:
    """Let matplotlib note the system's fonts once: a kernel has no place to keep that, and would look for seconds."""
    program = python(folder)
    around = {"MPLCONFIGDIR": str(program.parent.parent / "matplotlib"), "PATH": os.defpath}
    process = await asyncio.create_subprocess_exec(str(program), "-c", "import matplotlib.font_manager", env=around)
    await process.wait()


def _put_in_place(fresh: Path, folder: Path) -> None:
    old = folder.with_name(folder.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _digest() -> str:
    version = ".".join(map(str, sys.version_info[:2]))
    return hashlib.sha256(version.encode() + _LOCK.read_bytes()).hexdigest()
