"""Everything that a header can hold, shown to the authenticator over a database full of credentials: nobody gets in."""

import base64
import random
import string
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from prosa.drivers.journal import Journal
from prosa.identity.api_keys import NewKey
from prosa.identity.authenticator import Authenticator
from prosa.identity.credential_store import CredentialStore
from prosa.identity.errors import MissingKey, UnknownKey
from prosa.identity.last_use import LastUse
from prosa.identity.models import OPERATOR, CallerKind, Door, OriginKind, Signs
from prosa.identity.permissions import OF_NARROW_COOKIE, Scope
from prosa.identity.settings import IdentitySettings
from prosa.identity.stored import StoredCredentials
from prosa.identity.tokens import Dialect, TokenExpired, TokenInvalid
from prosa.kit.errors import ProsaError
from tests.databases import KINDS
from tests.identity.credentials import LAPTOP, NOON, SECRETS, World, a_world

TABLES = ("accounts", "sessions", "api_keys", "token_families", "one_time_tokens", "rights_changes")
NASTY = [
    *(b"\x00", b"\n", b"\r\nX-Admin: 1", b"%s%n%x", b"{0.__class__}", b"${jndi:ldap://evil.example}", b"' OR '1'='1' --"),
    *(b'{"$ne": null}', b"*", b"\xff\xfe", b"\xe2\x80\xae", b"../../etc/passwd", b"a" * 5000, b";", b",", b"="),
]
HEADERS = (b"authorization", b"x-api-key", b"api-key")


@pytest.fixture(params=KINDS)
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    async with a_world(request.param) as made:
        yield made


def authenticator(world: World, journal: Journal) -> Authenticator:
    last_use = LastUse(journal, world.keyring, world.clock)
    looking = CredentialStore(world.database)
    idle = world.settings.idle_seconds
    stored = StoredCredentials(looking, world.keyring, world.tokens, world.tickets, world.clock, last_use, idle)
    return Authenticator(IdentitySettings(), stored, world.rights, last_use)


def signs(name: bytes, value: bytes) -> Signs:
    return Signs(((name, value),), "203.0.113.9", False, OriginKind.NONE)


def cookie(session: bytes, *credentials: tuple[bytes, bytes]) -> Signs:
    return Signs(credentials, "203.0.113.9", False, OriginKind.OWN, session=session.decode())


def forms(good: list[bytes]) -> list[tuple[bytes, bytes]]:
    """1,000 headers that aren't quite a credential: no scheme, wrong scheme, changed, doubled, cut, with something inside."""
    chance = random.Random(7)
    found = [(b"authorization", scheme) for scheme in (b"Bearer", b"Bearer ", b"Bearer \t", b"bearer  ", b"Basic", b"Digest x")]
    found += [(b"authorization", b"Basic " + base64.b64encode(b"ana:" + text)) for text in good]
    found += [
        (b"authorization", scheme + text) for text in good for scheme in (b"Token ", b"Bearer:", b"Bearer", b"Bearer,", b"")
    ]
    found += [(name, b"Bearer Bearer " + text) for text in good for name in HEADERS]
    found += [(name, text + b"A" * 10_000_000) for text in good[:1] for name in HEADERS]
    while len(found) < 1000:
        text, name = chance.choice(good), chance.choice(HEADERS)
        place = chance.randrange(9, len(text))
        inside = chance.choice([*NASTY, bytes([chance.choice(string.printable.encode())])])
        changed = text[:place] + inside + text[place + chance.choice((0, 1, len(inside))) :]
        if changed != text:
            found.append((name, (b"Bearer " if name == b"authorization" else b"") + changed))
    return found


async def credentials_of(world: World) -> list[bytes]:
    ana = await world.person()
    _, key = await world.keys.create(OPERATOR, NewKey(ana.id, "n8n", frozenset({Scope.READ, Scope.WRITE})))
    _, session = await world.sessions.start(ana.id, LAPTOP)
    pair = await world.tokens.issue(ana, Dialect.CHATAI, LAPTOP)
    ticket = await world.tickets.issue(ana.signed_in(), "/")
    return [text.encode() for text in (key, session, pair.access, pair.refresh or "", ticket)]


@pytest.mark.attack("C1")
async def test_a_thousand_forms_let_nobody_in_and_change_nothing(world: World) -> None:
    good = await credentials_of(world)
    journal = Journal(world.database)
    door = authenticator(world, journal)
    before = [await world.text_of(table) for table in TABLES]
    outcomes, begun = [], time.thread_time()
    for name, value in forms(good):
        try:
            caller = await door.caller(signs(name, value), Door.OPENAI)
            outcomes.append(f"{caller.kind} by {value[:80]!r}")
        except ProsaError as error:
            if error.status != 401:
                outcomes.append(f"{error.status} for {value[:80]!r}")
    took = time.thread_time() - begun
    await journal.aclose()
    assert outcomes == []
    assert [await world.text_of(table) for table in TABLES] == before
    assert took < 5.0  # five milliseconds each; one is usual, most of them far below


@pytest.mark.attack("B2")
async def test_a_credential_is_good_in_its_own_place_alone(world: World) -> None:
    key, session, access, refresh, ticket = await credentials_of(world)
    journal = Journal(world.database)
    door = authenticator(world, journal)
    await world.rights.look()
    for text in (session, refresh, ticket):
        for name in HEADERS:
            with pytest.raises(ProsaError) as refused:
                await door.caller(signs(name, (b"Bearer " if name == b"authorization" else b"") + text), Door.APP)
            assert refused.value.status == 401
    for text in (key, access, refresh, ticket):
        with pytest.raises(ProsaError):
            await door.caller(Signs((), "203.0.113.9", False, OriginKind.NONE, session=text.decode()), Door.APP)
        if text != ticket:
            with pytest.raises(ProsaError):
                shown = Signs((), "203.0.113.9", False, OriginKind.NONE, ticket=text.decode(), path="/")
                await door.caller(shown, Door.APP)
    assert (await door.caller(signs(b"authorization", b"Bearer " + key), Door.APP)).kind is CallerKind.KEY
    assert (await door.caller(signs(b"authorization", b"Bearer " + access), Door.CHATAI)).kind is CallerKind.TOKEN
    with pytest.raises(ProsaError):
        await door.caller(signs(b"authorization", b"Bearer " + access), Door.MULTIUSER)
    await journal.aclose()


@pytest.mark.attack("B3")
async def test_an_access_token_ends_with_its_family_and_with_its_time(world: World) -> None:
    ana = await world.person()
    pair = await world.tokens.issue(ana, Dialect.CHATAI, LAPTOP)
    journal = Journal(world.database)
    door = authenticator(world, journal)
    shown = signs(b"authorization", b"Bearer " + pair.access.encode())
    await world.rights.look()
    assert (await door.caller(shown, Door.CHATAI)).account_id == ana.id
    await world.sessions.end_all(ana.id)
    with pytest.raises(ProsaError) as refused:
        await door.caller(shown, Door.CHATAI)
    assert refused.value.status == 401
    later = await world.tokens.issue(ana, Dialect.CHATAI, LAPTOP)
    world.clock.seconds += 86_400
    with pytest.raises(TokenExpired):
        await door.caller(signs(b"authorization", b"Bearer " + later.access.encode()), Door.CHATAI)
    await journal.aclose()


@pytest.mark.attack("C2", "C3", "C4")
async def test_a_key_is_worth_what_it_was_made_for_from_where_it_was_made_for_while_it_lives(world: World) -> None:
    ana = await world.person()
    wanted = NewKey(ana.id, "n8n", frozenset({Scope.READ}), models=("m",), addresses=("203.0.113.0/24",))
    key, text = await world.keys.create(OPERATOR, wanted)
    journal = Journal(world.database)
    door = authenticator(world, journal)
    shown = signs(b"x-api-key", text.encode())
    elsewhere = Signs(shown.credentials, "198.51.100.7", False, OriginKind.NONE)
    caller = await door.caller(shown, Door.OPENAI)
    assert caller.models == frozenset({"m"})
    assert {permission.value for permission in caller.permissions} == {
        *("models:read", "me:read:own", "usage:read:own"),
        *(f"{thing}:read:own" for thing in ("interactions", "runs", "conversations", "files", "assistants")),
    }
    with pytest.raises(ProsaError):
        await door.caller(elsewhere, Door.OPENAI)
    await world.keys.rotate(OPERATOR, key.id, 3600)
    assert await door.caller(shown, Door.OPENAI)
    world.clock.seconds += 3600
    with pytest.raises(ProsaError):
        await door.caller(shown, Door.OPENAI)
    await journal.aclose()


@pytest.mark.attack("C5")
async def test_a_key_and_a_session_outlive_the_secret_that_they_were_made_with_once_they_are_used(world: World) -> None:
    key, session, *_ = await credentials_of(world)
    shown = signs(b"authorization", b"Bearer " + key)
    new = "a-newer-secret-that-came-first"
    for secrets in ((new, *SECRETS), (new,)):
        later = world.other(*secrets)
        journal = Journal(world.database)
        door = authenticator(later, journal)
        assert (await door.caller(shown, Door.OPENAI)).kind is CallerKind.KEY
        assert (await door.caller(cookie(session), Door.APP)).kind is CallerKind.SESSION
        await journal.aclose()
    journal = Journal(world.database)
    with pytest.raises(ProsaError):  # where the newer secret is missing now, nobody can tell a right key from a wrong one
        await authenticator(world, journal).caller(shown, Door.OPENAI)
    await journal.aclose()


@pytest.mark.attack("B6", "C2")
async def test_a_cookie_is_nobody_at_the_older_doors_and_beside_a_credential_however_broken(world: World) -> None:
    key, session, *_ = await credentials_of(world)
    journal = Journal(world.database)
    door = authenticator(world, journal)
    await world.rights.look()
    for _ in range(2):  # the second time from memory
        assert (await door.caller(cookie(session), Door.APP)).kind is CallerKind.SESSION
    for older in (Door.CHATAI, Door.MULTIUSER, Door.SERVERLESS, Door.BITACA):
        with pytest.raises(MissingKey):
            await door.caller(cookie(session), older)
    for broken in (b"Basic " + key, b"Bearer", b"Bearer wrong", b"Bearer EMPTY", b"\x00", b"Bearer " + key[:-1]):
        with pytest.raises((MissingKey, UnknownKey)):
            await door.caller(cookie(session, (b"authorization", broken)), Door.APP)
    assert (await door.caller(cookie(session, (b"x-api-key", key)), Door.APP)).kind is CallerKind.KEY
    await journal.aclose()


@pytest.mark.attack("B2", "B3", "C4")
async def test_what_is_remembered_counts_at_its_own_doors_while_it_lives_and_while_changes_are_followed(world: World) -> None:
    ana = await world.person()
    soon = NOON + timedelta(hours=1)
    _, text = await world.keys.create(OPERATOR, NewKey(ana.id, "n8n", frozenset({Scope.READ}), expires_at=soon))
    pair = await world.tokens.issue(ana, Dialect.CHATAI, LAPTOP)
    journal = Journal(world.database)
    door = authenticator(world, journal)
    await world.rights.look()
    key, token = signs(b"x-api-key", text.encode()), signs(b"authorization", b"Bearer " + pair.access.encode())

    def remembers(shown: Signs, at: Door) -> bool:
        return door.recognised(shown.credentials, shown.address, at) is not None

    assert not remembers(key, Door.OPENAI)
    await door.caller(key, Door.OPENAI)
    await door.caller(token, Door.CHATAI)
    assert remembers(key, Door.OPENAI) and remembers(key, Door.CHATAI)
    assert remembers(token, Door.OPENAI) and not remembers(token, Door.MULTIUSER) and not remembers(token, Door.SERVERLESS)
    world.clock.seconds += 1  # nobody has looked for a second
    assert not remembers(key, Door.OPENAI) and not remembers(token, Door.OPENAI)
    await world.rights.look()
    assert remembers(key, Door.OPENAI) and remembers(token, Door.OPENAI)
    world.clock.seconds += 3600
    await world.rights.look()
    assert not remembers(key, Door.OPENAI) and remembers(token, Door.OPENAI)
    await journal.aclose()


@pytest.mark.attack("B13")
async def test_who_is_on_this_machine_needs_a_credential_from_the_first_account_on(world: World) -> None:
    journal = Journal(world.database)
    door = authenticator(world, journal)
    near = Signs((), "127.0.0.1", True, OriginKind.NONE)
    assert (await door.caller(near, Door.OPENAI)).kind is CallerKind.LOCAL
    await world.person()
    async with world.rights.changing(None):
        pass
    await world.rights.look()
    with pytest.raises(MissingKey):
        await door.caller(near, Door.OPENAI)
    assert (await door.caller(near, Door.SERVERLESS)).kind is CallerKind.VISITOR
    await journal.aclose()


@pytest.mark.attack("B6")
async def test_the_cookie_of_ms_page_is_no_token_and_counts_for_little_and_at_its_door_alone(world: World) -> None:
    pair = await world.tokens.issue(await world.person(), Dialect.MULTIUSER, LAPTOP)
    assert pair.cookie is not None
    with pytest.raises(TokenInvalid):
        await world.tokens.refresh(pair.cookie, Dialect.MULTIUSER)
    journal = Journal(world.database)
    door = authenticator(world, journal)
    await world.rights.look()
    shown = Signs((), "203.0.113.9", False, OriginKind.OWN, narrow=pair.cookie, own_site=True)
    assert (await door.caller(shown, Door.MULTIUSER)).permissions == OF_NARROW_COOKIE
    for other in (Door.APP, Door.OPENAI, Door.CHATAI, Door.SERVERLESS, Door.BITACA):
        with pytest.raises(MissingKey):
            await door.caller(shown, other)
    await journal.aclose()
