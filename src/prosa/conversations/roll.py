"""Conversations as older clients know them: by UUIDs or by the names of where they came from, and turn by turn.

Such a client shows a question together with its answer or not at all. What an attempt left that failed stays in the tree, where
others may see it, and what comes next is said behind the last turn that stands.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from prosa.conversations.errors import ConversationNotFound
from prosa.conversations.models import HEAD, Node, Parent, PathQuery
from prosa.conversations.naming_store import object_named
from prosa.conversations.paths import Paths
from prosa.conversations.roll_store import KIND, RollStore
from prosa.drivers.sql import Database
from prosa.kit.ids import uuid_form
from prosa.runs import RunState

MOST_LISTED: Final = 10_000
MOST_TURNS: Final = 10_000
_PAGE: Final = 500
_LOOK: Final = 100  # items at the end of a path, among which the last turn that stands is looked for
_LONGEST_NAME: Final = 256
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_OPEN: Final = frozenset({RunState.QUEUED, RunState.RUNNING, RunState.WAITING})
_SPEAKERS: Final = frozenset({"user", "assistant"})


@dataclass(frozen=True, slots=True)
class Listed:
    """A conversation by the name under which older clients know it."""

    id: str
    name: str
    title: str | None


@dataclass(frozen=True, slots=True)
class Turn:
    """Something that was said: `role` is "user" or "assistant"."""

    role: str
    text: str


class _Part(msgspec.Struct):
    type: str = ""
    text: str = ""
    refusal: str = ""


class _Message(msgspec.Struct):
    type: str = "message"
    role: str = ""
    content: str | list[_Part] = ""


_message: Final = msgspec.json.Decoder(_Message).decode
_TEXTS: Final = frozenset({"text", "input_text", "output_text"})


class Roll:
    """The conversations of one space at a time."""

    def __init__(self, database: Database, paths: Paths) -> None:
        self._database = database
        self._store = RollStore(database)
        self._paths = paths

    async def listed(self, space: str) -> list[Listed]:
        """All that the space's owner keeps outside the archive, oldest first; nothing that programs made by OpenAI's API."""
        return [_listed(row) for row in await self._store.rows(space, MOST_LISTED)]

    async def find(self, space: str, name: str) -> Listed:
        """A conversation by its UUID, or by the name that it came with. Raises ConversationNotFound."""
        if _UUID.fullmatch(name):
            id: str | None = name.replace("-", "")
        else:
            id = await object_named(self._database, space, KIND, name) if 0 < len(name) <= _LONGEST_NAME else None
        found = await self._store.row(space, id) if id is not None else None
        if found is None:
            raise ConversationNotFound
        return _listed(found)

    async def turns(self, space: str, id: str) -> list[Turn]:
        """What was said along the chosen path, oldest first: what was answered, and what came from elsewhere."""
        nodes: list[Node] = []
        while len(nodes) < MOST_TURNS:
            before = nodes[-1].item.id if nodes else None
            page = await self._paths.page(space, id, PathQuery(_PAGE, before))
            nodes += page
            if len(page) < _PAGE:
                break
        hidden = _unanswered(nodes, await self._store.unanswered(space, id))
        said = [turn_of(node) for node in reversed(nodes) if node.item.run_id not in hidden]
        return [turn for turn in said if turn is not None]

    async def standing(self, space: str, id: str) -> Parent:
        """What the next question is said behind: not behind one that was never answered. Raises ConversationNotFound."""
        nodes = await self._paths.page(space, id, PathQuery(_LOOK))
        states = await self._store.unanswered(space, id)
        hidden = _unanswered(nodes, states)
        if not nodes or nodes[0].item.run_id not in hidden or any(state in _OPEN for state in states.values()):
            return HEAD
        standing = next((node for node in nodes if node.item.run_id not in hidden), None)
        if standing is not None:
            return standing.item.id
        return None if nodes[-1].parent_id is None else HEAD


def turn_of(node: Node) -> Turn | None:
    """What an item says to people; None for one that says nothing to them."""
    if node.item.type != "message":
        return None
    message = _message(node.item.body)
    if message.role not in _SPEAKERS:
        return None
    if isinstance(message.content, str):
        return Turn(message.role, message.content)
    texts = [part.text if part.type in _TEXTS else part.refusal for part in message.content]
    return Turn(message.role, "".join(texts))


def _unanswered(nodes: Sequence[Node], states: dict[str, str]) -> set[str | None]:
    """The runs among these items that have no answer to show."""
    spoken = {node.item.run_id for node in nodes if node.item.made and (turn := turn_of(node)) is not None and turn.text}
    return {run for run, state in states.items() if state != RunState.INCOMPLETE or run not in spoken}


def _listed(row: tuple[str, str | None, str | None]) -> Listed:
    id, title, name = row
    return Listed(id, name or uuid_form(id), title)
