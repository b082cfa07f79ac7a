"""prosa's own database: SQLite through SQLAlchemy, which is loaded at the first use and not before."""

from prosa.drivers.sql.database import Database
from prosa.drivers.sql.errors import DatabaseUnavailable, DatabaseUnusable
from prosa.drivers.sql.migrate import current_revision, downgrade, needs_migration, revisions, upgrade

__all__ = [
    "Database",
    "DatabaseUnavailable",
    "DatabaseUnusable",
    "current_revision",
    "downgrade",
    "needs_migration",
    "revisions",
    "upgrade",
]
