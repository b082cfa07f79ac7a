"""Checks and makes hashes: a few at once, in threads that give way to everybody else's work, behind a bounded queue."""

import asyncio
import os
import sys
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Final, TypeVar

from prosa.identity.passwords.errors import PasswordsBusy
from prosa.identity.passwords.hashing import check_hash, make_decoy, make_hash, wrap_sha256
from prosa.identity.passwords.models import Cost, Verdict
from prosa.identity.passwords.policy import LONGEST

WAITING: Final = 256  # who stands in the queue, at about 75 ms each; who comes then is told to try again
NICE: Final = 10  # how much lower their priority is

T = TypeVar("T")


class Passwords:
    """At most `workers` hashes are computed at once in a process, each with 32 MiB; 200 sign-ins at once stand in a queue.

    Nobody is passed over: who came first is served first, and who leaves makes room.
    """

    def __init__(self, workers: int = 1, waiting: int = WAITING, cost: Cost | None = None) -> None:
        self.cost = cost or Cost()
        self._workers = workers
        self._most = workers + waiting
        self._turns = asyncio.Semaphore(workers)
        self._here = 0
        self._threads: ThreadPoolExecutor | None = None
        self._decoy = make_decoy(self.cost)

    @property
    def waiting(self) -> int:
        """How many are in the queue or being served."""
        return self._here

    async def hash(self, password: str) -> str:
        """The password's argon2id hash. Raises PasswordsBusy."""
        async with self.turn() as turn:
            return await turn.hash(password)

    async def verify(self, stored: str | None, password: str) -> Verdict:
        """Whether the password has this hash; None costs the same and fits no password. Raises PasswordsBusy."""
        async with self.turn() as turn:
            return await turn.verify(stored, password)

    @asynccontextmanager
    async def turn(self) -> "AsyncIterator[Turn]":
        """Wait for a worker and keep it, so that what is decided between its steps is decided by one at a time.

        Raises PasswordsBusy at once when the queue is full.
        """
        if self._here >= self._most:
            raise PasswordsBusy
        self._here += 1
        try:
            async with self._turns:
                yield Turn(self.cost, self._decoy, self._pool())
        finally:
            self._here -= 1

    async def aclose(self) -> None:
        """Let the threads go."""
        threads, self._threads = self._threads, None
        if threads is not None:
            await asyncio.to_thread(threads.shutdown, wait=True, cancel_futures=True)

    def _pool(self) -> ThreadPoolExecutor:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(self._workers, thread_name_prefix="passwords", initializer=_give_way)
        return self._threads


class Turn:
    """A worker for as long as `Passwords.turn` is open."""

    def __init__(self, cost: Cost, decoy: str, threads: ThreadPoolExecutor) -> None:
        self._cost = cost
        self._decoy = decoy
        self._threads = threads

    async def hash(self, password: str) -> str:
        """The password's argon2id hash."""
        return await self._run(lambda: make_hash(password, self._cost))

    async def wrap(self, digest: str) -> str:
        """The hash around a bare SHA-256 in hexadecimal digits. Raises UnusableHash."""
        return await self._run(lambda: wrap_sha256(digest, self._cost))

    async def verify(self, stored: str | None, password: str) -> Verdict:
        """Whether the password has this hash; None, and a password that is too long, cost the same and fit nothing."""
        if stored is None or len(password) > LONGEST:
            await self._run(lambda: check_hash(self._decoy, password[:LONGEST], self._cost))
            return Verdict(False)
        return await self._run(lambda: check_hash(stored, password, self._cost))

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


def _give_way() -> None:
    """Lower this thread's priority: where the processor is busy, answers come first. Linux counts niceness by thread."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
