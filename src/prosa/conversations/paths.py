"""Branches of a conversation: versions of what was said, and the path through them that was chosen."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Final

from prosa.conversations.errors import ConversationBusy, ConversationChanged, ConversationNotFound, ItemNotFound
from prosa.conversations.models import Conversation, Node, PathQuery
from prosa.conversations.news import News
from prosa.conversations.paths_store import PathStore, branch_deletion, choice
from prosa.conversations.store import ConversationStore
from prosa.drivers.journal import Journal
from prosa.drivers.sql import Database
from prosa.kit.errors import NotFound

VERSIONS: Final = 200
"""Versions of one place that are told, at most."""

EndRun = Callable[[str, str], Awaitable[None]]


class Paths:
    """The trees of one space at a time. What names a conversation doesn't see what is in the trash."""

    def __init__(self, database: Database, journal: Journal, news: News) -> None:
        self._news = news
        self._store = PathStore(database)
        self._conversations = ConversationStore(database)
        self._journal = journal

    async def page(self, space: str, id: str, query: PathQuery) -> list[Node]:
        """A page of a path, newest first. Raises ConversationNotFound, ItemNotFound for a place that isn't in it."""
        await self._there(space, id)
        found = await self._store.path(space, id, query)
        named = query.before or query.leaf
        if not found and named is not None and await self._conversations.item(space, id, named) is None:
            raise ItemNotFound("before" if query.before is not None else "leaf")
        return found

    async def tree(self, space: str, id: str, after: int = 0, limit: int = 100) -> list[Node]:
        """Items of all branches in the order in which they were stored. Raises ConversationNotFound."""
        await self._there(space, id)
        return await self._store.tree(space, id, after, limit)

    async def versions(self, space: str, id: str, nodes: Sequence[Node]) -> dict[str, list[str]]:
        """For each of these items, by id, the ids of all that stand in its place, oldest first, itself among them."""
        found: dict[str | None, list[str]] = {}
        for node in nodes:
            if node.parent_id not in found:
                found[node.parent_id] = await self._store.siblings(space, id, node.parent_id, VERSIONS)
        return {node.item.id: found[node.parent_id] for node in nodes}

    async def choose(self, space: str, id: str, item_id: str, if_version: int | None = None) -> Conversation:
        """Let the chosen path go through an item, and from there along what was said last.

        Raises ConversationNotFound, ItemNotFound, ConversationChanged where it isn't of that version any more.
        """
        await self._there(space, id)
        leaf = await self._store.leaf(space, id, item_id)
        if leaf is None:
            raise ItemNotFound
        parts = (choice(space, id, leaf, if_version), *self._news.conversation(space, "updated", id))
        if not (await self._journal.append_all(parts))[0]:
            await self._there(space, id)
            raise ConversationChanged
        self._news.told(space)
        return await self._there(space, id)

    async def delete_branch(self, space: str, id: str, item_id: str, end_run: EndRun) -> Conversation:
        """Delete an item and all that comes after it; the chosen path goes on with the newest version that is left.

        Raises ConversationNotFound, ItemNotFound, ConversationBusy where an answer in it can't be ended.
        """
        await self._there(space, id)
        for _ in range(3):
            gone = await self._store.below(space, id, item_id)
            if not gone:
                raise ItemNotFound
            for run_id in {run for _, run in gone if run is not None}:
                with suppress(NotFound):
                    await end_run(space, run_id)
            after = await self._store.below(space, id, item_id)
            if {item for item, _ in after} <= {item for item, _ in gone}:
                break
        else:
            raise ConversationBusy
        head = await self._head_without(space, id, item_id)
        parts = branch_deletion(space, id, [item for item, _ in after], head)
        await self._journal.append_all((*parts, *self._news.conversation(space, "updated", id)))
        self._news.told(space)
        return await self._there(space, id)

    async def _head_without(self, space: str, id: str, item_id: str) -> str | None:
        parent = await self._conversations.parent_of(space, item_id)
        left = [version for version in await self._store.siblings(space, id, parent, VERSIONS) if version != item_id]
        return await self._store.leaf(space, id, left[-1]) if left else parent

    async def _there(self, space: str, id: str) -> Conversation:
        found = await self._conversations.get(space, id)
        if found is None:
            raise ConversationNotFound
        return found
