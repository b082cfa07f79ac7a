"""The calls that are being answered: each ends with the right to it, however the two came about at the same moment."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import pytest

from prosa.api.edge import Access, EdgeParts, Exchange, Front, Route
from prosa.drivers.journal import Journal
from prosa.drivers.sql import DatabaseUnavailable
from prosa.identity import Authenticator, Caller, IdentitySettings, NewKey, Permission, Role, Scope
from prosa.identity.credential_store import CredentialStore, KeyRow
from prosa.identity.last_use import LastUse
from prosa.identity.models import OPERATOR
from prosa.identity.stored import StoredCredentials
from tests.api.edge.driver import Asked, Edge, OpenAIShape, ask, bearer, nothing_there
from tests.databases import KINDS
from tests.identity.credentials import Person, World, a_world

PATH = "/api/v1/users"
SCOPES = frozenset({Scope.READ, Scope.ADMIN})


class PausingStore(CredentialStore):
    """Looks credentials up; what `meanwhile` does happens between the database's answer and who asked for it."""

    meanwhile: Callable[[], Awaitable[None]] | None = None

    async def key(self, lookup: str) -> KeyRow | None:
        row = await super().key(lookup)
        if self.meanwhile is not None:
            await self.meanwhile()
        return row


class Desk:
    """A front whose only route answers when it is told to, over a database with an admin who has a key."""

    def __init__(self, world: World, admin: Person, key: str) -> None:
        self.world, self.admin, self.key = world, admin, key
        self.store = PausingStore(world.database)
        self.journal = Journal(world.database)
        last_use = LastUse(self.journal, world.keyring, world.clock)
        idle = world.settings.idle_seconds
        self.stored = StoredCredentials(self.store, world.keyring, world.tokens, world.tickets, world.clock, last_use, idle)
        authenticator = Authenticator(IdentitySettings(), self.stored, world.rights, last_use)
        self.parts: EdgeParts = replace(Edge().parts(), authenticator=authenticator)
        self.parts.open_calls.still = self.stored.still
        world.rights.foresee(self.parts.open_calls.spare)
        world.rights.watch(self.parts.open_calls.changed)
        self.begun, self.answer = asyncio.Event(), asyncio.Event()

    async def call(self, permission: Permission = Permission.READ_MODELS) -> int:
        """The status of a call that is answered when `answer` is set."""

        async def handler(exchange: Exchange) -> None:
            self.begun.set()
            await asyncio.wait_for(self.answer.wait(), 5)
            await exchange.respond(200, b"{}")

        front = Front({("GET", PATH): Route(handler, Access(permission), OpenAIShape())}, nothing_there, self.parts)
        return (await ask(front, Asked("GET", PATH, [bearer(self.key)]))).status

    async def open_call(self, permission: Permission = Permission.READ_MODELS) -> "asyncio.Task[int]":
        """The same, once it is being answered."""
        self.begun.clear()
        self.answer.clear()
        call = asyncio.create_task(self.call(permission))
        await asyncio.wait_for(self.begun.wait(), 5)
        return call

    async def settle(self) -> None:
        """Let whatever is being judged be judged, however long the database takes for it."""
        await asyncio.sleep(0.05)
        while judging := tuple(self.parts.open_calls._judging):
            await asyncio.wait_for(asyncio.gather(*judging), 5)
        self.answer.set()


@pytest.fixture(params=KINDS)
async def desk(request: pytest.FixtureRequest) -> AsyncIterator[Desk]:
    async with a_world(request.param) as world:
        admin = await world.person(role=Role.ADMIN)
        _, key = await world.keys.create(OPERATOR, NewKey(admin.id, "n8n", SCOPES))
        await world.rights.look()
        made = Desk(world, admin, key)
        yield made
        await made.journal.aclose()


async def suspend(desk: Desk) -> None:
    async with desk.world.rights.changing(desk.admin.id) as connection:
        await connection.exec_driver_sql("UPDATE accounts SET status = 'suspended'")


@pytest.mark.attack("A17")
async def test_a_call_ends_with_the_permission_that_it_needed_and_no_other(desk: Desk) -> None:
    managing, reading = await desk.open_call(Permission.READ_USERS), await desk.open_call(Permission.READ_MODELS)
    async with desk.world.rights.changing(desk.admin.id) as connection:
        await connection.exec_driver_sql("UPDATE accounts SET role = 'user'")
    await desk.settle()
    assert (await managing, await reading) == (401, 200)
    assert len(desk.parts.open_calls) == 0


@pytest.mark.attack("A17", "C4")
async def test_what_is_taken_away_between_the_look_up_and_the_answer_ends_the_call_too(desk: Desk) -> None:
    desk.store.meanwhile = lambda: suspend(desk)
    call = await desk.open_call()
    await desk.settle()
    assert await call == 401
    desk.store.meanwhile = None
    assert await desk.call() == 401  # nor was what had been read remembered


async def test_somebody_elses_change_meanwhile_ends_nothing(desk: Desk) -> None:
    async def elsewhere() -> None:
        async with desk.world.rights.changing("somebody-else"):
            pass

    desk.store.meanwhile = elsewhere
    call = await desk.open_call()
    await desk.settle()
    assert await call == 200


@pytest.mark.attack("C4")
async def test_a_call_ends_when_its_credential_expires(desk: Desk) -> None:
    call = await desk.open_call()
    desk.parts.open_calls.expire(desk.world.clock.seconds + 10**9)
    await desk.settle()
    assert await call == 200  # its key has no end
    async with desk.world.rights.changing(desk.admin.id) as connection:
        ends = round((desk.world.clock.seconds + 60) * 1_000_000)
        await connection.exec_driver_sql(f"UPDATE api_keys SET expires_at = {ends}")
    call = await desk.open_call()
    desk.parts.open_calls.expire(desk.world.clock.seconds + 59)
    await asyncio.sleep(0)
    assert not call.done()
    desk.parts.open_calls.expire(desk.world.clock.seconds + 60)
    await desk.settle()
    assert await call == 401


@pytest.mark.attack("B3")
async def test_a_call_that_nobody_can_judge_after_a_change_ends(desk: Desk) -> None:
    async def nobody_answers(caller: Caller) -> Caller | None:
        raise DatabaseUnavailable

    call = await desk.open_call()
    desk.parts.open_calls.still = nobody_answers
    desk.world.rights.tell("somebody-else", None)
    await asyncio.sleep(0.02)
    assert not call.done()
    desk.world.rights.tell(desk.admin.id, None)
    await desk.settle()
    assert await call == 401


async def test_who_makes_a_change_hears_what_came_of_it(desk: Desk) -> None:
    async def handler(exchange: Exchange) -> None:
        await suspend(desk)
        await asyncio.sleep(0.05)
        await exchange.respond(200, b"{}")

    front = Front({("GET", PATH): Route(handler, Access(Permission.READ_USERS), OpenAIShape())}, nothing_there, desk.parts)
    asked = Asked("GET", PATH, [bearer(desk.key)])
    assert [(await ask(front, asked)).status for _ in range(2)] == [200, 401]
