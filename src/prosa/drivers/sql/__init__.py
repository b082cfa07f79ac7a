"""prosa's own database, SQLite or PostgreSQL: what a store needs is loaded at the first use and not before."""

from prosa.drivers.sql.address import DatabaseAddress
from prosa.drivers.sql.connection import Connection
from prosa.drivers.sql.database import Database
from prosa.drivers.sql.errors import DatabaseNotMigrated, DatabaseUnavailable, DatabaseUnusable, Unstorable
from prosa.drivers.sql.files import file_id
from prosa.drivers.sql.inserting import insert
from prosa.drivers.sql.looking import look
from prosa.drivers.sql.migrate import current_revision, downgrade, migrate_within, needs_migration, revisions, upgrade
from prosa.drivers.sql.notifications import Notifications
from prosa.drivers.sql.plain import plain_engine
from prosa.drivers.sql.scrubbing import compact, scrub
from prosa.drivers.sql.sqlite import open_sqlite
from prosa.drivers.sql.texts import storable
from prosa.drivers.sql.unhurried import unhurried_engine
from prosa.drivers.sql.urls import parse_database

__all__ = [
    "Connection",
    "Database",
    "DatabaseAddress",
    "DatabaseNotMigrated",
    "DatabaseUnavailable",
    "DatabaseUnusable",
    "Notifications",
    "Unstorable",
    "compact",
    "current_revision",
    "downgrade",
    "file_id",
    "insert",
    "look",
    "migrate_within",
    "needs_migration",
    "open_sqlite",
    "parse_database",
    "plain_engine",
    "revisions",
    "scrub",
    "storable",
    "unhurried_engine",
    "upgrade",
]
