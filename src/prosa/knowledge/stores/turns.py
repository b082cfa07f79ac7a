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
            if not place.cancelled():
                self._give()  # it was given at this very moment
            raise

    def _give(self) -> None:
        while self._waiting:
            space = next(iter(self._waiting))
            line = self._waiting.pop(space)
            place = line.popleft()
            while line and place.done():  # who went away
                place = line.popleft()
            if place.done():
                continue
            place.set_result(None)
            if line:
                self._waiting[space] = line  # behind the others
            return
        self._free += 1
