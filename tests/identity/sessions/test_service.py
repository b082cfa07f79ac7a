"""Sessions: started, listed with their device, ended by their owner, by time, and with the account's password."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from prosa.identity.models import OPERATOR, Device, Reach
from prosa.identity.sessions import Session, SessionNotFound, SessionQuery, SignInOutdated, session_digests
from tests.databases import KINDS
from tests.identity.credentials import LAPTOP, NOON, World, a_world

DAY = 86_400
CHANGED_AT = int(NOON.timestamp()) * 1_000_000


@pytest.fixture(params=KINDS)
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    async with a_world(request.param) as made:
        yield made


async def stored_digest(world: World, session_id: str) -> str:
    [[digest]] = await world.database.fetch("SELECT digest FROM sessions WHERE id = $1", session_id)
    return str(digest)


async def test_a_session_is_listed_with_its_device_and_ended_by_its_owner(world: World) -> None:
    ana = await world.person()
    session, token = await world.sessions.start(ana.id, LAPTOP)
    page = await world.sessions.list(Reach(ana.id))
    assert page.items == (session,)
    assert page.next is None
    assert (session.address, session.agent, session.created_at) == (LAPTOP.address, LAPTOP.agent, NOON)
    assert await stored_digest(world, session.id) in session_digests(world.keyring, token)
    await world.sessions.end(Reach(ana.id), session.id)
    assert (await world.sessions.list(Reach(ana.id))).items == ()
    assert world.changes == [(ana.id, session.id)]
    with pytest.raises(SessionNotFound):
        await world.sessions.end(Reach(ana.id), session.id)


@pytest.mark.attack("C5")
async def test_the_token_is_nowhere_in_the_database(world: World) -> None:
    ana = await world.person()
    session, token = await world.sessions.start(ana.id, LAPTOP)
    assert token not in await world.text_of("sessions")
    await world.sessions.rotate(Reach(ana.id), session.id)
    assert token not in await world.text_of("sessions")
    assert token not in await world.text_of("rights_changes")


async def test_nobody_elses_session_reads_like_one_that_is_not_there(world: World) -> None:
    ana, bia = await world.person("ana"), await world.person("bia")
    session, _ = await world.sessions.start(ana.id, LAPTOP)
    messages = set()
    for reach, session_id in ((Reach(bia.id), session.id), (Reach(bia.id), "f" * 32), (Reach(""), session.id)):
        for verb in (world.sessions.get, world.sessions.end, world.sessions.rotate):
            with pytest.raises(SessionNotFound) as refused:
                await verb(reach, session_id)
            messages.add(refused.value.message)
    assert len(messages) == 1
    assert (await world.sessions.list(Reach(bia.id))).items == ()
    assert (await world.sessions.list(Reach(bia.id), SessionQuery(account_id=ana.id))).items == ()
    assert (await world.sessions.list(OPERATOR, SessionQuery(account_id=ana.id))).items == (session,)
    assert world.changes == []


@pytest.mark.attack("B5")
async def test_each_sign_in_and_each_change_of_rights_gives_a_token_of_its_own(world: World) -> None:
    ana = await world.person()
    first, token = await world.sessions.start(ana.id, LAPTOP)
    second, another = await world.sessions.start(ana.id, LAPTOP)
    rotated = await world.sessions.rotate(Reach(ana.id), first.id)
    assert len({token, another, rotated}) == 3
    assert await stored_digest(world, first.id) in session_digests(world.keyring, rotated)
    assert await stored_digest(world, first.id) not in session_digests(world.keyring, token)
    assert world.changes == [(ana.id, first.id)]
    assert first.id != second.id


async def test_a_session_ends_so_long_after_its_sign_in_however_much_it_is_used(world: World) -> None:
    ana = await world.person()
    session, _ = await world.sessions.start(ana.id, LAPTOP)
    assert session.expires_at == NOON + timedelta(days=30)
    world.clock.seconds += 30 * DAY - 1
    await world.write(f"UPDATE sessions SET last_used_at = {int(world.clock.seconds) * 1_000_000}")
    assert await world.sessions.get(Reach(ana.id), session.id)
    world.clock.seconds += 1
    with pytest.raises(SessionNotFound):
        await world.sessions.get(Reach(ana.id), session.id)


async def test_a_session_that_nobody_uses_ends(world: World) -> None:
    ana = await world.person()
    session, _ = await world.sessions.start(ana.id, LAPTOP)
    world.clock.seconds += 14 * DAY - 1
    assert await world.sessions.get(Reach(ana.id), session.id) == session
    world.clock.seconds += 1
    with pytest.raises(SessionNotFound):
        await world.sessions.get(Reach(ana.id), session.id)
    assert (await world.sessions.list(Reach(ana.id))).items == ()
    await world.sessions.start(ana.id, LAPTOP)  # the next sign-in clears away what has ended
    assert session.id not in await world.text_of("sessions")


async def test_signing_out_everywhere_leaves_the_session_that_asked_for_it(world: World) -> None:
    ana, bia = await world.person("ana"), await world.person("bia")
    kept, _ = await world.sessions.start(ana.id, LAPTOP)
    await world.sessions.start(ana.id, LAPTOP)
    hers, _ = await world.sessions.start(bia.id, LAPTOP)
    await world.sessions.end_all(ana.id, but=kept.id)
    assert (await world.sessions.list(Reach(ana.id))).items == (kept,)
    await world.sessions.end_all(ana.id)
    assert (await world.sessions.list(OPERATOR)).items == (hers,)
    assert world.changes == [(ana.id, None), (ana.id, None)]


async def test_pages_lead_through_all_sessions_newest_first(world: World) -> None:
    ana = await world.person()
    made = []
    for _ in range(5):
        made.append((await world.sessions.start(ana.id, LAPTOP))[0])
        world.clock.seconds += 0 if len(made) == 2 else 1
    seen: list[Session] = []
    after = None
    while True:
        page = await world.sessions.list(Reach(ana.id), SessionQuery(limit=2, after=after))
        seen.extend(page.items)
        if page.next is None:
            break
        after = page.next
    assert [session.created_at for session in seen] == sorted((session.created_at for session in made), reverse=True)
    assert set(seen) == set(made)


async def test_what_a_device_says_of_itself_is_cleaned_and_bounded(world: World) -> None:
    ana = await world.person()
    nasty = Device("not an address", "Mozilla\x00\r\nSet-Cookie: a=b\x1b[31m\u202egnp\u2028\ud800 " + "x" * 10_000)
    session, _ = await world.sessions.start(ana.id, nasty)
    [found] = (await world.sessions.list(Reach(ana.id))).items
    assert found == session
    assert found.address == ""
    assert len(found.agent) == 200
    assert found.agent.isprintable()
    assert found.agent.startswith("Mozilla Set-Cookie: a=b [31m gnp xxx")


async def test_of_too_many_sessions_the_one_that_was_used_longest_ago_ends(world: World) -> None:
    ana = await world.person()
    ids = []
    for _ in range(101):
        ids.append((await world.sessions.start(ana.id, LAPTOP))[0].id)
        world.clock.seconds += 1
    left = {session.id for session in (await world.sessions.list(Reach(ana.id), SessionQuery(limit=200))).items}
    assert left == set(ids[1:])
    assert world.changes == [(ana.id, ids[0])]


@pytest.mark.attack("B3")
async def test_a_sign_in_that_was_checked_before_the_password_changed_comes_too_late(world: World) -> None:
    ana = await world.person()
    await world.sessions.start(ana.id, LAPTOP, None)
    await world.write(f"UPDATE accounts SET password_at = {CHANGED_AT}")
    for before in (None, CHANGED_AT - 1, CHANGED_AT + 1):
        with pytest.raises(SignInOutdated):
            await world.sessions.start(ana.id, LAPTOP, before)
    await world.sessions.start(ana.id, LAPTOP, CHANGED_AT)
    assert len((await world.sessions.list(Reach(ana.id))).items) == 2


@pytest.mark.attack("B3")
@pytest.mark.parametrize("status", ["suspended", "deleted"])
async def test_who_is_suspended_or_deleted_gets_no_session(world: World, status: str) -> None:
    ana = await world.person()
    await world.write(f"UPDATE accounts SET status = '{status}'")
    with pytest.raises(SignInOutdated):
        await world.sessions.start(ana.id, LAPTOP)
    with pytest.raises(SignInOutdated):
        await world.sessions.start("f" * 32, LAPTOP)


@pytest.mark.attack("B3")
async def test_no_sign_in_slips_past_the_end_of_all_sessions(world: World) -> None:
    """Whatever the order of a sign-in with the old password and its change: afterwards no session of the old one lives."""
    from prosa.identity.ending_store import end_sessions

    ana = await world.person()

    async def change_password() -> None:
        async with world.rights.changing(ana.id) as connection:
            await end_sessions(connection, ana.id)
            await asyncio.sleep(0.01)
            await connection.exec_driver_sql(f"UPDATE accounts SET password_at = {CHANGED_AT}")

    await asyncio.gather(
        *(world.sessions.start(ana.id, LAPTOP, None) for _ in range(5)),
        change_password(),
        *(world.sessions.start(ana.id, LAPTOP, None) for _ in range(5)),
        return_exceptions=True,
    )
    assert (await world.sessions.list(Reach(ana.id))).items == ()


async def test_a_token_under_an_older_secret_is_still_found(world: World) -> None:
    ana = await world.person()
    session, token = await world.sessions.start(ana.id, LAPTOP)
    newer = world.other("a-newer-secret-that-came-first-today", *("a-secret-for-tests-that-nobody-else-has",))
    digests = session_digests(newer.keyring, token)
    assert len(digests) == 2
    assert await stored_digest(world, session.id) == digests[1]


@pytest.mark.parametrize("token", ["", "x" * 42, "x" * 44, "é" * 43, "x" * 42 + "\n", "' OR 1=1 --" + "x" * 32])
def test_what_can_not_be_a_token_has_no_digest(token: str) -> None:
    from prosa.drivers.vault import Keyring

    assert session_digests(Keyring.of(("a-secret-of-this-test",)), token) == ()
