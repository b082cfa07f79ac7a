"""The server's secrets at start, held against what the database was made with (attacks.md, C10)."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from prosa.boot.settings import Settings, StartRefused
from prosa.boot.settings.strength import weakness
from prosa.drivers.sql import DatabaseAddress
from prosa.drivers.vault import SECRET_FILE, Keyring, SecretsUnusable, fits, known_checks, load_secrets
from prosa.kit.errors import ProsaError


def unlocked(settings: Settings) -> Settings:
    """The settings with the secrets that count: PROSA_SECRET's, else those of the data folder's file, made at the first start.

    A database that can't be asked now is held against them when it opens. Raises StartRefused: it was made with others.
    """
    folder = settings.server.data_dir
    path = folder / SECRET_FILE
    known = _known(settings.database)
    if known and not settings.secrets and not path.exists():
        raise StartRefused(f"this database was made with a secret that isn't here: set PROSA_SECRET, or bring back {path}")
    try:
        secrets = load_secrets(settings.secrets, folder, production=settings.server.production)
    except SecretsUnusable as error:
        raise StartRefused(str(error)) from error
    complaint = next((found for secret in secrets if (found := weakness(secret, own=True))), None)
    if settings.server.production and not settings.secrets and complaint:
        raise StartRefused(f"{path} (value not shown): {complaint}")
    if not fits(_keyring(secrets), known):
        raise StartRefused(_explained(settings, path, known))
    return replace(settings, secrets=secrets, logs=replace(settings.logs, secrets=(*settings.logs.secrets, *secrets)))


def _known(address: DatabaseAddress) -> dict[str, str]:
    """Asked on a thread of its own: the caller's may run a loop already."""
    try:
        with ThreadPoolExecutor(1) as threads:
            return threads.submit(asyncio.run, known_checks(address)).result()
    except ProsaError:
        return {}


def _keyring(secrets: tuple[str, ...]) -> Keyring:
    try:
        return Keyring.of(secrets)
    except ValueError as error:
        raise StartRefused(f"PROSA_SECRET: {error}") from error


def _explained(settings: Settings, path: Path, known: Mapping[str, str]) -> str:
    """What to do, without a word of any secret."""
    if not settings.secrets:
        return (
            f"this database was made with another secret than the one in {path}: bring back the file that belongs to it, "
            "or set PROSA_SECRET to its secret"
        )
    told = "this database was made with another secret than PROSA_SECRET holds"
    try:
        kept = path.exists() and fits(_keyring(load_secrets((), path.parent)), known)
    except (SecretsUnusable, StartRefused):
        kept = False
    if kept:
        return f"{told}: unset it, or add the secret in {path} behind it, parted by a comma (the newest comes first)"
    return f"{told}: set it to that one; a newer secret may stand in front of it, parted by a comma (or bring back {path})"
