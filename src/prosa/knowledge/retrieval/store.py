"""Passages as they are kept and removed: statements for the journal, and the small reads between them.

A passage's number is its document's, shifted, with its place added: what the index of words answers with says by itself of which
document it is. While a document is being made (state 0) and when it is gone (2) nobody finds it. Whoever adds to it makes sure in
the same statement that it is still being made, so that nothing is left of what was removed meanwhile.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from prosa.drivers.journal import Part, Statement
from prosa.drivers.sql import Database, storable
from prosa.knowledge.extraction import Passage
from prosa.knowledge.retrieval.tokens import spelled

SHIFT: Final = 20
MOST_PASSAGES: Final = 1 << SHIFT
"""Of one document."""

_MAKING: Final = " FROM passage_documents WHERE number = ${} AND state = 0"
_SHARED: Final = " FOR SHARE"  # who removes it waits until this is committed, and then sees it


def _adding(table: str, columns: str, values: str, document: int) -> Statement:
    """Adds a row as long as the document, whose number is the parameter `document`, is being made."""
    sql = f"INSERT INTO {table} ({columns}) SELECT {values}{_MAKING.format(document)}"  # our own words
    return Statement(sql.replace("BYTES", "BLOB"), (sql + _SHARED).replace("BYTES", "BYTEA"))


NEW_STORE: Final = Statement(
    "INSERT INTO passage_stores (store_id, space, salt, version, removals) VALUES ($1, $2, $3, 0, 0)"
    " ON CONFLICT (store_id) DO NOTHING"
)
NEW_DOCUMENT: Final = Statement(
    "INSERT INTO passage_documents (key, space, store_id, store, file_id, state, begun_at, passages, dimensions, lengths, bits)"
    " SELECT CAST($1 AS TEXT), space, store_id, number, CAST($4 AS TEXT), 0, CAST($5 AS BIGINT), CAST($6 AS BIGINT), 0, $7, $7"
    " FROM passage_stores WHERE space = $2 AND store_id = $3"
)
_PASSAGE: Final = _adding(
    "passages",
    "number, text, page, heading, begins, ends",
    "CAST($1 AS BIGINT), CAST($2 AS TEXT), CAST($3 AS BIGINT), CAST($4 AS TEXT), CAST($5 AS BIGINT), CAST($6 AS BIGINT)",
    7,
)
_VECTOR: Final = _adding("passage_vectors", "number, vector", "CAST($1 AS BIGINT), CAST($2 AS BYTES)", 3)
# The index of words follows these rows by itself: a trigger on SQLite, a generated column on PostgreSQL.
_TERMS: Final = _adding("passage_terms", "number, words", "CAST($1 AS BIGINT), CAST($2 AS TEXT)", 3)
_SIGNS: Final = _adding(  # of PostgreSQL alone
    "search_signs", "document, number, signs", "number, CAST($1 AS BIGINT), CAST(CAST($2 AS TEXT) AS BIT VARYING)", 3
)

# Publishing: the store's row comes first, so that all who change what is found in it do so one after the other.
_NEWER: Final = Statement(
    "UPDATE passage_stores SET version = version + 1, removals = removals + (SELECT count(*) FROM passage_documents"
    " WHERE store = $1 AND file_id = $3 AND state = 1) WHERE number = $1"
    " AND EXISTS (SELECT 1 FROM passage_documents WHERE number = $2 AND state = 0)"
)
_REPLACE: Final = Statement(
    "UPDATE passage_documents SET state = 2 WHERE store = $1 AND store_id = $2 AND file_id = $3 AND number <> $4 AND state < 2"
    " AND EXISTS (SELECT 1 FROM passage_documents WHERE number = $4 AND state = 0)"
)
_PUBLISH: Final = Statement(
    "UPDATE passage_documents SET state = 1, published = (SELECT version FROM passage_stores WHERE number = $1),"
    " dimensions = $3, lengths = $4, bits = $5 WHERE number = $2 AND state = 0"
)

_HIDE_FROM: Final = "UPDATE passage_stores SET version = version + 1, removals = removals + 1 WHERE space = $1 AND store_id = $2"
HIDE_FROM: Final = Statement(_HIDE_FROM)
HIDE_FILE: Final = Statement(
    "UPDATE passage_documents SET state = 2 WHERE space = $1 AND store_id = $2 AND file_id = $3 AND state < 2"
)
HIDE_ALL: Final = Statement("UPDATE passage_documents SET state = 2 WHERE space = $1 AND store_id = $2 AND state < 2")
DROP_STORE: Final = Statement("DELETE FROM passage_stores WHERE space = $1 AND store_id = $2")
ABANDON: Final = Statement("UPDATE passage_documents SET state = 2 WHERE state = 0 AND begun_at < $1")

_DROP: Final = tuple(
    Statement(f"DELETE FROM {table} WHERE number >= $1 AND number < $2")  # noqa: S608  # our own words
    for table in ("passages", "passage_vectors", "passage_terms")
)
_DROP_SIGNS: Final = Statement(
    "DELETE FROM search_signs WHERE document = CAST($1 AS BIGINT) >> 20 AND number >= CAST($1 AS BIGINT) AND number < $2"
)
_DROP_VECTOR: Final = Statement("DELETE FROM embedding_cache WHERE space = $1 AND digest = $2")
DROP_DOCUMENT: Final = Statement("DELETE FROM passage_documents WHERE number = $1 AND state = 2")

_BEGUN: Final = (
    "SELECT d.number, d.store, s.salt FROM passage_documents AS d JOIN passage_stores AS s ON s.number = d.store WHERE d.key = $1"
)
_GONE: Final = "SELECT number, passages, space FROM passage_documents WHERE state = 2"
_OF_STORE: Final = " AND space = $1 AND store_id = $2"
_OF_FILE: Final = " AND file_id = $3"
_SOME: Final = " ORDER BY number LIMIT 100"
_ANY_LEFT: Final = "SELECT 1 FROM passage_documents WHERE state = 2 OR (state = 0 AND begun_at < $1) LIMIT 1"
_TEXTS: Final = "SELECT text, heading FROM passages WHERE number >= $1 AND number < $2"
_READ: Final = (
    "SELECT p.number, p.text, p.page, p.heading, p.begins, p.ends FROM passage_documents AS d"
    " JOIN passages AS p ON p.number >= d.number * 1048576 AND p.number < (d.number + 1) * 1048576"
    " WHERE d.space = $1 AND d.store_id = $2 AND d.file_id = $3 AND d.state = 1 AND p.number > $4 ORDER BY p.number LIMIT 32"
)
_OF_DOCUMENT: Final = (
    " FROM passage_documents AS d JOIN passages AS p ON p.number >= d.number * 1048576 AND p.number < (d.number + 1) * 1048576"
    " WHERE d.space = $1 AND d.store_id = $2 AND d.file_id = $3 AND d.state = 1"
)
_AROUND: Final = (
    f"SELECT p.text, p.page, p.heading, p.begins, p.ends{_OF_DOCUMENT} AND p.ends > $4 AND p.begins < $5"  # our own words
    " ORDER BY p.number LIMIT 1000"
)
_LENGTH: Final = f"SELECT p.ends{_OF_DOCUMENT} ORDER BY p.number DESC LIMIT 1"  # our own words

_STORE: Final = "SELECT number, version, removals, salt FROM passage_stores WHERE space = $1 AND store_id = $2"
_SHOWN: Final = (
    "SELECT p.number, p.text, p.page, p.heading, p.begins, p.ends FROM passages AS p"
    " JOIN passage_documents AS d ON d.number = (p.number >> 20) WHERE d.space = $1 AND d.state = 1 AND p.number IN ({})"
)

_headings: Final = msgspec.json.Decoder(tuple[str, ...])
_encode: Final = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Making:
    """A document that is being made."""

    number: int
    store: int
    salt: bytes


@dataclass(frozen=True, slots=True)
class Gone:
    """A document that nobody finds any more, with the number of passages that it may have."""

    number: int
    passages: int
    space: str


@dataclass(frozen=True, slots=True)
class StoreRow:
    """A store as it is now: its version, and how often something was taken out of it."""

    number: int
    version: int
    removals: int
    salt: bytes


@dataclass(frozen=True, slots=True)
class Indexed:
    """A passage ready to be kept: at its place, with what stands for its words, and its vector where it has one."""

    place: int
    passage: Passage
    tokens: bytes
    vector: bytes | None


class PassageStore:
    """The passages of one database. Reads are made here; writes are told, for the journal."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begun(self, key: str) -> Making | None:
        """The document that was begun under this key; None where its store isn't that of this space."""
        for number, store, salt in await self._database.fetch(_BEGUN, key):
            return Making(_int(number), _int(store), _bytes(salt))
        return None

    def addition(self, document: Making, indexed: Indexed) -> list[Part]:
        """One passage that comes."""
        number = (document.number << SHIFT) + indexed.place
        passage = indexed.passage
        heading = storable(_encode(passage.heading).decode())
        parts: list[Part] = [
            (_PASSAGE, (number, storable(passage.text), passage.page, heading, passage.start, passage.end, document.number))
        ]
        if indexed.vector is not None:
            parts.append((_VECTOR, (number, indexed.vector, document.number)))
        if indexed.vector is not None and self._database.kind == "postgresql":
            from prosa.knowledge.retrieval.vectors import signs_of

            parts.append((_SIGNS, (number, f"x{signs_of([indexed.vector]).hex()}", document.number)))
        parts.append((_TERMS, (number, spelled(indexed.tokens), document.number)))
        return parts

    async def gone(self, space: str | None = None, store_id: str = "", file_id: str | None = None) -> list[Gone]:
        """Some documents that have to be removed: of a file, of a store, or with space None of everybody."""
        if space is None:
            rows = await self._database.fetch(_GONE + _SOME)
        elif file_id is None:
            rows = await self._database.fetch(_GONE + _OF_STORE + _SOME, space, store_id)
        else:
            rows = await self._database.fetch(_GONE + _OF_STORE + _OF_FILE + _SOME, space, store_id, file_id)
        return [Gone(_int(number), _int(passages), str(owner)) for number, passages, owner in rows]

    async def any_left(self, before: int) -> bool:
        """Whether something has to be removed, or was begun before this moment and never ended."""
        return bool(await self._database.fetch(_ANY_LEFT, before))

    async def texts(self, document: int, begin: int, end: int) -> list[Passage]:
        """The texts and headings of passages of a document, whatever its state."""
        rows = await self._database.fetch(_TEXTS, *_between(document, begin, end))
        return [Passage(str(text), heading=_headings.decode(str(heading))) for text, heading in rows]

    def removal(self, document: Gone, begin: int, end: int, digests: Sequence[bytes]) -> list[Part]:
        """Passages of a document that go, with the vectors that are kept for texts with these digests."""
        between = _between(document.number, begin, end)
        parts: list[Part] = [(_DROP_VECTOR, (document.space, digest)) for digest in digests if document.space]
        parts += [(statement, between) for statement in _DROP]
        return [*parts, (_DROP_SIGNS, between)] if self._database.kind == "postgresql" else parts

    async def now(self, space: str, store_id: str) -> StoreRow | None:
        """A store of this space; None where nothing was put into it."""
        for number, version, removals, salt in await self._database.fetch(_STORE, space, store_id):
            return StoreRow(_int(number), _int(version), _int(removals), _bytes(salt))
        return None

    async def shown(self, space: str, numbers: Sequence[int]) -> dict[int, Passage]:
        """Passages of a space by their numbers; those that are gone are missing."""
        if not numbers:
            return {}
        signs = ", ".join(f"${place}" for place in range(2, len(numbers) + 2))
        rows = await self._database.fetch(_SHOWN.format(signs), space, *numbers)
        return {_int(row[0]): passage_of(row[1:]) for row in rows}

    async def some(self, space: str, store_id: str, file_id: str, after: int) -> list[tuple[int, Passage]]:
        """The next passages of a file behind a number."""
        rows = await self._database.fetch(_READ, space, store_id, file_id, after)
        return [(_int(row[0]), passage_of(row[1:])) for row in rows]

    async def around(self, space: str, store_id: str, file_id: str, between: tuple[int, int]) -> list[Passage]:
        """The passages of a file that reach into this part of its text, in order."""
        return [passage_of(row) for row in await self._database.fetch(_AROUND, space, store_id, file_id, *between)]

    async def length(self, space: str, store_id: str, file_id: str) -> int:
        """Where the last passage of a file ends; 0 where there is none."""
        rows = await self._database.fetch(_LENGTH, space, store_id, file_id)
        return _int(rows[0][0]) if rows else 0


@dataclass(frozen=True, slots=True)
class Signs:
    """What is found of a document's passages without reading them: lengths in words, and signs of vectors."""

    dimensions: int
    lengths: bytes
    bits: bytes


def publication(document: Making, store_id: str, file_id: str, signs: Signs) -> list[Part]:
    """From now on the document is found, and what it replaces isn't; the last part writes no row where it was removed."""
    return [
        (_NEWER, (document.store, document.number, file_id)),
        (_REPLACE, (document.store, store_id, file_id, document.number)),
        (_PUBLISH, (document.store, document.number, signs.dimensions, signs.lengths, signs.bits)),
    ]


def passage_of(row: Sequence[object]) -> Passage:
    """Text, page, heading, begin and end as a passage."""
    text, page, heading, begins, ends = row
    return Passage(str(text), None if page is None else _int(page), _headings.decode(str(heading)), _int(begins), _int(ends))


def _between(document: int, begin: int, end: int) -> tuple[int, int]:
    return (document << SHIFT) + begin, (document << SHIFT) + end


def _int(value: object) -> int:
    assert isinstance(value, int)
    return value


def _bytes(value: object) -> bytes:
    assert isinstance(value, bytes | memoryview)
    return bytes(value)
