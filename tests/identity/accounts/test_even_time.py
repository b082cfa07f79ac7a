"""The time of a failed sign-in says nothing about the account (attack B9)."""

import asyncio
import statistics
import time

import bcrypt
import pytest

from prosa.identity.accounts import NewAccount, SignInFailed
from prosa.identity.models import OPERATOR, Device
from prosa.identity.passwords import Cost
from prosa.identity.settings import PeopleSettings
from tests.peopling import CHEAP, PASSWORD, People, attempt, some_people

pytestmark = pytest.mark.usefixtures("whole_steps")

AT_ONCE = 4
KINDS = ("known", "unknown", "suspended", "none", "bcrypt")


async def measured(people: People, login: str, number: int) -> float:
    """Seconds that one failure takes."""
    begun = time.perf_counter()
    with pytest.raises(SignInFailed):
        await people.accounts.sign_in(attempt(login, "wrong", Device(f"203.0.113.{number % 250}")))
    return time.perf_counter() - begun


async def samples(people: People, count: int) -> dict[str, list[float]]:
    """As many failures of each kind, interleaved, in an order that turns, a few at a time."""
    found: dict[str, list[float]] = {kind: [] for kind in KINDS}

    async def lane(first: int) -> None:
        for number in range(first, count, AT_ONCE):
            for step in range(len(KINDS)):
                kind = KINDS[(number + step) % len(KINDS)]
                login = f"x{number}@example.org" if kind == "unknown" else f"{kind}{number % 50}@example.org"
                found[kind].append(await measured(people, login, number))

    await asyncio.gather(*map(lane, range(AT_ONCE)))
    return found


async def populate(people: People) -> None:
    """Fifty accounts of each kind, so that none of them is tried a hundred times."""
    hashed = await people.passwords.hash(PASSWORD)
    old = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(8)).decode()
    for number in range(50):
        for kind, stored in {"known": hashed, "suspended": hashed, "none": None, "bcrypt": old}.items():
            new = NewAccount(f"{kind}{number}@example.org", password_hash=stored)
            account = await people.accounts.create(OPERATOR, new)
            if kind == "suspended":
                await people.accounts.suspend(OPERATOR, account.id)


def effect(one: list[float], other: list[float]) -> float:
    """Cliff's delta: how much more often a sample of one is the larger than the smaller, from 0 (never told apart) to 1."""
    ordered = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    ranks = sum(place for place, (_, which) in enumerate(ordered, 1) if which == 0)
    larger = ranks - len(one) * (len(one) + 1) / 2
    return abs(2 * larger / (len(one) * len(other)) - 1)


async def differences(count: int, cost: Cost) -> dict[str, tuple[float, float]]:
    """By how many seconds each kind's median differs from the unknown ones', beyond what may be, and the effect's size."""
    async with some_people("sqlite", PeopleSettings(sign_in_per_minute=0), cost=cost) as people:
        await populate(people)
        await samples(people, AT_ONCE)  # the first ones load libraries
        found = await samples(people, count)
    unknown = found["unknown"]
    middle = statistics.median(unknown)
    assert middle >= 0.5
    return {
        kind: (
            abs(statistics.median(times) - middle) - max(0.001, 0.02 * middle),
            effect(times, unknown),
        )
        for kind, times in found.items()
    }


@pytest.mark.slow
@pytest.mark.attack("B8", "B9")
async def test_a_few_failed_sign_ins_of_each_kind_take_the_same_time() -> None:
    for _ in range(3):  # a machine that is busy with something else may spoil a round, not all of them
        found = await differences(10, CHEAP)
        if all(beyond <= 0 for beyond, _ in found.values()):
            break
    assert all(beyond <= 0 for beyond, _ in found.values()), found


@pytest.mark.faults
@pytest.mark.timeout(6000)
@pytest.mark.attack("B9")
async def test_a_thousand_failed_sign_ins_of_each_kind_take_the_same_time() -> None:
    for _ in range(3):
        found = await differences(1000, Cost())
        if all(beyond <= 0 and size < 0.1 for beyond, size in found.values()):
            break
    assert all(beyond <= 0 and size < 0.1 for beyond, size in found.values()), found
