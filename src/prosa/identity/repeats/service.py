"""One effect for one key: a request that comes again is told what the first one was."""

import asyncio
import logging
from contextlib import suppress
from typing import Final

from prosa.drivers.journal import Journal
from prosa.drivers.sql import Database
from prosa.drivers.vault import Keyring, Unsealable
from prosa.identity.repeats.errors import KeyReused, RequestInFlight
from prosa.identity.repeats.models import ClaimHolders, KeptAnswer, KeyedRequest, RepeatClaim
from prosa.identity.repeats.sealing import seal, unseal
from prosa.identity.repeats.settings import RepeatSettings
from prosa.identity.repeats.store import NOBODY, RepeatStore, Row
from prosa.kit import moments
from prosa.kit.clock import Clock
from prosa.kit.errors import ProsaError, Unavailable
from prosa.kit.ids import new_object_id

_logger = logging.getLogger("prosa.repeats")
_PURPOSE: Final = "idempotency"
_TRIES: Final = 8  # at a key that changes hands while it is looked at
_ASIDE: Final = 64 * 1024  # bytes from which on an answer is packed beside the loop
_PATIENCE: Final = 5.0  # seconds that somebody with an answer in hand waits for it to be kept
_BEAT: Final = 0.5  # seconds between two looks after what is held, and what couldn't be let go of


class RepeatService:
    """Claims keys, keeps answers, gives them again. One per process.

    A row is claimed before anything is done, by the process that does it, and names the id of what will be made. When that
    process dies, or answers with nothing that can be kept, the next request with the key does the same again under the same id.
    """

    def __init__(self, database: Database, journal: Journal, keyring: Keyring, holders: ClaimHolders, clock: Clock) -> None:
        self.settings = RepeatSettings()
        self._store = RepeatStore(database, journal)
        self._keyring = keyring
        self._holders = holders
        self._clock = clock
        self._held: dict[tuple[str, str], bytes] = {}  # keys that this process works on, and for which request
        self._owed: list[RepeatClaim] = []  # what is held no more, and the database doesn't know yet
        self._busy = asyncio.Event()  # there is something to look after
        self._letting_go: set[asyncio.Task[None]] = set()
        self._looking: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look after what is held and what is old."""
        if self._looking is None:
            self._looking = asyncio.get_running_loop().create_task(self._look_after())

    async def stop(self) -> None:
        """Let go of everything; before the journal ends."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait([self._looking])
            self._looking = None
        while self._letting_go:
            await asyncio.wait(self._letting_go)

    async def claim(self, asked: KeyedRequest) -> RepeatClaim | KeptAnswer:
        """The right to do what is asked, or what was answered when it was done.

        Raises KeyReused, RequestInFlight, DatabaseUnavailable.
        """
        place = (asked.space, asked.key)
        present = self._held.get(place)
        if present is not None:
            raise RequestInFlight if present == asked.fingerprint else KeyReused
        self._held[place] = asked.fingerprint
        self._busy.set()
        try:
            found = await self._claim(asked)
        except BaseException:
            del self._held[place]
            raise
        if isinstance(found, KeptAnswer):
            del self._held[place]
        return found

    async def keep(self, claim: RepeatClaim, answer: KeptAnswer) -> None:
        """Have the answer ready for who asks again, if it isn't too large; the claim ends either way.

        Never fails: what was done must be told, even if it can't be told twice. Then the next request does it again.
        """
        try:
            async with asyncio.timeout(_PATIENCE):
                text = await self._seal(answer, claim.object_id)
                if text is None:
                    await self._store.release(claim)
                else:
                    await self._store.keep(claim, answer.status, text)
        except (ProsaError, TimeoutError) as error:
            _logger.warning("an answer could not be kept for its repetition: %s", type(error).__name__)
            self._owed.append(claim)
            self._busy.set()
        finally:
            self._held.pop((claim.space, claim.key), None)

    async def release(self, claim: RepeatClaim, *, done: bool = True) -> None:
        """End the claim without an answer. `done`: something may have been made under its id; else nothing was.

        Never fails.
        """
        try:
            async with asyncio.timeout(_PATIENCE):
                if done or claim.repeated:
                    await self._store.release(claim)
                else:
                    await self._store.forget(claim)
        except (ProsaError, TimeoutError):
            self._owed.append(claim)
            self._busy.set()
        finally:
            self._held.pop((claim.space, claim.key), None)

    def release_soon(self, claim: RepeatClaim) -> None:
        """The same for who can't wait: the request was cancelled."""
        task = asyncio.get_running_loop().create_task(self.release(claim))
        self._letting_go.add(task)
        task.add_done_callback(self._letting_go.discard)

    async def sweep(self) -> int:
        """Delete keys whose time is over; how many."""
        total = 0
        while count := await self._store.sweep(self._now()):
            total += count
        return total

    async def _claim(self, asked: KeyedRequest) -> RepeatClaim | KeptAnswer:
        await self._holders.hold_lease()
        digests = self._keyring.macs(_PURPOSE, asked.fingerprint)
        for _ in range(_TRIES):
            mine = RepeatClaim(asked.space, asked.key, new_object_id(), self._holders.driver_id)
            now = self._now()
            until = now + moments.stored(self.settings.keep_seconds)
            if await self._store.claim(mine, digests[0], now, until):
                return mine
            row = await self._store.find(asked.space, asked.key)
            if row is None:
                continue
            if row.expires_at <= now:
                if await self._store.renew(mine, digests[0], now, until):
                    return mine
                continue
            if row.digest not in digests:
                raise KeyReused
            found = await self._known(asked, row)
            if found is not None:
                return found
        raise RequestInFlight

    async def _known(self, asked: KeyedRequest, row: Row) -> RepeatClaim | KeptAnswer | None:
        """What a request that came before left: its answer, or the right to try again; None where somebody else takes it."""
        if row.status is not None:
            return await self._unseal(row)
        before = RepeatClaim(asked.space, asked.key, row.object_id, row.driver)
        me = self._holders.driver_id
        # What this very process holds by the database's word alone, it couldn't let go of: nobody works on it.
        if row.driver not in (NOBODY, me) and await self._holders.alive(row.driver):
            raise RequestInFlight
        if await self._store.take(before, me):
            return RepeatClaim(asked.space, asked.key, row.object_id, me, repeated=True)
        return None

    async def _seal(self, answer: KeptAnswer, object_id: str) -> str | None:
        size = len(answer.body)
        if size > self.settings.answer_bytes:
            return None
        if size < _ASIDE:
            return seal(answer, object_id, self._keyring, self.settings.stored_bytes)
        return await asyncio.to_thread(seal, answer, object_id, self._keyring, self.settings.stored_bytes)

    async def _unseal(self, row: Row) -> KeptAnswer:
        assert row.answer is not None
        try:
            if len(row.answer) < _ASIDE:
                return unseal(row.answer, row.object_id, self._keyring)
            return await asyncio.to_thread(unseal, row.answer, row.object_id, self._keyring)
        except Unsealable as error:
            raise Unavailable("The answer to this Idempotency-Key can't be read with this server's secrets.") from error

    def _now(self) -> int:
        return moments.stored(self._clock.now())

    async def _look_after(self) -> None:
        """Count as alive while anything is held; let go of what is owed; delete what is old."""
        clock = asyncio.get_running_loop().time
        sweep_at = clock() + self.settings.sweep_seconds
        while True:
            await self._rest(sweep_at - clock())
            with suppress(ProsaError):
                if self._held:
                    await self._holders.hold_lease()
                while self._owed:
                    await self._store.release(self._owed[-1])
                    self._owed.pop()
                if clock() >= sweep_at:
                    sweep_at = clock() + self.settings.sweep_seconds
                    await self.sweep()

    async def _rest(self, most: float) -> None:
        """A moment while there is something to look after, else until there is, at most so many seconds."""
        if self._held or self._owed:
            await asyncio.sleep(_BEAT)
            return
        self._busy.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(max(most, 0.0)):
                await self._busy.wait()
