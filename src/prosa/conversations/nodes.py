"""Items as somebody sees them who can go from one version of what was said to another."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from prosa.conversations.errors import ItemNotFound
from prosa.conversations.models import Node, PathQuery, prefix_of, public_id
from prosa.conversations.nodes_store import NodeStore
from prosa.conversations.paths import VERSIONS
from prosa.conversations.paths_store import PathStore
from prosa.conversations.service import ConversationService
from prosa.drivers.sql import Database

STEP: Final = 32
"""Items that are read at once, so that a page of large ones isn't in memory whole before it is cut."""
PAGE_BYTES: Final = 8 * 1024 * 1024
_MOST_VERSIONS: Final = 5_000  # of a page


Step = Callable[[Node | None, int], Awaitable[list[Node]]]
"""Brings so many items behind the last one that was brought."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An item with the ids that are shown of what it follows (None: it is a first one) and of all that stand in its place, oldest
    first, itself among them."""

    node: Node
    parent: str | None
    versions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a path or a tree, and whether there is more of it."""

    items: tuple[Placed, ...]
    more: bool


class Nodes:
    """The items of one space at a time. What is in the trash isn't there."""

    def __init__(self, database: Database, conversations: ConversationService) -> None:
        self._store = NodeStore(database)
        self._paths = PathStore(database)
        self._conversations = conversations

    async def path(self, space: str, id: str, query: PathQuery) -> Stretch:
        """A page of a path, newest first; shorter where its items are large. Raises ConversationNotFound, ItemNotFound."""
        await self._conversations.get(space, id)
        for named, param in ((query.leaf, "leaf"), (query.before, "before")):
            if named is not None and await self._store.node(space, id, named) is None:
                raise ItemNotFound(param)

        async def step(last: Node | None, count: int) -> list[Node]:
            before = query.before if last is None else last.item.id
            return await self._paths.path(space, id, replace(query, limit=count, before=before))

        return await self._stretch(space, id, query.limit, step)

    async def tree(self, space: str, id: str, after: str | None, limit: int) -> Stretch:
        """Items of all branches in the order in which they were stored, those behind an item; cut as `path`.

        Raises ConversationNotFound, ItemNotFound.
        """
        await self._conversations.get(space, id)
        begin = 0 if after is None else (await self._node(space, id, after)).number

        async def step(last: Node | None, count: int) -> list[Node]:
            return await self._paths.tree(space, id, begin if last is None else last.number, count)

        return await self._stretch(space, id, limit, step)

    async def get(self, space: str, id: str, item_id: str) -> Placed:
        """One item. Raises ConversationNotFound, ItemNotFound."""
        return (await self._placed(space, id, [await self._node(space, id, item_id)]))[0]

    async def placed(self, space: str, id: str, item_ids: Sequence[str]) -> tuple[Placed, ...]:
        """Items of a conversation, such as were just added. Raises ConversationNotFound, ItemNotFound."""
        return await self._placed(space, id, [await self._node(space, id, item_id) for item_id in item_ids])

    async def asked(self, space: str, id: str, item_id: str) -> str | None:
        """What is to be answered where an item is to be made anew, by its stored id: what the answer follows of which the item is
        part, or the item itself where it is no answer. None: there is nothing before it.

        Raises ConversationNotFound, ItemNotFound.
        """
        node = await self._node(space, id, item_id)
        if not node.item.made:
            return node.parent_id if _is_said_by_model(node) else node.item.id
        if node.item.run_id is not None:
            return await self._store.asked(space, id, node.item.run_id)
        while node.item.made and node.parent_id is not None:  # its run was deleted
            node = await self._node(space, id, node.parent_id)
        return None if node.item.made else node.item.id

    async def before(self, space: str, id: str, item_id: str) -> str | None:
        """What an item follows, by its stored id. Raises ConversationNotFound, ItemNotFound."""
        return (await self._node(space, id, item_id)).parent_id

    async def _node(self, space: str, id: str, item_id: str) -> Node:
        await self._conversations.get(space, id)
        found = await self._store.node(space, id, item_id)
        if found is None:
            raise ItemNotFound
        return found

    async def _stretch(self, space: str, id: str, limit: int, step: Step) -> Stretch:
        """What the steps bring, up to a page and one more, each behind the last of the one before."""
        found: list[Node] = []
        size, whole = 0, False
        while not whole and len(found) <= limit and size <= PAGE_BYTES:
            count = min(STEP, limit + 1 - len(found))
            nodes = await step(found[-1] if found else None, count)
            found += nodes
            size += sum(len(node.item.body) for node in nodes)
            whole = len(nodes) < count
        return Stretch(await self._placed(space, id, found[:limit]), not whole or len(found) > limit)

    async def _placed(self, space: str, id: str, nodes: Sequence[Node]) -> tuple[Placed, ...]:
        types = {node.item.id: node.item.type for node in nodes}
        parents = {node.parent_id for node in nodes}
        types |= await self._store.types(space, id, {parent for parent in parents if parent is not None} - types.keys())
        versions: dict[str | None, list[str]] = {}
        for parent, version, type in await self._store.versions(space, id, parents, _MOST_VERSIONS):
            versions.setdefault(parent, []).append(prefix_of(type) + version)
        return tuple(
            Placed(
                node,
                None if node.parent_id is None else prefix_of(types.get(node.parent_id, "message")) + node.parent_id,
                tuple(versions.get(node.parent_id, [public_id(node.item)])[:VERSIONS]),
            )
            for node in nodes
        )


def _is_said_by_model(node: Node) -> bool:
    """Whether it reads so although no run made it: an import, a copy."""
    return b'"role":"assistant"' in node.item.body[:200]
