"""People for the tests of the older dialects: made as the command line makes them, in a running prosa."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx2

from prosa.identity import OPERATOR, Account, IdentityParts, NewAccount, Profile, Role
from tests.serving import Running, running

PASSWORD = "uma frase que só eu sei"
MARIA = NewAccount(
    email="maria@exemplo.br",
    password=PASSWORD,
    name="Maria Silva",
    username="maria",
    role=Role.ANALYST,
    profile=Profile(age=28, sector="Análise", position="Analista Sênior", cpf="529.982.247-25"),
)


@dataclass(frozen=True, slots=True)
class Town:
    """A running prosa, a client of it, and Maria."""

    client: httpx2.AsyncClient
    running: Running
    maria: Account

    async def rows(self, query: str) -> list[tuple[object, ...]]:
        """What remained in the database."""
        return await self.running.system.people.database.fetch(query)

    @property
    def identity(self) -> IdentityParts:
        return self.running.system.people.identity


@asynccontextmanager
async def town(env: Mapping[str, str] | None = None) -> AsyncIterator[Town]:
    """A prosa with one person in it."""
    async with running(env) as found, httpx2.AsyncClient(base_url=found.base, timeout=30) as client:
        maria = await found.system.people.identity.accounts.create(OPERATOR, MARIA)
        yield Town(client, found, maria)


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}
