"""The index and the list of what has to be indexed, past SQLAlchemy: read here, and written by the journal.

Whoever works on the index holds the turn, a row; each of its statements writes only while that is so. What was read under the
turn is therefore still true when it is written, in however many processes and hosts the index is looked after.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from prosa.conversations.searching.entries import Section, indexed_postgresql, indexed_sqlite, stored_sqlite
from prosa.drivers.journal import Part, Statement
from prosa.drivers.sql import Database

MOST: Final = 64  # of the list at once
_BYTES: Final = 262_144  # of items in memory at once, or a single one
_TURN: Final = " EXISTS (SELECT 1 FROM search_turn WHERE holder = CAST({} AS TEXT))"

TAKE: Final = Statement("UPDATE search_turn SET holder = $1, until = $2 WHERE holder = $1 OR until < $3")
RENEW: Final = Statement(
    "UPDATE search_turn SET until = $2, stale_since = COALESCE(CAST($3 AS BIGINT), stale_since) WHERE holder = $1"
)
RELEASE: Final = Statement("UPDATE search_turn SET until = 0 WHERE holder = $1")
CLEAN: Final = Statement("UPDATE search_turn SET stale_since = NULL WHERE stale_since = $1")
_ADD: Final = (
    "INSERT INTO search_entries (space, conversation_id, item, part, role, created_at, words)"
    " SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS INTEGER), CAST($4 AS INTEGER), CAST($5 AS TEXT),"
    " CAST($6 AS BIGINT), {} WHERE" + _TURN.format("$8")
)
ADD: Final = Statement(_ADD.format("CAST($7 AS TEXT)"), _ADD.format("CAST(CAST($7 AS TEXT) AS tsvector)"))
ADD_WORDS: Final = Statement(
    "INSERT INTO search_words (rowid, words) SELECT last_insert_rowid(), CAST($1 AS TEXT) WHERE" + _TURN.format("$2")
)
REMOVE: Final = Statement("DELETE FROM search_entries WHERE id = $1 AND" + _TURN.format("$2"))  # noqa: S608  # our own words
REMOVE_WORDS: Final = Statement(
    "INSERT INTO search_words (search_words, rowid, words) SELECT 'delete', $1, $2 WHERE" + _TURN.format("$3")
)
DONE: Final = Statement("DELETE FROM search_queue WHERE number = $1 AND" + _TURN.format("$2"))  # noqa: S608  # our own words
# FTS5 marks what is gone in a newer segment of the index; only where segments become one the words go. A negative number of
# pages makes one of all of them, that many pages at a time.
MERGE: Final = Statement("INSERT INTO search_words (search_words, rank) VALUES ('merge', $1)")
_STRUCTURE: Final = "SELECT block FROM search_words_data WHERE id = 10"

STALE: Final = "SELECT stale_since FROM search_turn"
PENDING: Final = "SELECT number FROM search_queue ORDER BY number LIMIT 1"
COUNT: Final = "SELECT count(*) FROM search_queue"
_LISTED: Final = (
    "SELECT q.number, q.item, q.conversation_id, COALESCE(length(i.body), 0) FROM search_queue AS q"
    " LEFT JOIN items AS i ON i.number = q.item ORDER BY q.number LIMIT $1"
)
_OF_ITEMS: Final = "(SELECT item FROM search_queue WHERE number >= $1 AND number <= $2 AND item IS NOT NULL)"
_OF_TITLES: Final = "(SELECT conversation_id FROM search_queue WHERE number >= $1 AND number <= $2 AND item IS NULL)"
_ITEM: Final = "SELECT number, space, conversation_id, type, body, created_at FROM items WHERE conversation_id IS NOT NULL"
_ITEMS: Final = f"{_ITEM} AND number IN {_OF_ITEMS}"
_TITLE: Final = "SELECT id, space, title, created_at FROM conversations WHERE title IS NOT NULL"
_TITLES: Final = f"{_TITLE} AND id IN {_OF_TITLES}"
_ENTRIES: Final = {  # PostgreSQL needs no words to take them out
    kind: "".join(
        (
            f"SELECT id, space, {words} FROM search_entries WHERE item IN {_OF_ITEMS} UNION ALL ",  # noqa: S608  # our own words
            f"SELECT id, space, {words} FROM search_entries WHERE item IS NULL AND conversation_id IN {_OF_TITLES}",  # noqa: S608  # as above
        )
    )
    for kind, words in (("sqlite", "words"), ("postgresql", "''"))
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What has entries: an item in a conversation, or with `number` None a conversation's title, `type` then empty."""

    number: int | None
    space: str
    conversation_id: str
    type: str
    body: bytes
    created_at: int


@dataclass(frozen=True, slots=True)
class OldEntry:
    """An entry that stands; `words` as SQLite keeps them."""

    id: int
    space: str
    words: str

    @property
    def size(self) -> int:
        """How many tokens it has, about."""
        return self.words.count(" ")


@dataclass(frozen=True, slots=True)
class Batch:
    """A piece of the list: its `numbers`, what the subjects are now, and which entries of theirs stand."""

    numbers: tuple[int, ...]
    subjects: tuple[Subject, ...]
    old: tuple[OldEntry, ...]


class IndexStore:
    """The index of one database. Reads are made here; writes are told, for the journal."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.sqlite = database.kind == "sqlite"

    async def pending(self) -> bool:
        """Whether anything is on the list."""
        return bool(await self._database.fetch(PENDING))

    async def count(self) -> int:
        """How much is on the list."""
        return _number((await self._database.fetch(COUNT))[0][0])

    async def batch(self, most: int = MOST) -> Batch:
        """The oldest of the list with what belongs to it, as much as may be in memory."""
        listed = await self._database.fetch(_LISTED, most)
        numbers: list[int] = []
        size = 0
        for number, _, _, length in listed:
            size += _number(length)
            if numbers and size > _BYTES:
                break
            numbers.append(_number(number))
        if not numbers:
            return Batch((), (), ())
        between = numbers[0], numbers[-1]
        items = await self._database.fetch(_ITEMS, *between)
        titles = await self._database.fetch(_TITLES, *between)
        old = await self._database.fetch(_ENTRIES[self._database.kind], *between)
        subjects = (*(_item(row) for row in items), *(_title(row) for row in titles))
        return Batch(tuple(numbers), subjects, tuple(OldEntry(_number(row[0]), str(row[1]), str(row[2])) for row in old))

    async def stale_since(self) -> int | None:
        """When something was taken out of the index whose words may still lie in its files."""
        found = (await self._database.fetch(STALE))[0][0]
        return None if found is None else _number(found)

    async def segments(self) -> int:
        """In how many segments FTS5 keeps the index now."""
        block = (await self._database.fetch(_STRUCTURE))[0][0]
        assert isinstance(block, bytes)
        return _segments(block)

    def removal(self, entry: OldEntry, holder: str) -> list[Part]:
        """An entry that goes."""
        gone: Part = (REMOVE, (entry.id, holder))
        if not self.sqlite:
            return [gone]
        return [(REMOVE_WORDS, (entry.id, indexed_sqlite(entry.space, entry.words), holder)), gone]

    def addition(self, subject: Subject, role: str, part: int, section: Section, holder: str) -> list[Part]:
        """An entry that comes."""
        words = stored_sqlite(section) if self.sqlite else indexed_postgresql(subject.space, section)
        place = (subject.space, subject.conversation_id, subject.number, part, role, subject.created_at)
        parts: list[Part] = [(ADD, (*place, words, holder))]
        if self.sqlite:
            parts.append((ADD_WORDS, (indexed_sqlite(subject.space, words), holder)))
        return parts


def done(numbers: Sequence[int], holder: str) -> list[Part]:
    """What is off the list."""
    return [(DONE, (number, holder)) for number in numbers]


def _segments(block: bytes) -> int:
    """FTS5's own record of its structure: a cookie of four bytes, then as varints the levels and the segments.

    Source: the comment "The on-disk format" in SQLite's fts5_index.c. A newer form begins with the same, behind 0xFF000001.
    """
    place = 8 if block[4:8] == b"\xff\x00\x00\x01" else 4
    _, place = _varint(block, place)
    return _varint(block, place)[0]


def _varint(block: bytes, place: int) -> tuple[int, int]:
    value = 0
    for _ in range(8):
        byte = block[place]
        place += 1
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, place
    return value << 8 | block[place], place + 1


def _item(row: Sequence[object]) -> Subject:
    number, space, conversation_id, type, body, created_at = row
    return Subject(_number(number), str(space), str(conversation_id), str(type), str(body).encode(), _number(created_at))


def _title(row: Sequence[object]) -> Subject:
    id, space, title, created_at = row
    return Subject(None, str(space), str(id), "", str(title).encode(), _number(created_at))


def _number(value: object) -> int:
    assert isinstance(value, int)
    return value
