"""Where everything is kept, what hides it, and how it is saved."""

from pathlib import Path

from prosa.boot.settings.kinds import DURATION, PATH, SECRETS, TEXT, choice, whole
from prosa.boot.settings.rows import Row, Secret

DATABASE_URL: Row[str | None] = Row(
    "PROSA_DATABASE_URL",
    "storage.database_url",
    TEXT,
    None,
    "The database: `postgresql://user:password@host/name`. Unset: a SQLite file in the data folder.",
    (),
    (),
    Secret.FOREIGN,
)
PGVECTOR = Row(
    "PROSA_PGVECTOR",
    "storage.pgvector",
    choice({"auto": "auto", "off": "off"}),
    "auto",
    "Whether PostgreSQL finds near vectors by pgvector, where that is there or may be made. `off`: each process, in its memory.",
)
SECRETS_ROW = Row(
    "PROSA_SECRET",
    "storage.secret",
    SECRETS,
    (),
    "The server's own secret, from which its keys derive; several, newest first, while one takes over from another. "
    "Unset: `secret.key` in the data folder, made at the first start.",
    (),
    (),
    Secret.OWN,
)
BACKUP_EVERY: Row[float | None] = Row(
    "PROSA_BACKUP_EVERY",
    "storage.backup_every",
    DURATION,
    None,
    "How often a backup is made: `12h`, `1d`, `daily`; a bare number is in seconds. Unset, or `off`: never.",
)
BACKUP_KEEP = Row("PROSA_BACKUP_KEEP", "storage.backup_keep", whole(1, 10_000), 7, "How many such backups are kept.")
ERASURE_COPY: Row[Path | None] = Row(
    "PROSA_ERASURE_COPY",
    "storage.erasure_copy",
    PATH,
    None,
    "A second place for the list of deleted accounts, best on another machine: `prosa restore` deletes them again.",
)
BACKUP_DIR: Row[Path | None] = Row(
    "PROSA_BACKUP_DIR", "storage.backup_dir", PATH, None, "Where they are put. Unset: `backups` in the data folder."
)
