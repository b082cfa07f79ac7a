"""Everything that gives and takes credentials, over a real database, with accounts made of nothing but a row."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from prosa.drivers.sql import Database
from prosa.drivers.vault import Keyring
from prosa.events import Signals
from prosa.identity.api_keys import ApiKeyService
from prosa.identity.models import Caller, CallerKind, Device
from prosa.identity.one_time import OneTime, TicketService
from prosa.identity.permissions import OF_ROLE, Role
from prosa.identity.rights import Rights
from prosa.identity.sessions import SessionService
from prosa.identity.settings import PeopleSettings
from prosa.identity.tokens import TokenService
from prosa.kit.clock import Clock
from tests.databases import a_database

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SECRETS = ("a-secret-for-tests-that-nobody-else-has",)
LAPTOP = Device("192.0.2.7", "Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0")


class SetClock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.seconds = NOON.timestamp()

    def now(self) -> float:
        return self.seconds

    def monotonic(self) -> float:
        return self.seconds


class World:
    """The services as one process holds them; `other` is another process's with, perhaps, other secrets."""

    def __init__(self, database: Database, clock: Clock, secrets: tuple[str, ...] = SECRETS) -> None:
        self.database = database
        self.clock = clock if isinstance(clock, SetClock) else SetClock()
        self.keyring = Keyring.of(secrets)
        self.settings = PeopleSettings()
        self.changes: list[tuple[str | None, str | None]] = []
        self.rights = Rights(database, Signals(Path("nowhere"), database), clock)
        self.rights.watch(lambda account_id, credential_id: self.changes.append((account_id, credential_id)))
        self.sessions = SessionService(database, self.rights, self.keyring, self.settings, clock)
        self.keys = ApiKeyService(database, self.rights, self.keyring, clock)
        self.tokens = TokenService(database, self.rights, self.keyring, self.settings, clock)
        self.one_time = OneTime(self.keyring, clock)
        self.tickets = TicketService(database, self.one_time)

    def other(self, *secrets: str, settings: PeopleSettings | None = None) -> "World":
        """The same database with other secrets or settings."""
        made = World(self.database, self.clock, secrets or SECRETS)
        if settings is not None:
            made.settings = settings
            made.sessions = SessionService(self.database, made.rights, made.keyring, settings, self.clock)
            made.tokens = TokenService(self.database, made.rights, made.keyring, settings, self.clock)
        return made

    async def person(self, name: str = "ana", role: Role = Role.USER) -> "Person":
        """A new active account."""
        account_id = secrets.token_hex(16)
        await self.write(
            "INSERT INTO accounts (id, email, email_key, name, role, status, failures, created_at, updated_at, version) "
            f"VALUES ('{account_id}', '{name}@example.org', '{name}-{account_id}', '{name}', '{role}', 'active', 0, 0, 0, 1)"
        )
        [[number]] = await self.database.fetch("SELECT number FROM accounts WHERE id = $1", account_id)
        assert isinstance(number, int)
        return Person(account_id, number, role)

    async def write(self, statement: str) -> None:
        """One statement of the test's own."""
        async with self.database.writing() as connection:
            await connection.exec_driver_sql(statement)

    async def text_of(self, table: str) -> str:
        """All that a table holds, as one text."""
        return repr(await self.database.fetch(f"SELECT * FROM {table}"))


class Person:
    """An account, and callers that act for it."""

    def __init__(self, id: str, number: int, role: Role) -> None:
        self.id = id
        self.number = number
        self.role = role

    def signed_in(self, session_id: str = "0" * 32) -> Caller:
        """The caller of a browser's session."""
        key_id = f"session_{session_id}"
        return Caller(CallerKind.SESSION, self.id, key_id, "192.0.2.7", OF_ROLE[self.role], self.id, session_id, role=self.role)


@asynccontextmanager
async def a_world(kind: str) -> AsyncIterator[World]:
    """A fresh one on a fresh database of this kind."""
    async with a_database(kind) as database:
        yield World(database, SetClock())
