"""Purging: what has been in the trash long enough, and what is older than its owner's role allows, is taken away everywhere."""

import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from prosa.conversations.retention import due_store
from prosa.conversations.retention.settings import RetentionSettings
from prosa.drivers.sql import Database, scrub
from prosa.files import FileNotFound, FileService
from prosa.kit.clock import Clock

if TYPE_CHECKING:
    from prosa.conversations.retention.store import Aged, RetentionStore

_logger: Final = logging.getLogger("prosa.retention")

Paused = Callable[[], Awaitable[float | None]]
"""Until when nothing may be purged, seconds since 1970: a clock that leapt makes everything old at once. None: nothing is in the
way."""


class Purge:
    """Works in small parts, each of which may be repeated, so that it can be killed anywhere and others are never kept waiting.

    What was begun (nobody sees it any more) is always finished; nothing new is begun while `paused`.
    """

    def __init__(self, database: Database, files: FileService, settings: RetentionSettings, clock: Clock, paused: Paused) -> None:
        self._database = database
        self._files = files
        self._settings = settings
        self._clock = clock
        self._paused = paused
        self._opened: RetentionStore | None = None
        self._after: dict[str, str] = {}  # the last of the old files that was looked at, of each role

    def adjust(self, settings: RetentionSettings) -> None:
        """Go on with these times."""
        self._settings = settings

    async def trash_due(self) -> bool:
        """Whether there is something for `empty_trash`. Raises DatabaseUnavailable."""
        before = self._trash_before()
        return await due_store.left(self._database) or (before is not None and await due_store.in_trash(self._database, before))

    async def retention_due(self) -> bool:
        """Whether there may be something for `age`."""
        return bool(self._settings.roles)

    async def empty_trash(self) -> bool:
        """A part of emptying the trash: whether there is more. The last one leaves no trace in the database's files."""
        store = await self._store()
        if await self._finish(store):
            return True
        before = self._trash_before()
        if before is not None and await self._may_begin():
            hidden = await store.hide_trash(before)
            if hidden:
                _logger.info("purging %d conversations that were in the trash for long enough", hidden)
                return True
        await self._scrub()
        return False

    async def age(self) -> bool:
        """A part of taking away what is too old by the role of its owner: whether there is more."""
        store = await self._store()
        if await self._finish(store):
            return True
        if await self._may_begin():
            for aged in self._aged():
                if await store.hide_aged(aged) or await store.remove_aged(aged) or await self._old_files(store, aged):
                    return True
        self._after.clear()
        await self._scrub()
        return False

    async def _may_begin(self) -> bool:
        until = await self._paused()
        if until is not None:
            _logger.warning("nothing is purged for %.1f hours yet: the clock leapt", (until - self._clock.now()) / 3600)
        return until is None

    async def _finish(self, store: "RetentionStore") -> bool:
        """Some of what was begun; False where nothing is left of it."""
        if await store.remove_some():
            return True
        named = await store.let_go()
        if named:
            await self._delete(store, named)
            await store.settled(named)
        return bool(named)

    async def _old_files(self, store: "RetentionStore", aged: "Aged") -> bool:
        found = await store.old_files(aged, self._after.get(aged.role, ""))
        if found:
            self._after[aged.role] = found[-1]
            await self._delete(store, found)
        return bool(found)

    async def _delete(self, store: "RetentionStore", ids: list[str]) -> None:
        for space, id in await store.unnamed(ids):
            try:
                await self._files.delete(space, id)
            except FileNotFound:
                continue  # its owner was faster

    async def _scrub(self) -> None:
        if not await scrub(self._database):
            _logger.warning("what was purged is still in the database's log: a reader, or another writer, holds on to it")

    def _trash_before(self) -> float | None:
        seconds = self._settings.trash_seconds
        return None if seconds is None else self._clock.now() - seconds

    def _aged(self) -> "list[Aged]":
        from prosa.conversations.retention.store import Aged

        now = self._clock.now()
        return [Aged(role, now - seconds) for role, seconds in self._settings.roles.items()]

    async def _store(self) -> "RetentionStore":
        if self._opened is None:
            await self._database.open()  # loads SQLAlchemy in a thread, so that the import below is cheap
            from prosa.conversations.retention.store import RetentionStore

            self._opened = RetentionStore(self._database)
        return self._opened
