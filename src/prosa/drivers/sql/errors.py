"""What can go wrong with prosa's own database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from prosa.kit.errors import BadRequest, ProsaError

SOON: Final = 1.0  # seconds after which what lost against others' transactions may be tried again
LATER: Final = 5.0

# States of PostgreSQL (its manual, appendix A).
_CROWDED: Final = frozenset({"40001", "40P01", "55P03", "57014"})  # serialization, deadlock, no lock in time, out of time
_MISSING: Final = frozenset({"42P01", "42703", "3F000"})  # table, column, schema
_UNSTORABLE: Final = "22"  # the class of values that their column can't take


class DatabaseUnavailable(ProsaError):
    """The database can't be opened, read or written now; nothing was changed.

    `reason` is for the operator's log and never leaves the server.
    """

    code = "database_unavailable"
    status = 503

    def __init__(self, reason: str = "", retry_after: float = LATER) -> None:
        super().__init__("The database is not available.", retry_after=retry_after)
        self.reason = reason


class DatabaseUnusable(DatabaseUnavailable):
    """No database of prosa: another program's, or no database at all."""


class DatabaseNotMigrated(DatabaseUnavailable):
    """A table isn't there (yet): the database has to be brought up to date."""


class Unstorable(BadRequest):
    """A value of the request that the database can't hold, whatever the time: U+0000 in a text, a number out of range."""

    code = "unstorable_value"

    def __init__(self) -> None:
        super().__init__("A value of the request can't be stored.")


def of_state(state: str, reason: str = "") -> ProsaError:
    """What a state code of PostgreSQL, "" for none, means to a caller."""
    if state in _CROWDED:
        return DatabaseUnavailable(reason, retry_after=SOON)
    if state in _MISSING:
        return DatabaseNotMigrated(reason)
    if state.startswith(_UNSTORABLE):
        return Unstorable()
    return DatabaseUnavailable(reason)


def of_sqlite(error: BaseException) -> ProsaError:
    """What an error of SQLite's driver means to a caller."""
    text = str(error)
    if text.startswith(("no such table", "no such column")):
        return DatabaseNotMigrated(text)
    return DatabaseUnavailable(type(error).__name__)


@contextmanager
def translated() -> Iterator[None]:
    """Turn what a driver fails with (locked, full, torn, gone) into DatabaseUnavailable; a broken constraint stays a bug."""
    from sqlalchemy.exc import DBAPIError, IntegrityError
    from sqlalchemy.exc import TimeoutError as PoolTimeout

    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as error:
        raise _of_driver(error.orig) from error
    except (PoolTimeout, OSError, UnicodeDecodeError) as error:
        raise DatabaseUnavailable(type(error).__name__) from error


def _of_driver(error: BaseException | None) -> ProsaError:
    if error is None:
        return DatabaseUnavailable()
    state = getattr(error, "sqlstate", None)
    if isinstance(state, str):
        return of_state(state, type(error).__name__)
    if isinstance(error.__cause__, ValueError):  # asyncpg refuses what doesn't fit the column before it is sent
        return Unstorable()
    return of_sqlite(error)
