"""Putting the secrets of a backup into the data folder."""

import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from prosa.drivers.archive.errors import ArchiveUnwritable
from prosa.drivers.vault import SECRET_FILE, load_secrets


def put_secrets(data_dir: Path, restored: Sequence[str]) -> bool:
    """Put a backup's secrets in front of those of the folder's file, whole or not at all; whether that changed anything.

    The older ones stay, so that the database which is there now still opens should the restore fail. Raises ArchiveUnwritable,
    SecretsUnusable.
    """
    path = data_dir / SECRET_FILE
    there = load_secrets((), data_dir) if path.exists() else ()
    wanted = tuple(dict.fromkeys((*restored, *there)))
    if wanted == there:
        return False
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        data_dir.mkdir(parents=True, mode=0o700, exist_ok=True)
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
            stream.write("".join(f"{secret}\n" for secret in wanted))
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(draft, path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise ArchiveUnwritable(f"{path} can't be written: {error.strerror}") from error
    return True
