"""Folders: a name, and what is filed under it."""

from dataclasses import replace

from prosa.conversations.shelf import folders_store as rows
from prosa.conversations.shelf.errors import (
    FolderChanged,
    FolderNameInvalid,
    FolderNameTaken,
    FolderNotFound,
    TooManyFolders,
)
from prosa.conversations.shelf.folders_store import FolderStore
from prosa.conversations.shelf.models import FOLDER, MOST_FOLDERS, Folder, FolderPage, Position
from prosa.conversations.shelf.news import News
from prosa.conversations.shelf.words import LONGEST_NAME, line
from prosa.drivers.journal import Journal, Part, RowRefused
from prosa.drivers.sql import Database
from prosa.kit.clock import Clock
from prosa.kit.ids import new_object_id


class Folders:
    """The folders of one space at a time."""

    def __init__(self, database: Database, journal: Journal, clock: Clock, news: News) -> None:
        self._store = FolderStore(database)
        self._journal = journal
        self._clock = clock
        self._news = news

    async def get(self, space: str, id: str, param: str | None = None) -> Folder:
        """One folder. Raises FolderNotFound, which names `param`."""
        found = await self._store.get(space, id)
        if found is None:
            raise FolderNotFound(param)
        return found

    async def list(self, space: str, limit: int = 50, after: Position | None = None) -> FolderPage:
        """A page of them, oldest first."""
        found = await self._store.page(space, limit + 1, after)
        page = tuple(found[:limit])
        return FolderPage(page, rows.position_of(page[-1]) if len(found) > limit else None)

    async def create(self, space: str, name: str, id: str | None = None) -> Folder:
        """Make one; an `id` that was given tells a repeated request, which finds what it made before.

        Raises FolderNameInvalid, FolderNameTaken, TooManyFolders.
        """
        now = self._clock.now()
        folder = Folder(id or new_object_id(), space, _name(name), now, now)
        if id is not None and (before := await self._store.get(space, id)) is not None:
            return before
        if await self._store.count(space) >= MOST_FOLDERS:
            raise TooManyFolders(MOST_FOLDERS)
        news = self._news.parts(space, "folder.created", FOLDER + folder.id, folder.version)
        try:
            await self._write(rows.creation(folder), *news)
        except FolderNameTaken:
            if id is not None and (before := await self._store.get(space, id)) is not None:
                return before  # by the same request, at the same moment
            raise
        self._news.told(space)
        return await self.get(space, folder.id)

    async def rename(self, space: str, id: str, name: str, if_version: int | None = None) -> Folder:
        """Give it another name.

        Raises FolderNotFound, FolderNameInvalid, FolderNameTaken, and FolderChanged where it isn't of that version any more.
        """
        name = _name(name)
        before = await self.get(space, id)
        if if_version is not None and before.version != if_version:
            raise FolderChanged
        renamed = replace(before, name=name, updated_at=self._clock.now(), version=before.version + 1)
        news = self._news.parts(space, "folder.updated", FOLDER + id, renamed.version)
        if not await self._write(rows.renaming(renamed, before.version), *news):
            await self.get(space, id)
            raise FolderChanged
        self._news.told(space)
        return await self.get(space, id)

    async def delete(self, space: str, id: str) -> None:
        """Delete it; what was filed in it stays, in no folder. Raises FolderNotFound."""
        await self.get(space, id)
        news = self._news.parts(space, "folder.deleted", FOLDER + id, None)
        deleted, *_ = await self._journal.append_all((*rows.deletion(space, id), *news))
        if not deleted:
            raise FolderNotFound
        self._news.told(space)

    async def _write(self, *parts: Part) -> int:
        """Write a name with what tells of it; how many rows had it. Raises FolderNameTaken."""
        try:
            return (await self._journal.append_all(parts))[0]
        except RowRefused as error:
            if error.constraint:
                raise FolderNameTaken from error
            raise


def _name(text: str) -> str:
    name = line(text)
    if not name or len(name) > LONGEST_NAME:
        raise FolderNameInvalid
    return name
