"""Keys of repeated requests over a real database: who may do it, what is told again, and what a process leaves that dies."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field

import pytest

from prosa.drivers.journal import Journal
from prosa.drivers.sql import Database, DatabaseUnavailable
from prosa.drivers.vault import Keyring, rotate
from prosa.identity import secret_columns
from prosa.identity.repeats import (
    KeptAnswer,
    KeyedRequest,
    KeyReused,
    RepeatClaim,
    RepeatService,
    RequestInFlight,
    erase_repeats,
    inherit_repeats,
)
from tests.databases import database

__all__ = ["database"]
SECRET, NEWER = "a-secret-for-tests-that-nobody-else-has", "another-secret-for-tests-that-nobody-has"
ASKED = KeyedRequest("ana", "key", b"what is asked")
ANSWER = KeptAnswer(201, [(b"location", b"/there")], b'{"made":"it"}')


@dataclass
class World:
    """Which processes live; the time."""

    alive: set[str] = field(default_factory=set)
    seconds: float = 1_000_000.0

    def now(self) -> float:
        return self.seconds

    def monotonic(self) -> float:
        return self.seconds


@dataclass
class Process:
    """One of them, as the service sees it."""

    driver_id: str
    world: World

    async def hold_lease(self) -> None:
        self.world.alive.add(self.driver_id)

    async def alive(self, driver_id: str) -> bool:
        return driver_id in self.world.alive


def service(database: Database, journal: Journal, world: World, name: str, *secrets: str) -> RepeatService:
    return RepeatService(database, journal, Keyring.of(secrets or (SECRET,)), Process(name, world), world)


async def claimed(repeats: RepeatService, asked: KeyedRequest = ASKED) -> RepeatClaim:
    found = await repeats.claim(asked)
    assert isinstance(found, RepeatClaim)
    return found


async def test_of_many_in_two_processes_one_gets_it_and_the_answer_is_told_to_all_afterwards(database: Database) -> None:
    world, journals = World(), [Journal(database), Journal(database)]
    one, two = [service(database, journal, world, name) for journal, name in zip(journals, "AB", strict=True)]
    found = await asyncio.gather(*(repeats.claim(ASKED) for repeats in [one, two] * 25), return_exceptions=True)
    kinds = Counter(type(each) for each in found)
    assert kinds == {RepeatClaim: 1, RequestInFlight: 49}
    [claim] = [each for each in found if isinstance(each, RepeatClaim)]
    holder = one if claim.driver == "A" else two
    await holder.keep(claim, ANSWER)
    assert await one.claim(ASKED) == await two.claim(ASKED) == ANSWER
    for journal in journals:
        await journal.aclose()


async def test_what_a_dead_process_began_is_done_again_under_the_same_id_by_one(database: Database) -> None:
    world, journal = World(), Journal(database)
    first = await claimed(service(database, journal, world, "dies"))
    others = [service(database, journal, world, name) for name in "AB"]
    with pytest.raises(RequestInFlight):
        await others[0].claim(ASKED)
    world.alive.discard("dies")
    found = await asyncio.gather(*(each.claim(ASKED) for each in others * 10), return_exceptions=True)
    [again] = [each for each in found if isinstance(each, RepeatClaim)]
    assert (again.object_id, again.repeated, first.repeated) == (first.object_id, True, False)
    await journal.aclose()


async def test_who_slept_and_lost_the_key_keeps_no_answer(database: Database) -> None:
    world, journal = World(), Journal(database)
    sleeper, other = service(database, journal, world, "sleeper"), service(database, journal, world, "other")
    slept = await claimed(sleeper)
    world.alive.discard("sleeper")
    claim = await claimed(other)
    await sleeper.keep(slept, KeptAnswer(200, [], b"of yore"))
    with pytest.raises(RequestInFlight):
        await other.claim(ASKED)
    await other.keep(claim, ANSWER)
    assert await sleeper.claim(ASKED) == ANSWER
    await journal.aclose()


async def test_another_request_under_the_key_is_refused_whatever_became_of_the_first(database: Database) -> None:
    world, journal = World(), Journal(database)
    repeats = service(database, journal, world, "A")
    other = KeyedRequest("ana", "key", b"something else")
    claim = await claimed(repeats)
    for after in (None, repeats.release(claim), repeats.claim(ASKED)):
        if after is not None:
            await after
        with pytest.raises(KeyReused):
            await repeats.claim(other)
    assert await claimed(repeats, KeyedRequest("bia", "key", b"something else"))
    await journal.aclose()


async def test_what_was_refused_before_anything_was_done_leaves_the_key_free(database: Database) -> None:
    world, journal = World(), Journal(database)
    repeats = service(database, journal, world, "A")
    await repeats.release(await claimed(repeats), done=False)
    assert not (await claimed(repeats, KeyedRequest("ana", "key", b"something else"))).repeated
    await journal.aclose()


async def test_after_its_time_a_key_is_new_and_its_row_is_swept(database: Database) -> None:
    world, journal = World(), Journal(database)
    repeats = service(database, journal, world, "A")
    first = await claimed(repeats)
    await repeats.keep(first, ANSWER)
    world.seconds += repeats.settings.keep_seconds - 1
    assert await repeats.claim(ASKED) == ANSWER
    world.seconds += 2
    again = await claimed(repeats, KeyedRequest("ana", "key", b"something else"))
    assert not again.repeated and again.object_id != first.object_id
    await repeats.keep(again, ANSWER)
    for number in range(450):
        await repeats.keep(await claimed(repeats, KeyedRequest("ana", f"key {number}", b"")), ANSWER)
    world.seconds += 10
    assert await repeats.sweep() == 0
    world.seconds += repeats.settings.keep_seconds
    assert await repeats.sweep() == 451
    await journal.aclose()


async def test_an_answer_is_sealed_and_comes_along_to_a_newer_secret(database: Database) -> None:
    world, journal = World(), Journal(database)
    old = service(database, journal, world, "A")
    await old.keep(await claimed(old), ANSWER)
    [[text]] = await database.fetch("SELECT answer FROM idempotency_keys")
    assert str(text).startswith("v1:") and "made" not in str(text)
    keyring = Keyring.of((NEWER, SECRET))
    assert await service(database, journal, world, "A", NEWER, SECRET).claim(ASKED) == ANSWER
    assert (await rotate(database, keyring, secret_columns(), world.seconds)).finished
    [[resealed]] = await database.fetch("SELECT answer FROM idempotency_keys")
    assert str(resealed).startswith(keyring.prefix)
    assert await service(database, journal, world, "A", NEWER, SECRET).claim(ASKED) == ANSWER
    await journal.aclose()


async def test_a_large_answer_is_kept_compressed_and_one_beyond_the_bounds_is_not(database: Database) -> None:
    world, journal = World(), Journal(database)
    repeats = service(database, journal, world, "A")
    wordy = KeptAnswer(200, [], b'data: {"choices":[{"delta":{"content":"word"}}]}\n\n' * 60_000)
    await repeats.keep(await claimed(repeats), wordy)
    assert await repeats.claim(ASKED) == wordy
    [[size]] = await database.fetch("SELECT length(answer) FROM idempotency_keys")
    assert isinstance(size, int) and size < 100_000
    larger = KeyedRequest("ana", "larger", b"")
    await repeats.keep(await claimed(repeats, larger), KeptAnswer(200, [], b"a" * (repeats.settings.answer_bytes + 1)))
    assert (await claimed(repeats, larger)).repeated
    await journal.aclose()


async def test_keys_go_with_their_owner_or_change_hands(database: Database) -> None:
    world, journal = World(), Journal(database)
    repeats = service(database, journal, world, "A")
    for space, key in (("local", "both"), ("ana", "both"), ("local", "one"), ("bia", "one")):
        await repeats.keep(await claimed(repeats, KeyedRequest(space, key, space.encode())), KeptAnswer(200, [], space.encode()))
    async with database.writing() as connection:
        await inherit_repeats(connection, "local", "ana")
        await erase_repeats(connection, "bia")
    rows = await database.fetch("SELECT space, key FROM idempotency_keys ORDER BY space, key")
    assert [tuple(row) for row in rows] == [("ana", "both"), ("ana", "one")]
    assert await repeats.claim(KeyedRequest("ana", "both", b"ana")) == KeptAnswer(200, [], b"ana")
    assert await repeats.claim(KeyedRequest("ana", "one", b"local")) == KeptAnswer(200, [], b"local")
    await journal.aclose()


async def test_what_could_not_be_kept_is_done_again_and_is_no_conflict_for_ever(database: Database) -> None:
    world, journal, broken = World(), Journal(database), Journal(database)
    repeats, other = service(database, broken, world, "A"), service(database, journal, world, "B")
    claim = await claimed(repeats)
    await broken.aclose()  # nothing can be written any more
    await repeats.keep(claim, ANSWER)
    with pytest.raises(RequestInFlight):
        await other.claim(ASKED)
    with pytest.raises(DatabaseUnavailable):
        await repeats.claim(ASKED)
    healed = service(database, journal, world, "A")
    assert (await claimed(healed)).object_id == claim.object_id
    await journal.aclose()
