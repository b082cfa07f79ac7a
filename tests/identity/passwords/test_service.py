"""The pool: a few hashes at once, in threads that give way, behind a bounded queue."""

import asyncio
import os
import sys
import threading
import time

import pytest

from prosa.identity.passwords import LONGEST, Cost, Passwords, PasswordsBusy
from prosa.identity.passwords import service as pool
from prosa.identity.passwords.hashing import check_hash

CHEAP = Cost(memory_kib=64, passes=1)


class Watched(Passwords):
    """Counts how many hashes are computed at the same instant, in which threads, at which priority."""

    most = 0
    now = 0
    checked: list[str]
    threads: set[int]
    niceness: set[int]


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    """A pool that is watched at the one function which computes."""
    passwords, lock, check = Watched(workers=2, cost=CHEAP), threading.Lock(), check_hash
    passwords.checked, passwords.threads, passwords.niceness = [], set(), set()

    def counting(stored: str, password: str, cost: Cost) -> object:
        with lock:
            passwords.now += 1
            passwords.checked.append(password)
            passwords.most = max(passwords.most, passwords.now)
            passwords.threads.add(threading.get_native_id())
            passwords.niceness.add(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        time.sleep(0.001)
        found = check(stored, password, cost)
        with lock:
            passwords.now -= 1
        return found

    monkeypatch.setattr(pool, "check_hash", counting)
    return passwords


@pytest.mark.attack("B18")
async def test_two_hundred_checks_at_once_keep_two_workers_busy_and_no_more(watched: Watched) -> None:
    verdicts = await asyncio.gather(*(watched.verify(None, f"password {number}") for number in range(200)))
    assert not any(verdict.good for verdict in verdicts)
    assert watched.most <= 2 and len(watched.threads) <= 2 and watched.waiting == 0
    await watched.aclose()


@pytest.mark.attack("B8", "B9", "B18")
async def test_nobody_and_what_is_no_password_cost_a_check_of_the_same_length_at_most(watched: Watched) -> None:
    made = await watched.hash("um burro verde canta")
    for stored, password in ((None, "x"), (None, "x" * 1_000_000), (made, "x" * 1_000_000), (made, "x" * LONGEST)):
        assert not (await watched.verify(stored, password)).good
    assert watched.checked == ["x", "x" * LONGEST, "x" * LONGEST, "x" * LONGEST]
    await watched.aclose()


@pytest.mark.attack("B18")
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts niceness by thread")
async def test_workers_give_way_to_everybody_else(watched: Watched) -> None:
    mine = os.getpriority(os.PRIO_PROCESS, 0)
    await watched.verify(None, "x")
    assert watched.niceness == {min(19, mine + pool.NICE)}
    assert os.getpriority(os.PRIO_PROCESS, 0) == mine
    await watched.aclose()


@pytest.mark.attack("B18")
async def test_who_comes_when_the_queue_is_full_is_told_to_come_again() -> None:
    passwords = Passwords(workers=1, waiting=3, cost=CHEAP)
    outcomes = await asyncio.gather(*(passwords.verify(None, "x") for _ in range(10)), return_exceptions=True)
    busy = [outcome for outcome in outcomes if isinstance(outcome, PasswordsBusy)]
    assert len(busy) == 6 and busy[0].status == 503 and busy[0].retry_after
    assert not (await passwords.verify(None, "x")).good
    await passwords.aclose()


@pytest.mark.attack("B18")
async def test_who_leaves_the_queue_is_not_computed_for(watched: Watched) -> None:
    tasks = [asyncio.create_task(watched.verify(None, "x")) for _ in range(100)]
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert watched.waiting == 0
    assert not (await watched.verify(None, "x")).good
    assert watched.most <= 2
    await watched.aclose()


async def test_a_closed_pool_has_no_threads_left(watched: Watched) -> None:
    await watched.verify(None, "x")
    await watched.aclose()
    names = [thread.name for thread in threading.enumerate()]
    assert not [name for name in names if name.startswith("passwords")]
