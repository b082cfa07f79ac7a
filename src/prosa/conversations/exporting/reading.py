"""Conversations as they are read for an export: a little at a time, however long they are."""

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from prosa.conversations.errors import ConversationNotFound
from prosa.conversations.exporting.models import Place, Shelf, Told
from prosa.drivers.sql import Database

if TYPE_CHECKING:
    from prosa.conversations.exporting.store import ExportStore

PAGE: Final = 1_000  # places that are looked up at once
MOST_TOGETHER: Final = 200  # items, and …
BYTES: Final = 1 << 20  # … characters of them that are held at once; one item alone may be more


class ExportReading:
    """Reads of one space at a time. The database isn't touched before the first use."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._opened: ExportStore | None = None

    async def all(self, space: str) -> list[str]:
        """Every conversation of a space, oldest first, without those in the trash."""
        return await (await self._store()).all(space)

    async def shelf(self, space: str, id: str) -> Shelf:
        """One of them. Raises ConversationNotFound."""
        found = await (await self._store()).shelf(space, id)
        if found is None:
            raise ConversationNotFound
        return found

    async def size(self, space: str, id: str) -> tuple[int, int]:
        """How many items it has, and how many characters they are."""
        return await (await self._store()).size(space, id)

    async def items(self, space: str, id: str) -> AsyncIterator[list[Told]]:
        """The items of all branches in the order in which they came, some at a time.

        What isn't shown is left out; what followed it follows what that one followed.
        """
        store = await self._store()
        unseen = await store.unseen(space, id)
        after = (-1, -1)
        while places := await store.places(space, id, after, PAGE):
            after = places[-1].order
            for some in _together([place for place in places if place.id not in unseen]):
                yield [_beneath(told, unseen) for told in await store.told(space, some)]

    async def path(self, space: str, shelf: Shelf) -> AsyncIterator[list[Told]]:
        """The items of the chosen path from its beginning on, some at a time."""
        if shelf.head_id is None:
            return
        store = await self._store()
        for some in _together(await store.path(space, shelf.id, shelf.head_id)):
            yield await store.told(space, some)

    async def _store(self) -> "ExportStore":
        if self._opened is None:
            await self._database.open()  # loads SQLAlchemy in a thread, so that the import below is cheap
            from prosa.conversations.exporting.store import ExportStore

            self._opened = ExportStore(self._database)
        return self._opened


def _together(places: Sequence[Place]) -> Iterator[list[str]]:
    """The same in groups that may be held in memory at once."""
    group: list[str] = []
    size = 0
    for place in places:
        if group and (len(group) == MOST_TOGETHER or size + place.size > BYTES):
            yield group
            group, size = [], 0
        group.append(place.id)
        size += place.size
    if group:
        yield group


def _beneath(told: Told, unseen: dict[str, str | None]) -> Told:
    parent, seen = told.parent_id, set[str]()
    while parent is not None and parent in unseen and parent not in seen:
        seen.add(parent)
        parent = unseen[parent]
    if parent == told.parent_id:
        return told
    return Told(told.id, parent, told.type, told.body, told.created_at)
