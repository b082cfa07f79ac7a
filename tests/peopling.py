"""Accounts over a real database, as one process holds them, with figures that a test can look at."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from prosa.drivers.sql import Connection, Database
from prosa.drivers.vault import Keyring
from prosa.events import Signals
from prosa.identity.accounts import Account, AccountParts, AccountService, NewAccount, SignIn
from prosa.identity.accounts.models import LoginKind
from prosa.identity.invites import InviteService
from prosa.identity.models import OPERATOR, Device
from prosa.identity.one_time import OneTime
from prosa.identity.passwords import Cost, Passwords
from prosa.identity.permissions import Role
from prosa.identity.rights import Rights
from prosa.identity.settings import PeopleSettings
from prosa.kit.clock import SystemClock
from prosa.usage import MemoryLimiter
from tests.databases import a_database

if TYPE_CHECKING:
    from prosa.drivers.mail import Mailer

SECRETS = ("a-secret-for-tests-that-nobody-else-has",)
PASSWORD = "um burro verde canta"
CHEAP = Cost(memory_kib=64, passes=1)  # where a test isn't about the hash
HOME = Device("198.51.100.7", "Firefox")
ELSEWHERE = Device("203.0.113.9", "curl")


class People:
    """The services of one process; `left` collects what heirs and erasers were told."""

    def __init__(self, database: Database, settings: PeopleSettings, mailer: "Mailer | None", cost: Cost) -> None:
        clock = SystemClock()
        self.database = database
        self.rights = Rights(database, Signals(Path("nowhere"), database), clock)
        self.changes: list[tuple[str | None, str | None]] = []
        self.rights.watch(lambda account_id, credential_id: self.changes.append((account_id, credential_id)))
        self.passwords = Passwords(cost=cost)
        self.invites = InviteService(database, clock)
        self.left: list[tuple[str, ...]] = []
        keyring = Keyring.of(SECRETS)
        self.parts = AccountParts(
            database=database,
            rights=self.rights,
            keyring=keyring,
            passwords=self.passwords,
            one_time=OneTime(keyring, clock),
            invites=self.invites,
            attempts=MemoryLimiter(clock),
            clock=clock,
            settings=settings,
            mailer=mailer,
            public_url="https://prosa.example" if mailer is not None else None,
            heirs=(self._inherit,),
            erasers=(self._erase,),
        )
        self.accounts = AccountService(self.parts)

    def again(self, **changed: object) -> AccountService:
        """The accounts of a process with other parts, over the same database."""
        return AccountService(replace(self.parts, **changed))  # type: ignore[arg-type]  # the test names fields of AccountParts

    async def person(self, name: str = "ana", role: Role = Role.USER, password: str | None = PASSWORD) -> Account:
        """An account made by an operator."""
        new = NewAccount(f"{name}@example.org", password, name.title(), username=name, role=role)
        return await self.accounts.create(OPERATOR, new)

    async def rows(self, table: str) -> list[tuple[object, ...]]:
        """All that a table holds."""
        return await self.database.fetch(f"SELECT * FROM {table}")

    async def write(self, statement: str) -> None:
        """One statement of the test's own."""
        async with self.database.writing() as connection:
            await connection.exec_driver_sql(statement)

    async def _inherit(self, _connection: Connection, old: str, new: str) -> None:
        self.left.append((old, new))

    async def _erase(self, _connection: Connection, space: str) -> None:
        self.left.append((space,))


def attempt(login: str = "ana@example.org", password: str = PASSWORD, device: Device = HOME) -> SignIn:
    """A sign-in as the app takes it."""
    return SignIn(login, password, device, LoginKind.ANY)


@asynccontextmanager
async def some_people(
    kind: str, settings: PeopleSettings | None = None, mailer: "Mailer | None" = None, cost: Cost = CHEAP
) -> AsyncIterator[People]:
    """The services over a fresh database of this kind."""
    async with a_database(kind) as database:
        people = People(database, settings or PeopleSettings(), mailer, cost)
        try:
            yield people
        finally:
            async with asyncio.timeout(30):
                await people.accounts.settled()
                await people.accounts.aclose()
