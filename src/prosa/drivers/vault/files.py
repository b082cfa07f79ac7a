"""Where the secrets come from: the settings, else a file in the data folder that is made once and kept."""

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from prosa.drivers.vault.errors import SecretsUnusable

SECRET_FILE = "secret.key"  # noqa: S105  # the file's name
_BYTES = 32
_LONGEST = 4096  # characters of the file that count


def load_secrets(configured: tuple[str, ...], data_dir: Path, *, production: bool = False) -> tuple[str, ...]:
    """The secrets, newest first: the configured ones, else the lines of `secret.key`, which is made when it isn't there.

    Two processes that come at once get the same. Raises SecretsUnusable: a file that can't be read or made, an empty one,
    and in production one that others may read.
    """
    if configured:
        return configured
    path = data_dir / SECRET_FILE
    try:
        if not path.exists():
            data_dir.mkdir(parents=True, mode=0o700, exist_ok=True)
            _generate(path)
        return _read(path, production=production)
    except (OSError, UnicodeDecodeError) as error:
        raise SecretsUnusable(f"{path}: expected a file that this user can read and write, or PROSA_SECRET") from error


def _read(path: Path, *, production: bool) -> tuple[str, ...]:
    if production and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SecretsUnusable(f"{path} holds the server's secret and others on this machine can reach it: chmod 600 {path}")
    with path.open(encoding="utf-8") as stream:
        lines = map(str.strip, stream.read(_LONGEST).splitlines())
    found = tuple(line for line in lines if line)
    if not found:
        raise SecretsUnusable(f"{path} is empty: bring back the one that this data was made with, or set PROSA_SECRET")
    return found


def _generate(path: Path) -> None:
    """Written aside and then given its name, whole or not at all; who comes second keeps what the first one made."""
    aside = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
            stream.write(secrets.token_urlsafe(_BYTES) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        with suppress(FileExistsError):
            _name(aside, path)
        _sync(path.parent)
    finally:
        aside.unlink(missing_ok=True)


def _name(aside: Path, path: Path) -> None:
    try:
        os.link(aside, path)
    except FileExistsError:
        raise
    except OSError:
        # A file system without links; the data folder's lock keeps a second server away here.
        if path.exists():
            raise FileExistsError from None
        aside.rename(path)


def _sync(folder: Path) -> None:
    """Make the name durable too: a secret that is gone after a power cut would take every sealed field with it."""
    place = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)
