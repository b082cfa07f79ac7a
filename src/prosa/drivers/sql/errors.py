"""What can go wrong with prosa's own database."""

from collections.abc import Iterator
from contextlib import contextmanager

from prosa.kit.errors import ProsaError


class DatabaseUnavailable(ProsaError):
    """The database can't be opened, read or written now; nothing was changed."""

    code = "database_unavailable"
    status = 503

    def __init__(self) -> None:
        super().__init__("The database is not available.", retry_after=5.0)


class DatabaseUnusable(DatabaseUnavailable):
    """The file is no SQLite database, or one that another program made."""


@contextmanager
def translated() -> Iterator[None]:
    """Turn what a driver fails with (locked, full, torn, gone) into DatabaseUnavailable; a broken constraint stays a bug."""
    from sqlalchemy.exc import DatabaseError, IntegrityError
    from sqlalchemy.exc import TimeoutError as PoolTimeout

    try:
        yield
    except IntegrityError:
        raise
    except (DatabaseError, PoolTimeout, OSError, UnicodeDecodeError) as error:
        raise DatabaseUnavailable from error
