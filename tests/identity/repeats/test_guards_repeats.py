"""Each condition on a key's row by itself, past the memory of the process that would catch it before."""

import os

import pytest

from prosa.drivers.journal import Journal
from prosa.drivers.sql import Database
from prosa.identity.repeats import KeptAnswer, KeyedRequest, KeyReused, RepeatClaim, erase_repeats, inherit_repeats
from prosa.identity.repeats.store import RepeatStore
from prosa.kit.errors import Unavailable
from tests.databases import database
from tests.identity.repeats.test_service import ANSWER, ASKED, World, claimed, service

__all__ = ["database"]
NOW, UNTIL = 1_000, 2_000


async def test_a_key_is_its_spaces_alone(database: Database) -> None:
    journal = Journal(database)
    store = RepeatStore(database, journal)
    assert await store.claim(RepeatClaim("ana", "key", "1", "A"), "digest", NOW, UNTIL)
    assert await store.find("bia", "key") is None
    assert await store.claim(RepeatClaim("bia", "key", "2", "A"), "digest", NOW, UNTIL)
    found = await store.find("ana", "key")
    assert found is not None and found.object_id == "1"
    await journal.aclose()


async def test_each_row_is_changed_by_who_holds_it_alone(database: Database) -> None:
    journal = Journal(database)
    store = RepeatStore(database, journal)
    mine = RepeatClaim("ana", "key", "1", "A")
    assert await store.claim(mine, "digest", NOW, UNTIL)
    assert not await store.claim(RepeatClaim("ana", "key", "2", "B"), "digest", NOW, UNTIL)
    assert not await store.renew(RepeatClaim("ana", "key", "2", "B"), "digest", UNTIL - 1, UNTIL)
    assert not await store.renew(RepeatClaim("bia", "key", "2", "B"), "digest", UNTIL + 1, UNTIL)
    for wrong in (
        RepeatClaim("ana", "key", "1", "B"),  # another holds it
        RepeatClaim("ana", "key", "2", "A"),  # it was for another object
        RepeatClaim("bia", "key", "1", "A"),
        RepeatClaim("ana", "other", "1", "A"),
    ):
        assert not await store.take(wrong, "B")
        assert not await store.keep(wrong, 200, "sealed")
        await store.forget(wrong)
    before = await store.find("ana", "key")
    assert before is not None and (before.object_id, before.driver, before.status) == ("1", "A", None)
    assert await store.keep(mine, 200, "sealed")
    kept = await store.find("ana", "key")
    nobodys = RepeatClaim("ana", "key", "1", "")
    assert not await store.keep(mine, 201, "another")
    assert not await store.keep(nobodys, 201, "another")
    assert not await store.take(nobodys, "B")
    await store.forget(nobodys)
    assert await store.find("ana", "key") == kept
    assert await store.renew(RepeatClaim("ana", "key", "2", "B"), "newer", UNTIL, UNTIL + 1)
    new = await store.find("ana", "key")
    assert new is not None and (new.digest, new.object_id, new.status, new.answer) == ("newer", "2", None, None)
    await journal.aclose()


async def test_another_request_is_refused_by_every_process(database: Database) -> None:
    world, journal = World(), Journal(database)
    await claimed(service(database, journal, world, "A"))
    other = service(database, journal, world, "B")
    with pytest.raises(KeyReused):
        await other.claim(KeyedRequest("ana", "key", b"something else"))
    world.alive.clear()
    with pytest.raises(KeyReused):
        await other.claim(KeyedRequest("ana", "key", b"something else"))
    await journal.aclose()


async def test_an_answer_is_readable_in_its_own_row_alone(database: Database) -> None:
    world, journal = World(), Journal(database)
    repeats = service(database, journal, world, "A")
    for key in ("key", "another"):
        asked = KeyedRequest("ana", key, b"what is asked")
        await repeats.keep(await claimed(repeats, asked), KeptAnswer(200, [], key.encode()))
    async with database.writing() as connection:
        answer = "(SELECT answer FROM idempotency_keys WHERE key = 'another')"
        await connection.exec_driver_sql(f"UPDATE idempotency_keys SET answer = {answer}")
    with pytest.raises(Unavailable):
        await repeats.claim(ASKED)
    await journal.aclose()


async def test_an_answer_that_does_not_pack_well_is_not_kept(database: Database) -> None:
    world, journal = World(), Journal(database)
    repeats = service(database, journal, world, "A")
    chance = os.urandom(repeats.settings.stored_bytes + 1000)
    await repeats.keep(await claimed(repeats), KeptAnswer(200, [], chance))
    assert (await claimed(repeats)).repeated
    await journal.aclose()


async def test_what_was_tried_before_keeps_its_object_though_the_second_try_did_nothing(database: Database) -> None:
    world, journal = World(), Journal(database)
    repeats = service(database, journal, world, "A")
    first = await claimed(repeats)
    await repeats.release(first)
    second = await claimed(repeats)
    assert second.repeated
    await repeats.release(second, done=False)
    third = await claimed(repeats)
    assert third.repeated and third.object_id == first.object_id
    await journal.aclose()


async def test_others_keep_their_keys(database: Database) -> None:
    world, journal = World(), Journal(database)
    repeats = service(database, journal, world, "A")
    await repeats.keep(await claimed(repeats), ANSWER)
    async with database.writing() as connection:
        await inherit_repeats(connection, "bia", "eva")
        await erase_repeats(connection, "eva")
    assert await repeats.claim(ASKED) == ANSWER
    await journal.aclose()
