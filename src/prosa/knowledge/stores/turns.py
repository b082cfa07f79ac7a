"""Who reads files now: a few at once in a process, and no owner before others that wait (attacks.md F12, J13)."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """Places for work, given to owners in turn: whoever brought a thousand files waits behind one who brought one."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}  # by space, the one whose turn is next first

    @asynccontextmanager
    async def turn(self, space: str) -> AsyncIterator[None]:
        """A place, as soon as it is this owner's turn."""
        await self._take(space)
        try:
            yield
        finally:
            self._give()

    async def _take(self, space: str) -> None:
        if self._free and not self._waiting:
            self._free -= 1
            return
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(space, deque()).append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place.cancelled():
                self._leave(space, place)
            else:
                self._give()  # it was given at this very moment
            raise

    def _leave(self, space: str, place: "asyncio.Future[None]") -> None:
        line = self._waiting[space]
        line.remove(place)
        if not line:
            del self._waiting[space]

    def _give(self) -> None:
        if not self._waiting:
            self._free += 1
            return
        space = next(iter(self._waiting))
        line = self._waiting.pop(space)
        line.popleft().set_result(None)
        if line:
            self._waiting[space] = line  # behind the others
