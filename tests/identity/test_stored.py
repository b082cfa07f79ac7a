"""Stored credentials as they stand now: each thing that ends one is enough by itself, whatever else was forgotten to be done."""

import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest

from prosa.drivers.journal import Journal
from prosa.identity.api_keys import NewKey
from prosa.identity.api_keys.text import LOOKUP, PREFIX, KeyText
from prosa.identity.credential_store import CredentialStore
from prosa.identity.last_use import LastUse
from prosa.identity.models import OPERATOR, Caller, CallerKind, Door, OriginKind, Signs
from prosa.identity.permissions import Role, Scope
from prosa.identity.stored import StoredCredentials
from prosa.identity.tokens import Dialect
from prosa.kit.ids import base62
from tests.databases import KINDS
from tests.identity.credentials import LAPTOP, Person, World, a_world

HERE = "203.0.113.9"
DAY = 86_400
READS = {"models:read", "me:read:own"} | {
    f"{thing}:read:own" for thing in ("interactions", "runs", "conversations", "files", "usage", "assistants")
}
TALKS = READS | {"models:call"} | {f"{thing}:write:own" for thing in ("runs", "conversations", "files", "assistants")}


@dataclass
class Desk:
    """Ana with one credential of each kind, and who looks at them."""

    world: World
    ana: Person
    stored: StoredCredentials
    key: str
    session: str
    token: str
    family: str
    tickets: dict[str, Callable[[], Awaitable[str]]]

    async def shown(self, what: str) -> Caller | None:
        """Who that credential is now."""
        signs = Signs((), HERE, False, OriginKind.NONE, path="/")
        if what.startswith("ticket of "):
            return await self.stored.ticket(await self.tickets[what](), signs)
        if what == "session":
            standing = await self.stored.session(self.session, HERE)
        else:
            standing = await self.stored.bearer(self.key if what == "key" else self.token, signs, Door.CHATAI)
        return standing.caller if standing is not None else None

    async def good(self) -> set[str]:
        """Which of them are somebody's now."""
        every = ("key", "session", "token", *self.tickets)
        return {what for what in every if await self.shown(what) is not None}


@pytest.fixture(params=KINDS)
async def desk(request: pytest.FixtureRequest) -> AsyncIterator[Desk]:
    async with a_world(request.param) as world:
        ana = await world.person(role=Role.ADMIN)
        key, text = await world.keys.create(OPERATOR, NewKey(ana.id, "n8n", frozenset(Scope)))
        session, cookie = await world.sessions.start(ana.id, LAPTOP)
        pair = await world.tokens.issue(ana, Dialect.CHATAI, LAPTOP)
        family = world.tokens.read(pair.access, None).family

        def of(kind: CallerKind, credential_id: str) -> Callable[[], Awaitable[str]]:
            caller = Caller(kind, ana.id, f"{kind}_{credential_id}", HERE, account_id=ana.id, credential_id=credential_id)
            return lambda: world.tickets.issue(caller, "/")

        tickets = {
            "ticket of key": of(CallerKind.KEY, key.id),
            "ticket of session": of(CallerKind.SESSION, session.id),
            "ticket of token": of(CallerKind.TOKEN, family),
        }
        journal = Journal(world.database)
        last_use = LastUse(journal, world.keyring, world.clock)
        looking = CredentialStore(world.database)
        idle = world.settings.idle_seconds
        stored = StoredCredentials(looking, world.keyring, world.tokens, world.tickets, world.clock, last_use, idle)
        yield Desk(world, ana, stored, text, cookie, pair.access, family, tickets)
        await journal.aclose()


KEY, SESSION, TOKEN = ({what, f"ticket of {what}"} for what in ("key", "session", "token"))
ENDS = [
    ("UPDATE accounts SET status = 'suspended'", "UPDATE accounts SET status = 'active'", KEY | SESSION | TOKEN),
    ("UPDATE accounts SET status = 'deleted'", "UPDATE accounts SET status = 'active'", KEY | SESSION | TOKEN),
    ("UPDATE api_keys SET revoked_at = 1", "UPDATE api_keys SET revoked_at = NULL", KEY),
    ("UPDATE api_keys SET expires_at = 1", "UPDATE api_keys SET expires_at = NULL", KEY),
    ("UPDATE token_families SET revoked_at = 1", "UPDATE token_families SET revoked_at = NULL", TOKEN),
    (
        "UPDATE sessions SET expires_at = expires_at - 9999999999999",
        "UPDATE sessions SET expires_at = expires_at + 9999999999999",
        SESSION,
    ),
]


@pytest.mark.attack("B3", "C4")
@pytest.mark.parametrize(("end", "undo", "ended"), ENDS, ids=[end.removeprefix("UPDATE ") for end, _, _ in ENDS])
async def test_each_thing_that_ends_a_credential_is_enough(desk: Desk, end: str, undo: str, ended: set[str]) -> None:
    every = await desk.good()
    assert every == KEY | SESSION | TOKEN
    await desk.world.write(end)
    assert await desk.good() == every - ended
    await desk.world.write(undo)
    assert await desk.good() == every


@pytest.mark.attack("B3")
async def test_a_session_ends_when_nobody_uses_it_and_so_long_after_its_sign_in(desk: Desk) -> None:
    settings, start = desk.world.settings, desk.world.clock.seconds

    async def used(seconds: float) -> None:
        await desk.world.write(f"UPDATE sessions SET last_used_at = {round(seconds * 1_000_000)}")

    desk.world.clock.seconds = start + settings.idle_seconds - 1
    assert await desk.shown("session") is not None
    desk.world.clock.seconds += 1
    assert await desk.shown("session") is None
    desk.world.clock.seconds = start + settings.session_seconds - 1
    await used(desk.world.clock.seconds)
    assert await desk.shown("session") is not None
    desk.world.clock.seconds += 1
    assert await desk.shown("session") is None


@pytest.mark.attack("B2", "B3")
async def test_a_ticket_outlives_no_token(desk: Desk) -> None:
    ends = desk.world.tokens.read(desk.token, None).expires_at
    acts = Caller(
        CallerKind.TOKEN, desk.ana.id, "token", HERE, account_id=desk.ana.id, credential_id=desk.family, expires_at=ends
    )
    signs = Signs((), HERE, False, OriginKind.NONE, path="/")
    desk.world.clock.seconds = ends - 30
    good, late = [await desk.world.tickets.issue(acts, "/") for _ in range(2)]
    found = await desk.stored.ticket(good, signs)
    assert found is not None and found.expires_at == ends
    desk.world.clock.seconds = ends
    assert await desk.stored.ticket(late, signs) is None


@pytest.mark.attack("C5")
async def test_who_knows_how_a_key_begins_does_not_know_the_key(desk: Desk) -> None:
    begun = desk.key[: len(PREFIX) + LOOKUP] + "0" * 43
    guessed = begun + base62(zlib.crc32(begun.encode()), 6)
    assert KeyText.parse(guessed) is not None
    signs = Signs((), HERE, False, OriginKind.NONE)
    assert await desk.stored.bearer(desk.key, signs, Door.APP) is not None
    assert await desk.stored.bearer(guessed, signs, Door.APP) is None


@pytest.mark.attack("C2", "C3", "A6")
async def test_what_acts_for_somebody_does_what_it_is_for_and_what_they_may_do_now(desk: Desk) -> None:
    async def may(what: str) -> set[str]:
        caller = await desk.shown(what)
        assert caller is not None and caller.account_id == desk.ana.id
        return {permission.value for permission in caller.permissions}

    managing = {"users:read", "users:write", "invites:read", "invites:write"}
    assert await may("key") == await may("ticket of key") == TALKS | managing
    assert await may("token") == await may("ticket of token") == TALKS
    assert await may("session") == await may("ticket of session") >= managing | {"keys:write:own", "keys:write"}
    await desk.world.write("UPDATE accounts SET role = 'user'")
    assert await may("key") == await may("ticket of key") == await may("token") == await may("ticket of token") == TALKS
    assert not await may("session") & managing and not await may("ticket of session") & managing
