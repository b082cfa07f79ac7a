"""The shelf: how a person keeps conversations in order, whichever dialect they were made in."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from msgspec import UNSET

from prosa.conversations.errors import ConversationBusy, ConversationChanged, ConversationNotFound
from prosa.conversations.models import CONVERSATION, Conversation, TitleBy
from prosa.conversations.shelf import store as rows
from prosa.conversations.shelf.batch_store import parts_of
from prosa.conversations.shelf.ending import end_runs
from prosa.conversations.shelf.errors import TagInvalid, TooManyTags
from prosa.conversations.shelf.folders import Folders
from prosa.conversations.shelf.models import (
    MOST_TAGS,
    Batch,
    Batched,
    EndRun,
    Feed,
    ShelfChanges,
    ShelfPage,
    ShelfQuery,
    Shelved,
    Tag,
    Verb,
)
from prosa.conversations.shelf.news import DELETED, UPDATED, News
from prosa.conversations.shelf.store import ShelfStore
from prosa.conversations.shelf.trash import Trash
from prosa.conversations.shelf.words import LONGEST_TAG, LONGEST_TITLE, folded, line
from prosa.drivers.journal import Journal, Part, RowRefused
from prosa.drivers.sql import Database
from prosa.kit.clock import Clock

_ATTEMPTS: Final = 10


class Shelf:
    """The conversations of one space at a time. The database isn't touched before the first use."""

    def __init__(self, database: Database, journal: Journal, clock: Clock, feed: Feed | None = None) -> None:
        self._store = ShelfStore(database)
        self._journal = journal
        self._clock = clock
        self._news = News(clock, feed)
        self.folders = Folders(database, journal, clock, self._news)
        self.trash = Trash(database, journal, clock, self._news)

    async def get(self, space: str, id: str) -> Shelved:
        """One conversation. Raises ConversationNotFound, also for what is in the trash."""
        found = await self._store.get(space, id)
        if found is None:
            raise ConversationNotFound
        return found

    async def list(self, space: str, query: ShelfQuery) -> ShelfPage:
        """A page of what isn't in the trash, the latest activity first."""
        found = await self._store.page(space, query)
        page = tuple(found[: query.limit])
        return ShelfPage(page, rows.position_of(page[-1]) if len(found) > query.limit else None)

    async def tags(self, space: str) -> Sequence[Tag]:
        """The tags in use, the most used first, a thousand at most."""
        return await self._store.tags(space)

    async def change(self, space: str, id: str, changes: ShelfChanges, if_version: int | None = None) -> Shelved:
        """Change what a person changes. That isn't activity: the conversation keeps its place in the list.

        Raises ConversationNotFound, FolderNotFound, TagInvalid, TooManyTags, and ConversationChanged where it isn't of that
        version any more.
        """
        if isinstance(changes.folder_id, str):
            await self.folders.get(space, changes.folder_id, "folder_id")
        tags = None if changes.tags is UNSET else tags_of(changes.tags)
        for _ in range(_ATTEMPTS):
            found = await self.get(space, id)
            before = found.conversation
            if if_version is not None and before.version != if_version:
                raise ConversationChanged
            after = self._changed(before, changes)
            if after == before and (tags is None or tags == found.tags):
                return found
            if await self._written(before, after, None if tags == found.tags else tags):
                return await self.get(space, id)
        raise ConversationBusy

    async def entitle(self, space: str, id: str, title: str, by: TitleBy) -> bool:
        """Give it a title; whether it has it: a model's never takes the place of one that a person or a dialect's client gave.

        Raises ConversationNotFound.
        """
        conversation = (await self.get(space, id)).conversation
        face = replace(conversation.face, title=title_of(title), title_by=by)
        if by is TitleBy.MODEL and conversation.face.title_by not in (TitleBy.NOBODY, TitleBy.MODEL):
            return False
        titled = replace(conversation, face=face)
        parts = (rows.entitling(titled), *self._updated(titled))
        done = (await self._journal.append_all(parts))[0] == 1
        self._news.told(space)
        return done

    async def batch(self, space: str, batch: Batch, end_run: EndRun) -> Batched:
        """Do one thing to all of many conversations that are there, or to none.

        Raises FolderNotFound, TagInvalid, TooManyTags.
        """
        if batch.folder_id is not None:
            await self.folders.get(space, batch.folder_id, "folder_id")
        ids = list(dict.fromkeys(batch.ids))
        found = await self._store.several(space, ids, in_trash=batch.verb is Verb.RESTORE)
        if batch.verb in (Verb.TAG, Verb.UNTAG):
            batch = replace(batch, tag=tags_of([batch.tag or ""], "tag")[0])
        if batch.verb is Verb.TAG:
            _check_room(found.values(), batch.tag or "")
        await self._do(space, batch, found)
        if batch.verb is Verb.TRASH:
            await end_runs(self._store, space, list(found), end_run)
        left = await self._store.several(space, ids)
        return Batched(tuple(left[id] for id in ids if id in left), tuple(id for id in ids if id not in found))

    async def to_trash(self, space: str, id: str, end_run: EndRun) -> None:
        """Put it into the trash: nothing but the trash shows it any more, and what is being answered in it ends.

        Raises ConversationNotFound.
        """
        await self.get(space, id)
        news = self._news.parts(space, DELETED, CONVERSATION + id, None)
        done, *_ = await self._journal.append_all((rows.to_trash(space, id, self._clock.now()), *news))
        self._news.told(space)
        if not done:
            raise ConversationNotFound
        await end_runs(self._store, space, [id], end_run)

    def _changed(self, before: Conversation, changes: ShelfChanges) -> Conversation:
        face, now = before.face, self._clock.now()
        if changes.title is not UNSET:
            title = None if changes.title is None else title_of(changes.title)
            face = replace(face, title=title, title_by=TitleBy.NOBODY if title is None else TitleBy.PERSON)
        for name in ("folder_id", "model", "settings"):
            wish = getattr(changes, name)
            if wish is not UNSET:
                face = replace(face, **{name: wish})
        return replace(
            before,
            face=face,
            pinned_at=_moment(before.pinned_at, changes.pinned, now),
            archived_at=_moment(before.archived_at, changes.archived, now),
        )

    async def _written(self, before: Conversation, after: Conversation, tags: Sequence[str] | None) -> bool:
        """Write all of a change, or nothing, where somebody else was first; whether it is written."""
        parts: list[Part] = [*rows.change(before, after)]
        if tags is not None:
            parts += rows.tagging(after, tags)
        parts += self._updated(after)
        try:
            await self._journal.append_all(parts)
        except RowRefused as error:
            if not error.constraint:
                raise
            return False
        self._news.told(after.space)
        return True

    async def _do(self, space: str, batch: Batch, found: dict[str, Shelved]) -> None:
        parts = parts_of(space, batch, list(found), self._clock.now())
        for id, each in sorted(found.items()):
            gone = batch.verb is Verb.TRASH
            version = None if gone else each.conversation.version + 1
            parts += self._news.parts(space, DELETED if gone else UPDATED, CONVERSATION + id, version)
        await self._journal.append_all(parts)
        self._news.told(space)

    def _updated(self, after: Conversation) -> tuple[Part, ...]:
        return self._news.parts(after.space, UPDATED, CONVERSATION + after.id, after.version + 1)


def title_of(text: str) -> str | None:
    """A title as it is kept: one line, of so many characters at most; None for one without any."""
    return line(text)[:LONGEST_TITLE].rstrip() or None


def tags_of(tags: Sequence[str], param: str = "tags") -> tuple[str, ...]:
    """Tags as they are kept: one of each, in the order of their keys. Raises TagInvalid, TooManyTags, which name `param`."""
    kept: dict[str, str] = {}
    for index, tag in enumerate(tags):
        text = line(tag)
        key = folded(text)
        if not text or len(text) > LONGEST_TAG or len(key) > 4 * LONGEST_TAG:
            raise TagInvalid(param if param == "tag" else f"{param}.{index}")
        kept.setdefault(key, text)
    if len(kept) > MOST_TAGS:
        raise TooManyTags(MOST_TAGS, param)
    return tuple(kept[key] for key in sorted(kept))


def _check_room(found: Iterable[Shelved], tag: str) -> None:
    """Raises TooManyTags where one of them has no room for another."""
    key = folded(tag)
    if any(len(each.tags) >= MOST_TAGS and key not in map(folded, each.tags) for each in found):
        raise TooManyTags(MOST_TAGS, "tag")


def _moment(before: float | None, wish: object, now: float) -> float | None:
    if wish is UNSET or bool(wish) == (before is not None):
        return before
    return now if wish else None
