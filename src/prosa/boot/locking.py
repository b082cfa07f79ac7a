"""One service to a data folder: its lock is held as long as any process of the service lives, however they die."""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from prosa.boot.settings import StartRefused

LOCK_FILE = "prosa.lock"
# In the run folder: this service has had accounts. Should its database be taken away, a process that begins afterwards finds a
# new, empty one, and must not take that for a new installation, where callers on this machine need no key.
PEOPLED = "peopled"


@dataclass(frozen=True, slots=True)
class FolderLock:
    """A lock that is held. Forked children hold it along with their parent; `descriptor` can be handed to other children."""

    descriptor: int

    def tell(self, address: str) -> None:
        """Write where the service is into the file: `address_of` reads it there."""
        os.pwrite(self.descriptor, f"{os.getpid()}\n{address}\n".encode(), 0)

    def release(self) -> None:
        """Let it go; the file stays, since one who waits for it would else lock a file that nobody finds."""
        os.close(self.descriptor)


def lock_folder(folder: Path) -> FolderLock:
    """Take the folder, made for its owner alone where it isn't there, for this process and its children.

    Raises StartRefused: another one has it (the line names the process), or the folder can't be written.
    """
    descriptor = _open(folder)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = os.pread(descriptor, 32, 0)
        os.close(descriptor)
        raise StartRefused(_explained(folder, error, holder)) from error
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    return FolderLock(descriptor)


def address_of(folder: Path) -> str | None:
    """Where the service of this folder is, told by `FolderLock.tell`; None when none runs or it hasn't told."""
    try:
        holder, address = (folder / LOCK_FILE).read_text(encoding="utf-8").splitlines()[:2]
        return address if address.startswith("http://") and _lives(int(holder)) else None
    except (OSError, ValueError):
        return None


def _lives(number: int) -> bool:
    try:
        os.kill(max(number, 1), 0)
    except PermissionError:  # somebody else's process, so it is there
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """The folder for one command alone, such as a restore. Raises as `lock_folder`."""
    lock = lock_folder(folder)
    try:
        yield
    finally:
        lock.release()


def _open(folder: Path) -> int:
    try:
        if not folder.is_dir():
            folder.mkdir(parents=True, mode=0o700)
        return os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise StartRefused(f"PROSA_DATA_DIR={str(folder)!r}: expected a folder that this user can write to") from error


def _explained(folder: Path, error: OSError, holder: bytes) -> str:
    if error.errno not in (errno.EACCES, errno.EAGAIN):
        return f"PROSA_DATA_DIR={str(folder)!r}: expected a folder on a file system that has locks"
    number = holder.split(b"\n")[0].decode("ascii", "replace")
    if not number.isdigit():
        number = "of an unknown number"
    elif not Path(f"/proc/{number}").exists() and Path("/proc/self").exists():
        return (
            f"the data folder {str(folder)!r} is still in use: process {number} is gone, but others of its service go on "
            "until their open answers are finished; try again in a moment"
        )
    return (
        f"the data folder {str(folder)!r} is in use by another prosa (process {number}): stop that one, "
        "or give this one a folder of its own: PROSA_DATA_DIR=other-folder"
    )
