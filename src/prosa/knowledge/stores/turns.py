"""Who reads files now: a few at once in a process, and no owner before others that wait (attacks.md F12, J13)."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """Places for work, given to owners in turn: whoever brought a thousand files waits behind one who brought one. Beside them is
    one for an owner who has none, so that nobody waits for the end of another's long documents."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._held: Counter[str] = Counter()  # by space
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}  # by space, the one whose turn is next first

    @asynccontextmanager
    async def turn(self, space: str) -> AsyncIterator[None]:
        """A place, as soon as it is this owner's turn."""
        await self._take(space)
        try:
            yield
        finally:
            self._give(space)

    def _may(self, space: str) -> bool:
        taken = self._held.total()
        return taken < self._places or (taken == self._places and not self._held[space])

    async def _take(self, space: str) -> None:
        if self._may(space):  # whoever waits may not
            self._held[space] += 1
            return
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(space, deque()).append(place)
        try:
            await place
        except asyncio.CancelledError:
            if not place.cancelled():
                self._give(space)  # it was given at this very moment
            raise

    def _give(self, space: str) -> None:
        self._held[space] -= 1
        if not self._held[space]:
            del self._held[space]
        for next_one in list(self._waiting):
            if self._may(next_one):
                self._serve(next_one)

    def _serve(self, space: str) -> None:
        line = self._waiting.pop(space)
        while line:
            place = line.popleft()
            if not place.done():  # who went away is
                place.set_result(None)
                self._held[space] += 1
                break
        if line:
            self._waiting[space] = line  # behind the others
