"""The last use of sessions and keys: noted now and then, never backwards, and never for what has ended."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from prosa.drivers.journal import Journal
from prosa.identity.api_keys import KeyText, NewKey
from prosa.identity.last_use import LastUse
from prosa.identity.models import OPERATOR, Caller, CallerKind, Reach
from prosa.identity.permissions import Scope
from prosa.identity.sessions import session_digest
from prosa.identity.standing import Standing
from tests.databases import KINDS
from tests.identity.credentials import LAPTOP, NOON, SECRETS, World, a_world


@pytest.fixture(params=KINDS)
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    async with a_world(request.param) as made:
        yield made


@pytest.fixture
async def journal(world: World) -> AsyncIterator[Journal]:
    made = Journal(world.database)
    yield made
    await made.aclose()


def standing(kind: CallerKind, credential_id: str) -> Standing:
    return Standing(Caller(kind, "space", "shown", "", account_id="space", credential_id=credential_id), stored=True)


async def test_a_key_shows_when_and_from_where_it_was_used_last(world: World, journal: Journal) -> None:
    ana = await world.person()
    key, _ = await world.keys.create(OPERATOR, NewKey(ana.id, "n8n", frozenset({Scope.READ})))
    last_use, used = LastUse(journal, world.keyring, world.clock), standing(CallerKind.KEY, key.id)
    last_use.note(used, "192.0.2.9")
    world.clock.seconds += 59
    last_use.note(used, "192.0.2.10")  # too soon to be worth a write
    await journal.flush()
    found = await world.keys.get(OPERATOR, key.id)
    assert (found.last_used_at, found.last_used_address) == (NOON, "192.0.2.9")
    assert found.version == key.version
    world.clock.seconds += 1
    last_use.note(used, "192.0.2.10")
    await journal.flush()
    found = await world.keys.get(OPERATOR, key.id)
    assert (found.last_used_at, found.last_used_address) == (NOON + timedelta(minutes=1), "192.0.2.10")


async def test_a_session_shows_it_too_and_stays_alive_by_it(world: World, journal: Journal) -> None:
    ana = await world.person()
    session, _ = await world.sessions.start(ana.id, LAPTOP)
    last_use, used = LastUse(journal, world.keyring, world.clock), standing(CallerKind.SESSION, session.id)
    for _ in range(2):
        world.clock.seconds += 13 * 86_400
        last_use.note(used, "192.0.2.9")
        await journal.flush()
    found = await world.sessions.get(Reach(ana.id), session.id)
    assert (found.last_used_at, found.address) == (NOON + timedelta(days=26), "192.0.2.9")
    assert found.agent == session.agent


async def test_of_several_processes_one_writes_and_none_goes_back_in_time(world: World, journal: Journal) -> None:
    ana = await world.person()
    session, _ = await world.sessions.start(ana.id, LAPTOP)
    last_use = LastUse(journal, world.keyring, world.clock)
    world.clock.seconds += 100
    last_use.note(standing(CallerKind.SESSION, session.id), "192.0.2.1")
    await journal.flush()
    world.clock.seconds -= 50
    last_use.note(standing(CallerKind.SESSION, session.id), "192.0.2.2")  # as another process, whose clock is behind
    world.clock.seconds += 60
    last_use.note(standing(CallerKind.SESSION, session.id), "192.0.2.3")
    await journal.flush()
    found = await world.sessions.get(Reach(ana.id), session.id)
    assert (found.last_used_at, found.address) == (NOON + timedelta(seconds=100), "192.0.2.1")
    assert journal.lost == 0


async def test_tokens_and_ended_credentials_leave_no_trace(world: World, journal: Journal) -> None:
    ana = await world.person()
    session, _ = await world.sessions.start(ana.id, LAPTOP)
    await world.sessions.end(OPERATOR, session.id)
    last_use = LastUse(journal, world.keyring, world.clock)
    for kind in CallerKind:
        last_use.note(standing(kind, session.id), "192.0.2.9")
    await journal.flush()
    assert (await world.sessions.list(OPERATOR)).items == ()
    assert journal.lost == 0


async def test_a_key_and_a_session_come_to_the_newest_secret_when_they_are_used(world: World, journal: Journal) -> None:
    ana = await world.person()
    key, text = await world.keys.create(OPERATOR, NewKey(ana.id, "n8n", frozenset({Scope.READ})))
    session, token = await world.sessions.start(ana.id, LAPTOP)
    newer = world.other("a-newer-secret-that-came-first", *SECRETS)
    last_use = LastUse(journal, newer.keyring, world.clock)
    last_use.upgrade_key(key.id, text)
    last_use.upgrade_session(session.id, token, session_digest(world.keyring, token))
    await journal.flush()
    [[digest, pepper]] = await world.database.fetch("SELECT digest, pepper FROM api_keys WHERE id = $1", key.id)
    parsed = KeyText.parse(text)
    assert pepper == newer.keyring.kid
    assert parsed is not None
    assert parsed.matches(world.other("a-newer-secret-that-came-first").keyring, str(digest), str(pepper))
    [[stored]] = await world.database.fetch("SELECT digest FROM sessions WHERE id = $1", session.id)
    assert stored == session_digest(newer.keyring, token)


async def test_a_session_that_has_another_token_since_is_not_brought_back(world: World, journal: Journal) -> None:
    ana = await world.person()
    session, token = await world.sessions.start(ana.id, LAPTOP)
    old = session_digest(world.keyring, token)
    newest = await world.sessions.rotate(Reach(ana.id), session.id)
    LastUse(journal, world.keyring, world.clock).upgrade_session(session.id, token, old)
    await journal.flush()
    [[stored]] = await world.database.fetch("SELECT digest FROM sessions WHERE id = $1", session.id)
    assert stored == session_digest(world.keyring, newest)
