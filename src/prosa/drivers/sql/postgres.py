"""PostgreSQL past SQLAlchemy: its driver's connections, and a small pool of them for tiny reads. Importing this loads asyncpg."""

import asyncio
import hashlib
import logging
import ssl
import time
from typing import Any, Final

import asyncpg

from prosa.drivers.sql.errors import DatabaseUnavailable, of_state
from prosa.drivers.sql.urls import ServerAddress, server_address
from prosa.kit.errors import ProsaError

_logger = logging.getLogger("prosa.database")

# Bounds on what a session may hold on to; what the address says goes before them. Milliseconds.
LIMITS: Final = {"statement_timeout": "30000", "lock_timeout": "10000", "idle_in_transaction_session_timeout": "60000"}
COMMAND_SECONDS: Final = 40.0  # the client's own bound, for a server that went away without a word
READERS: Final = 4
REMARK_SECONDS: Final = 10.0

# What a connection says that has ended: the server stopped or was told to, the network went, the server is still starting.
_ENDED: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.InternalClientError,
    ConnectionError,
)
FAULTS: Final = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, asyncio.IncompleteReadError)


class _Remarks:
    """Says why connections fail, but not once for each."""

    def __init__(self) -> None:
        self._quiet_until = 0.0

    def failed(self, error: BaseException) -> None:
        now = time.monotonic()
        if now >= self._quiet_until:
            self._quiet_until = now + REMARK_SECONDS
            _logger.warning("no connection to PostgreSQL: %s: %s", type(error).__name__, str(error).partition("\n")[0])


_remarks = _Remarks()


def fault_of(error: BaseException) -> ProsaError:
    """What an error of the driver means to a caller."""
    state = getattr(error, "sqlstate", None)
    if isinstance(error, asyncpg.DataError):
        state = state or "22000"  # the driver refused the value before it was sent
    return of_state(state if isinstance(state, str) else "", type(error).__name__)


async def connect(url: str, settings: dict[str, str] | None = None) -> asyncpg.Connection:
    """A connection of its own. `settings` of the session go before the usual bounds. Raises DatabaseUnavailable."""
    address = server_address(url)
    named = address.settings.get("options", "")  # `-c lock_timeout=…` would lose against a setting of the same name
    session = {name: bound for name, bound in LIMITS.items() if name not in named} | address.settings | (settings or {})
    arguments = _arguments(address) | {"server_settings": session}
    if session.get("statement_timeout") == "0":
        arguments["command_timeout"] = None  # who asked for no bound gets none from this side either
    try:
        return await asyncpg.connect(**arguments)
    except (*FAULTS, asyncpg.ClientConfigurationError, ValueError) as error:
        _remarks.failed(error)
        raise DatabaseUnavailable(f"{type(error).__name__}: {error}") from error


def _arguments(address: ServerAddress) -> dict[str, Any]:  # the driver's keyword arguments are of many types
    arguments: dict[str, Any] = dict(address.place)
    if address.tls is not None:
        arguments["dsn"] = address.tls
    else:
        arguments["ssl"] = ssl.create_default_context()
    if address.session_attributes is not None:
        arguments["target_session_attrs"] = address.session_attributes
    return arguments | {"timeout": address.connect_seconds, "command_timeout": COMMAND_SECONDS}


class PostgresReader:
    """Tiny reads: a few connections, each made when it is needed and again when it has died. One per event loop."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool: asyncpg.Pool | None = None

    async def fetch(self, sql: str, parameters: tuple[object, ...]) -> list[tuple[object, ...]]:
        """The rows of a query; asked once more where the connection turns out to be dead. Raises DatabaseUnavailable."""
        try:
            try:
                return await self._ask(sql, parameters)
            except _ENDED:
                return await self._ask(sql, parameters)
        except FAULTS as error:
            raise fault_of(error) from error

    async def _ask(self, sql: str, parameters: tuple[object, ...]) -> list[tuple[object, ...]]:
        if self._pool is None:
            # `reset` does nothing: these connections hold no state, and what the pool would send is a round trip for each read.
            self._pool = asyncpg.create_pool(min_size=0, max_size=READERS, connect=self._connect, reset=_no_reset)
            await self._pool
        pool = self._pool
        connection = await pool.acquire(timeout=COMMAND_SECONDS)
        try:
            rows = await connection.fetch(sql, *parameters)
        finally:
            await pool.release(connection)
        return [tuple(row) for row in rows]

    async def _connect(self, *_: object, **__: object) -> asyncpg.Connection:
        return await connect(self._url)

    async def aclose(self) -> None:
        """Close every connection; a later read opens anew."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.terminate()


async def _no_reset(_connection: object) -> None:
    """Nothing to put back."""


def lock_number(name: str) -> int:
    """The number under which PostgreSQL knows prosa's advisory lock of this name: 64 bits with a sign."""
    return int.from_bytes(hashlib.sha256(f"prosa:{name}".encode()).digest()[:8], "big", signed=True)
