"""Taking over what was staged, one conversation after the other; cut off anywhere, a second run goes on and doubles nothing."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

import msgspec

from prosa.conversations.adopting.models import NOBODY, AdoptionReport, Owner, Talk, Word, nobody_of
from prosa.conversations.adopting.naming import Naming
from prosa.conversations.adopting.stage_store import Stage
from prosa.conversations.adopting.store import AdoptionStore, addition, creation, leading
from prosa.conversations.models import Conversation, Face, Item, TitleBy
from prosa.conversations.naming_store import naming
from prosa.drivers.journal import Journal, Part
from prosa.drivers.sql import Database, storable
from prosa.kit import moments
from prosa.kit.ids import derived_id

BATCH: Final = 500  # messages of one transaction, …
CHARACTERS: Final = 4 * 1024 * 1024  # … unless they are long
_CONVERSATION: Final = "conversation"
Placed = tuple[int, Word]  # a message, and the how-manieth of all it is
Index = Callable[[Sequence[Item]], Sequence[Part]]  # what a search needs of new items


@dataclass(slots=True)
class _Piece:
    """Some of a conversation's messages in their order, the first ones or later ones."""

    conversation: Conversation
    name: str | None  # the conversation's second name
    words: list[Placed]
    number: int  # of the first message, within the conversation
    is_orphan: bool = False


@dataclass(slots=True)
class _Thread:
    """How far a conversation was taken over."""

    last: str | None = None
    is_foreign: bool = False


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an import stands on. `index` tells the search of new items; `now` in microseconds since 1970."""

    database: Database
    journal: Journal
    naming: Naming
    now: int
    salt: str
    index: Index = field(default=lambda _items: ())


class Adoption:
    """One import; its report says whether anything is written."""

    def __init__(self, on: Surroundings, report: AdoptionReport) -> None:
        self._on = on
        self._store = AdoptionStore(on.database)
        self._threads: dict[str, _Thread] = {}
        self._pending: list[_Piece] = []
        self._size = 0
        self.report = report

    async def take(self, stage: Stage) -> None:
        """Everything that is staged. Raises DatabaseUnavailable; what was written until then stays, and is found again."""
        for place, talk in stage.talks():
            self.report.talks += 1
            owner = stage.owner(talk.owner)
            if owner is not None and owner.account_id is None:
                self._leave_out(stage, talk)
                continue
            await self._talk(talk, place, owner, stage.words_of(talk))
        for (author, key), strays in groupby(stage.strays(), key=lambda placed: (placed[1].author, placed[1].talk)):
            await self._strays(stage.owner(author), author, key, strays)
        await self._flush()

    def _leave_out(self, stage: Stage, talk: Talk) -> None:
        self.report.talks_left_out += 1
        self.report.words_left_out += stage.count_words_of(talk)

    async def _talk(self, talk: Talk, place: int, owner: Owner | None, words: Iterable[Placed]) -> None:
        space = NOBODY if owner is None else str(owner.account_id)
        id, name = self._on.naming.conversation(space, talk.key)
        if owner is None:
            self.report.remark(f"talk {talk.key} belongs to nobody who is there: kept for nobody")
        created = talk.created_at if talk.created_at is not None else self._on.now + place
        title = None if talk.title is None else storable(talk.title)
        conversation = Conversation(
            id=id,
            space=space,
            metadata=b"{}",
            created_at=created / moments.SECOND,
            updated_at=(talk.updated_at if talk.updated_at is not None else created) / moments.SECOND,
            face=Face(title, TitleBy.NOBODY if title is None else TitleBy.DIALECT, self._on.naming.dialect),
            deleted_at=self._on.now / moments.SECOND if talk.deleted else None,
        )
        await self._pieces(conversation, name, words, is_orphan=owner is None)

    async def _strays(self, owner: Owner | None, author: str | None, key: str, words: Iterable[Placed]) -> None:
        if owner is not None and owner.account_id is None:
            self.report.words_left_out += sum(1 for _ in words)
            return
        space = NOBODY if owner is None else nobody_of(str(owner.account_id))
        where = f"talk {key}" if key else "no talk"
        self.report.remark(f"messages of {where} that aren't its owner's: kept for nobody")
        moment = self._on.now / moments.SECOND
        face = Face(dialect=self._on.naming.dialect)
        id = derived_id(self._on.salt, "strays", space, author or "", key)
        await self._pieces(Conversation(id, space, b"{}", moment, moment, face=face), None, words, is_orphan=True)

    async def _pieces(self, conversation: Conversation, name: str | None, words: Iterable[Placed], *, is_orphan: bool) -> None:
        number = 1
        for some in _portions(words):
            self._pending.append(_Piece(conversation, name, some, number, is_orphan))
            number += len(some)
            self._size += len(some) + 1
            if self._size >= BATCH or _characters(some) >= CHARACTERS:
                await self._flush()

    async def _flush(self) -> None:
        pieces, self._pending, self._size = self._pending, [], 0
        there = await self._store.conversations({piece.conversation.id for piece in pieces})
        known = await self._store.items({self._id(piece, word) for piece in pieces for _, word in piece.words})
        parts: list[Part] = []
        added: list[Item] = []
        for piece in pieces:
            parts += self._written(piece, there, known, added)
        if parts and not self.report.dry_run:
            await self._on.journal.append_all((*parts, *self._on.index(added)))
        self._threads = {pieces[-1].conversation.id: self._threads[pieces[-1].conversation.id]} if pieces else {}

    def _written(self, piece: _Piece, there: dict[str, str], known: dict[str, str], added: list[Item]) -> Iterator[Part]:
        conversation = piece.conversation
        thread = self._threads.get(conversation.id)
        if thread is None:
            thread = self._threads[conversation.id] = _Thread()
            space = there.get(conversation.id)
            thread.is_foreign = space is not None and space != conversation.space
            self._count_talk(piece, is_new=space is None, is_foreign=thread.is_foreign)
            if space is None:
                yield creation(conversation)
                if piece.name is not None:
                    yield naming(conversation.space, _CONVERSATION, storable(piece.name), conversation.id)
        if thread.is_foreign:
            self.report.words += len(piece.words)
            self.report.words_left_out += len(piece.words)
            return
        yield from self._items(piece, thread, known, added)

    def _items(self, piece: _Piece, thread: _Thread, known: dict[str, str], added: list[Item]) -> Iterator[Part]:
        parent, last, moment = None, None, 0
        for number, (place, word) in enumerate(piece.words, piece.number):
            id = self._id(piece, word)
            where = known.get(id)
            self._count_word(piece, word, where)
            if where is None:
                parent, last = parent if last is not None else thread.last, id
                item, hidden_at = self._item(piece, word, place, id), self._hidden_at(piece, word)
                yield addition(item, number, thread.last, hidden_at)
                if hidden_at is None and not piece.is_orphan:
                    added.append(item)
                known[id] = piece.conversation.id
                moment = moment if word.said_at is not None else self._on.now + place
            if where in (None, piece.conversation.id):
                thread.last = id
        if last is not None:
            yield leading(piece.conversation, last, parent, moment)

    def _id(self, piece: _Piece, word: Word) -> str:
        return self._on.naming.item(piece.conversation.id, word.key)

    def _item(self, piece: _Piece, word: Word, place: int, id: str) -> Item:
        said = word.said_at if word.said_at is not None else self._on.now + place
        conversation = piece.conversation
        body = _body(word.role, word.text)
        return Item(conversation.space, "message", body, said / moments.SECOND, id, conversation_id=conversation.id)

    def _hidden_at(self, piece: _Piece, word: Word) -> int | None:
        """A talk took its messages along when it was deleted: they come back with it. What is empty is nothing to be shown."""
        if word.deleted and piece.conversation.deleted_at is None:
            return word.updated_at if word.updated_at is not None else self._on.now
        return None if word.text.strip() else self._on.now

    def _count_talk(self, piece: _Piece, *, is_new: bool, is_foreign: bool) -> None:
        if is_foreign:
            self.report.collisions += 1
            self.report.remark(f"conversation {piece.conversation.id} is somebody else's here: left out")
        elif is_new:
            self.report.talks_added += 1
            self.report.talks_in_trash += piece.conversation.deleted_at is not None
        else:
            self.report.talks_present += 1

    def _count_word(self, piece: _Piece, word: Word, where: str | None) -> None:
        report = self.report
        report.words += 1
        report.orphans += piece.is_orphan
        if where is not None and where != piece.conversation.id:
            report.collisions += 1
            report.remark(f"message {word.key} has the id of something else here: left out")
        elif where is not None:
            report.words_present += 1
        else:
            report.words_added += 1
        report.words_hidden += word.deleted and piece.conversation.deleted_at is None
        if not word.text.strip():
            report.words_empty += 1
            report.remark(f"message {word.key} is empty: kept, and shown to nobody")


def _portions(words: Iterable[Placed]) -> Iterator[list[Placed]]:
    """As many as are held at once; an empty one where there are none at all."""
    some: list[Placed] = []
    size, is_empty = 0, True
    for placed in words:
        is_empty = False
        some.append(placed)
        size += len(placed[1].text)
        if len(some) >= BATCH or size >= CHARACTERS:
            yield some
            some, size = [], 0
    if some or is_empty:
        yield some


def _characters(words: Sequence[Placed]) -> int:
    return sum(len(word.text) for _, word in words)


def _body(role: str, text: str) -> bytes:
    """An item in the words of the Responses API."""
    said = {"type": "input_text", "text": text}
    answered = {"type": "output_text", "text": text, "annotations": ()}
    content = said if role == "user" else answered
    return msgspec.json.encode({"type": "message", "role": role, "status": "completed", "content": [content]})
