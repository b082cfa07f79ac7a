"""Taking over threads of the Assistants API with the ids that they had; a second run goes on where one was cut off."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import msgspec

from prosa.conversations import store as rows
from prosa.conversations.adopting.store import AdoptionStore, addition, leading
from prosa.conversations.margins import margin_of, with_margin
from prosa.conversations.models import Conversation, Face, Item
from prosa.conversations.naming_store import MESSAGE, THREAD, naming_anew
from prosa.drivers.journal import Journal, Part
from prosa.drivers.sql import Database
from prosa.kit import moments
from prosa.kit.ids import brought_id, derived_id, without_prefix

MOST_ADOPTED: Final = 500  # messages of one transaction, …
_LETTERS: Final = 8 * 1024  # … where each counts as one more for so many bytes in it
_MESSAGE: Final = "message"
_MESSAGE_PREFIX: Final = "msg_"
_STEP_PREFIX: Final = "step_"


class SavedThread(NamedTuple):
    """A thread as it was. `name`: its id there; metadata and resources are JSON; `created_at` in microseconds since 1970;
    `title`: by which it is shown until a model gives it another."""

    name: str
    created_at: int
    metadata: bytes = b"{}"
    resources: bytes | None = None
    title: str | None = None


class SavedMessage(NamedTuple):
    """A message as it was. `body`: an item's JSON, with a margin; `run_id`: stored id of the run that made it; `kind`: the item's
    type. What isn't a message belongs to its run alone: no conversation shows it, and it keeps its id."""

    name: str
    said_at: int
    body: bytes
    run_id: str | None = None
    kind: str = "message"


@dataclass(slots=True)
class Tally:
    """What became of how many; after a dry run, what would."""

    found: int = 0
    added: int = 0
    present: int = 0
    refused: int = 0


@dataclass(slots=True)
class _Piece:
    """Some of a thread's messages in their order; `number`: the how-manieth the first of them is."""

    conversation: Conversation
    name: str
    messages: Sequence[SavedMessage]
    number: int


@dataclass(slots=True)
class _Progress:
    """How far a thread was taken over."""

    last: str | None = None
    is_foreign: bool = False


@dataclass(frozen=True, slots=True)
class ThreadGround:
    """What it stands on, and whose the threads become. `tell` is told what can't come."""

    database: Database
    journal: Journal
    space: str
    salt: str
    tell: Callable[[str], None]
    dry_run: bool = False


@dataclass(slots=True)
class ThreadAdoption:
    """One import. What was written when it is cut off stays."""

    on: ThreadGround
    threads: Tally = field(default_factory=Tally)
    messages: Tally = field(default_factory=Tally)
    steps: Tally = field(default_factory=Tally)
    _pending: list[_Piece] = field(default_factory=list)
    _size: int = 0
    _progress: dict[str, _Progress] = field(default_factory=dict)

    def id_of(self, thread: str) -> str:
        """The stored id of a thread's conversation: its own where it has the form of ours, else one made of it."""
        return without_prefix(thread, f"{THREAD}_") or derived_id(self.on.salt, THREAD, self.on.space, thread)

    async def take(self, thread: SavedThread, portions: AsyncIterator[Sequence[SavedMessage]]) -> None:
        """A thread with its messages in their order, some at once. What is small is written with what comes next: `flush` in the
        end. Raises DatabaseUnavailable."""
        self.threads.found += 1
        face = Face(thread.title, tool_resources=thread.resources)
        seconds = thread.created_at / moments.SECOND
        conversation = Conversation(self.id_of(thread.name), self.on.space, thread.metadata, seconds, seconds, face=face)
        self._pending.append(_Piece(conversation, thread.name, (), 1))
        number = 1
        async for some in portions:
            self._pending.append(_Piece(conversation, thread.name, some, number))
            number += len(some)
            self._size += len(some) + sum(len(each.body) for each in some) // _LETTERS
            if self._size >= MOST_ADOPTED:
                await self.flush()
        self._size += 1
        if self._size >= MOST_ADOPTED:
            await self.flush()

    async def flush(self) -> None:
        """Write what was taken."""
        pieces, self._pending, self._size = self._pending, [], 0
        if not pieces:
            return
        store = AdoptionStore(self.on.database)
        there = await store.conversations({piece.conversation.id for piece in pieces})
        known = await store.items({self._item_id(message) for piece in pieces for message in piece.messages})
        parts = [part for piece in pieces for part in self._written(piece, there, known)]
        if parts and not self.on.dry_run:
            await self.on.journal.append_all(parts)
        last = pieces[-1].conversation.id
        self._progress = {last: self._progress[last]}

    def _written(self, piece: _Piece, there: dict[str, str], known: dict[str, str]) -> Iterator[Part]:
        conversation = piece.conversation
        progress = self._progress.get(conversation.id)
        if progress is None:
            progress = self._progress[conversation.id] = _Progress()
            space = there.get(conversation.id)
            progress.is_foreign = space is not None and space != conversation.space
            yield from self._begun(piece, space)
        if progress.is_foreign:
            for message in piece.messages:
                self._tally(message).found += 1
                self._tally(message).refused += 1
        else:
            yield from self._items(piece, progress, known)

    def _begun(self, piece: _Piece, space: str | None) -> Iterator[Part]:
        conversation = piece.conversation
        if space is None:
            self.threads.added += 1
            yield rows.creation(conversation)
            if conversation.id != without_prefix(piece.name, f"{THREAD}_"):
                yield naming_anew(conversation.space, THREAD, piece.name, conversation.id)
        elif space == conversation.space:
            self.threads.present += 1
        else:
            self.threads.refused += 1
            self.on.tell(f"{piece.name}: its id is somebody else's here: left out")

    def _items(self, piece: _Piece, progress: _Progress, known: dict[str, str]) -> Iterator[Part]:
        conversation, before, newest, is_begun = piece.conversation, progress.last, None, False
        for number, message in enumerate(piece.messages, piece.number):
            id, tally = self._item_id(message), self._tally(message)
            where = known.get(id)
            tally.found += 1
            if where is None:
                tally.added += 1
                if not is_begun:
                    before, is_begun = progress.last, True
                newest = message if message.kind == _MESSAGE else newest
                yield from self._added(conversation, message, (number, progress.last))
                known[id] = conversation.id
            elif where == conversation.id:
                tally.present += 1
            else:
                tally.refused += 1
                self.on.tell(f"{message.name}: its id is something else's here: left out")
                continue
            progress.last = id
        if newest is not None:
            yield leading(conversation, self._item_id(newest), before, newest.said_at)

    def _added(self, conversation: Conversation, message: SavedMessage, place: tuple[int, str | None]) -> Iterator[Part]:
        id, body, is_message = self._item_id(message), message.body, message.kind == _MESSAGE
        if is_message and id != without_prefix(message.name, _MESSAGE_PREFIX):
            body = with_margin(body, msgspec.structs.replace(margin_of(body), name=message.name))
            yield naming_anew(conversation.space, MESSAGE, message.name, id)
        item = Item(
            conversation.space,
            message.kind,
            body,
            message.said_at / moments.SECOND,
            id,
            conversation_id=conversation.id,
            run_id=message.run_id,
            made=message.run_id is not None,
        )
        yield addition(item, *place, None if is_message else message.said_at)

    def _tally(self, message: SavedMessage) -> Tally:
        return self.messages if message.kind == _MESSAGE else self.steps

    def _item_id(self, message: SavedMessage) -> str:
        if message.kind == _MESSAGE:
            own = without_prefix(message.name, _MESSAGE_PREFIX)
            return own or derived_id(self.on.salt, MESSAGE, self.on.space, message.name)
        return brought_id(message.name, _STEP_PREFIX) or derived_id(self.on.salt, "step", self.on.space, message.name)
