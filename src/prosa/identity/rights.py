"""Changes of rights: made in one place, and in force in every process within a second.

A change is a row in the transaction that makes it. Every process reads the new rows when it is woken, and each 250 ms in any
case; what it remembers of a credential counts only while it has read them lately, so that a process which can't see the
database grants nothing from memory.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from prosa.drivers.sql import Connection, Database, DatabaseNotMigrated
from prosa.identity.models import Caller
from prosa.identity.news_store import NewsStore
from prosa.kit.clock import Clock

if TYPE_CHECKING:
    from prosa.events import Signals
    from prosa.identity.rights_store import RightsStore

TOPIC: Final = "rights"
FRESH_SECONDS: Final = 0.9  # how long after its last look a process trusts what it remembers
OVERLAP: Final = 200  # numbers that are read again: PostgreSQL gives them out before their rows can be seen
KNOWN: Final = 1  # … and everywhere the last one: where it is gone, what came after it may be gone too

Watcher = Callable[[str | None, str | None], None]


class Rights:
    """Makes changes of rights known, and learns of those that others made."""

    def __init__(self, database: Database, signals: "Signals", clock: Clock) -> None:
        self._database = database
        self._signals = signals
        self._clock = clock
        self._news = NewsStore(database)
        self._overlap = OVERLAP if database.kind == "postgresql" else KNOWN
        self._watchers: list[Watcher] = []
        self._foreseers: list[Callable[[], None]] = []
        self._position = -1  # the highest number that was seen; -1: not looked yet
        self._seen: set[int] = set()
        self._looked_at = float("-inf")
        self._accounts = False
        self._store: RightsStore | None = None

    @asynccontextmanager
    async def changing(
        self, account_id: str | None, credential_id: str | None = None, lock: str | None = None
    ) -> AsyncIterator[Connection]:
        """A writing transaction that changes what an account (None: anybody) or one of its credentials may do.

        Whatever acts with them is judged anew everywhere once it is committed. Raises DatabaseUnavailable.
        """
        for foreseer in self._foreseers:
            foreseer()
        async with self._database.writing(lock) as connection:
            yield connection
            store = self._store or self._load()
            await store.note(connection, account_id, credential_id, int(self._clock.now() * 1_000_000))
        self._accounts = self._accounts or account_id is not None
        self.tell(account_id, credential_id)
        self._signals.publish(TOPIC)

    def _load(self) -> "RightsStore":
        from prosa.identity.rights_store import RightsStore

        self._store = RightsStore()
        return self._store

    def watch(self, watcher: Watcher) -> None:
        """Have `watcher(account_id, credential_id)` called for each change; None stands for all."""
        self._watchers.append(watcher)

    def foresee(self, foreseer: Callable[[], None]) -> None:
        """Have this called in the task that is about to change something: others may hear of it before that task goes on."""
        self._foreseers.append(foreseer)

    def tell(self, account_id: str | None, credential_id: str | None) -> None:
        """Tell the watchers of this process."""
        for watcher in self._watchers:
            watcher(account_id, credential_id)

    @property
    def fresh(self) -> bool:
        """Whether the list was read so lately that what is remembered still counts."""
        return self._clock.monotonic() - self._looked_at < FRESH_SECONDS

    def lives(self, caller: Caller) -> bool:
        """Whether the caller's credential hasn't expired meanwhile."""
        return self._clock.now() < caller.expires_at

    async def accounts_exist(self) -> bool:
        """Whether any account was ever made; once true it stays so. Raises DatabaseUnavailable where nobody can tell."""
        if not self._accounts and not self.fresh:
            await self.look()
        return self._accounts

    @property
    def peopled(self) -> bool:
        """Whether it is known that an account was ever made."""
        return self._accounts

    def assume_peopled(self) -> None:
        """There were accounts, as somebody else knows, whatever the database says of it now."""
        self._accounts = True

    async def look(self) -> None:
        """Read what is new and tell the watchers. Raises DatabaseUnavailable."""
        now = self._clock.monotonic()
        try:
            await self._read()
        except DatabaseNotMigrated:  # a new installation, or a file that took the place of ours: nobody and nothing is in it yet
            self._position = -1
            self.tell(None, None)
        self._looked_at = now

    async def _read(self) -> None:
        if self._position < 0:
            await self._begin()
            return
        changes = await self._news.since(max(0, self._position - self._overlap))
        numbers = {change.number for change in changes}
        if self._position > 0 and self._position not in numbers:
            await self._begin()  # we slept while the list was cut, or this is another database: nothing remembered counts
            return
        new = [change for change in changes if change.number not in self._seen]
        self._seen = numbers
        self._position = max((self._position, *self._seen))
        if new and not self._accounts:
            self._accounts = await self._news.has_accounts()
        for change in new:
            self.tell(change.account_id, change.credential_id)

    async def _begin(self) -> None:
        """Follow from the newest change on; what was remembered before is forgotten."""
        self._position = await self._news.newest()
        self._seen = {self._position}
        self._accounts = self._accounts or await self._news.has_accounts()
        self.tell(None, None)
