"""The blocking engine itself; importing this module loads SQLAlchemy."""

import logging
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.pool import ConnectionPoolEntry

from prosa.drivers.sql.address import DatabaseAddress
from prosa.drivers.sql.sqlite import PRAGMAS
from prosa.drivers.sql.urls import server_address

_logger = logging.getLogger("prosa.database")
POOL: Final = 4
_SETTINGS: Final = frozenset({"application_name", "options"})  # what libpq takes as it is; others are options of the session


def make_plain_engine(address: DatabaseAddress, *, expendable: bool = False) -> Engine:
    """See plain_engine."""
    pool: dict[str, Any] = {"pool_size": POOL, "max_overflow": 0, "pool_timeout": 30, "hide_parameters": True}
    if address.path is not None:
        if expendable and not _is_sound(address.path):
            _logger.warning("%s is damaged, and is made anew", address.path.name)
            for suffix in ("", "-wal", "-shm"):
                address.path.with_name(f"{address.path.name}{suffix}").unlink(missing_ok=True)
        os.close(os.open(address.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))  # for its owner alone
        engine = create_engine(URL.create("sqlite", database=str(address.path)), **pool)
        event.listen(engine, "connect", _prepare)
        return engine
    assert address.url is not None
    arguments = _arguments(address.url)
    return create_engine("postgresql+psycopg://", connect_args=arguments, pool_pre_ping=True, **pool)


def _is_sound(path: Path) -> bool:
    """Whether the file, where there is one, is a whole database."""
    if not path.exists():
        return True
    try:
        with closing(sqlite3.connect(path)) as connection:
            return bool(connection.execute("PRAGMA quick_check").fetchall() == [("ok",)])
    except sqlite3.OperationalError:
        return True  # locked, or can't be opened: nothing is known
    except sqlite3.DatabaseError:
        return False


def _prepare(connection: Any, _entry: ConnectionPoolEntry) -> None:  # the driver's connection has no type of its own here
    """As prosa's own files are used. A transaction takes the write lock at its beginning, or two would fail over it."""
    connection.isolation_level = "IMMEDIATE"
    for pragma in PRAGMAS:
        connection.execute(pragma)


def _arguments(url: str) -> dict[str, str | int]:
    """The address in libpq's words (PostgreSQL's manual, "Parameter Key Words")."""
    address = server_address(url)
    arguments: dict[str, str | int] = {}
    for name, value in address.place.items():
        arguments["dbname" if name == "database" else name] = value
    if address.tls is not None:
        arguments |= dict(parse_qsl(urlsplit(address.tls).query))
    else:
        arguments |= {"sslmode": "verify-full", "sslrootcert": "system"}
    if address.session_attributes is not None:
        arguments["target_session_attrs"] = address.session_attributes
    arguments |= {name: value for name, value in address.settings.items() if name in _SETTINGS}
    others = " ".join(f"-c {name}={_escaped(value)}" for name, value in address.settings.items() if name not in _SETTINGS)
    if others:
        arguments["options"] = f"{arguments.get('options', '')} {others}".strip()
    arguments["connect_timeout"] = round(address.connect_seconds)
    return arguments


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace(" ", "\\ ")
