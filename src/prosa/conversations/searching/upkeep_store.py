"""The index held against what it is made of; importing this module loads SQLAlchemy."""

import re
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from prosa.conversations.searching.entries import Section, indexed_postgresql, indexed_sqlite, stored_sqlite
from prosa.conversations.searching.index_store import Subject
from prosa.conversations.searching.indexer import sections_of_subject
from prosa.drivers.archive import Finding, listed
from prosa.drivers.sql import Connection

_AT_ONCE: Final = 200
_CHECK: Final = "search"
_REMEDY: Final = "`prosa reindex` makes it anew"
_SAMPLES: Final = 200  # entries of which SQLite's index is asked whether it has all of their words
_TRIGGERS: Final = frozenset(f"search_{of}_{what}" for of in ("item", "title") for what in ("added", "changed", "gone"))
_TRIGGERS_OF: Final = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'",
}
_ITEMS: Final = (
    "SELECT number, space, conversation_id, type, body, created_at FROM items WHERE conversation_id IS NOT NULL"
    " AND number > :after AND number NOT IN (SELECT item FROM search_queue WHERE item IS NOT NULL) ORDER BY number LIMIT :most"
)
_TITLES: Final = (
    "SELECT id, space, title, created_at FROM conversations WHERE title IS NOT NULL AND id > :after"
    " AND id NOT IN (SELECT conversation_id FROM search_queue WHERE conversation_id IS NOT NULL) ORDER BY id LIMIT :most"
)
_ENTRIES: Final = "SELECT space, conversation_id, part, role, created_at, {} FROM search_entries WHERE {} ORDER BY part"
_WORDS: Final = {"sqlite": "words", "postgresql": "CAST(words AS TEXT)"}
# Not on the list, and of nothing that is there.
_ORPHANS: Final = (
    "SELECT count(*) FROM search_entries AS e WHERE (e.item IS NOT NULL AND NOT EXISTS (SELECT 1 FROM items AS i"
    " WHERE i.number = e.item AND i.conversation_id IS NOT NULL)"
    " AND NOT EXISTS (SELECT 1 FROM search_queue AS q WHERE q.item = e.item))"
    " OR (e.item IS NULL AND NOT EXISTS (SELECT 1 FROM conversations AS c WHERE c.id = e.conversation_id AND c.title IS NOT NULL)"
    " AND NOT EXISTS (SELECT 1 FROM search_queue AS q WHERE q.conversation_id = e.conversation_id))"
)
_UNINDEXED: Final = "SELECT count(*) FROM search_entries WHERE id NOT IN (SELECT id FROM search_words_docsize)"
_UNKNOWN: Final = "SELECT count(*) FROM search_words_docsize WHERE id NOT IN (SELECT id FROM search_entries)"
_SAMPLE: Final = "SELECT id, space, words FROM search_entries ORDER BY random() LIMIT :most"
_HAS: Final = "SELECT 1 FROM search_words WHERE search_words MATCH :words AND rowid = :id"
_LEXEME: Final = re.compile(r"'([^']+)'(?::([0-9,]+))?")

Row = tuple[str, str, int, str, int]


async def findings(connection: Connection) -> list[Finding]:
    """What isn't as it should be; what is still on the list is no fault."""
    kind = connection.dialect.name
    missing = _TRIGGERS - set((await connection.execute(sa.text(_TRIGGERS_OF[kind]))).scalars())
    found = [Finding(_CHECK, f"the trigger {name} is missing: changes aren't indexed") for name in sorted(missing)]
    pending = await _count(connection, "SELECT count(*) FROM search_queue")
    if pending:
        found.append(Finding(_CHECK, f"{pending} changes wait to be indexed: a server does it as it runs", warning=True))
    wrong = [_name(subject) async for subject in _subjects(connection) if not await _is_true(connection, kind, subject)]
    if wrong:
        found.append(Finding(_CHECK, f"the index is not what was said in {len(wrong)} places: {listed(wrong)}; {_REMEDY}"))
    orphans = await _count(connection, _ORPHANS)
    if orphans:
        found.append(Finding(_CHECK, f"{orphans} entries of the index are of what is gone; {_REMEDY}"))
    if kind == "sqlite":
        try:
            found += await _of_words(connection)
        except DBAPIError as error:
            found.append(Finding(_CHECK, f"the index can't be read: {str(error.orig).splitlines()[0]}; {_REMEDY}"))
    return found


async def _subjects(connection: Connection) -> AsyncIterator[Subject]:
    number: Any = -1
    while rows := (await connection.execute(sa.text(_ITEMS), {"after": number, "most": _AT_ONCE})).all():
        for row in rows:
            yield Subject(row[0], row[1], row[2], row[3], str(row[4]).encode(), row[5])
        number = rows[-1][0]
    id: Any = ""
    while rows := (await connection.execute(sa.text(_TITLES), {"after": id, "most": _AT_ONCE})).all():
        for row in rows:
            yield Subject(None, row[1], row[0], "", str(row[2]).encode(), row[3])
        id = rows[-1][0]


async def _is_true(connection: Connection, kind: str, subject: Subject) -> bool:
    """Whether the entries are those that would be made now."""
    role, sections = sections_of_subject(subject)
    where = "item = :of" if subject.number is not None else "item IS NULL AND conversation_id = :of"
    of = subject.conversation_id if subject.number is None else subject.number
    rows = (await connection.execute(sa.text(_ENTRIES.format(_WORDS[kind], where)), {"of": of})).all()
    there = [((row[0], row[1], row[2], row[3], row[4]), _words(kind, str(row[5]))) for row in rows]
    return there == [
        ((subject.space, subject.conversation_id, part, role, subject.created_at), _expected(kind, subject.space, section))
        for part, section in enumerate(sections)
    ]


def _expected(kind: str, space: str, section: Section) -> object:
    return _words(kind, stored_sqlite(section) if kind == "sqlite" else indexed_postgresql(space, section))


def _words(kind: str, text: str) -> object:
    """Words in a form that compares: PostgreSQL sorts them in its own way."""
    return text if kind == "sqlite" else sorted(_LEXEME.findall(text))


async def _of_words(connection: Connection) -> list[Finding]:
    """SQLite's index beside the entries: an entry each, and of some of them every word."""
    lost, unknown = await _count(connection, _UNINDEXED), await _count(connection, _UNKNOWN)
    for id, space, words in (await connection.execute(sa.text(_SAMPLE), {"most": _SAMPLES})).all():
        asked = " AND ".join(f'"{word}"' for word in _some(indexed_sqlite(space, words).split(" ")))
        lost += (await connection.execute(sa.text(_HAS), {"words": asked, "id": id})).first() is None
    if not lost and not unknown:
        return []
    return [Finding(_CHECK, f"{lost} entries can't be found, {unknown} are found that are none; {_REMEDY}")]


def _some(words: Iterable[str]) -> Sequence[str]:
    return sorted(set(words))[:100]


def _name(subject: Subject) -> str:
    return f"conversation {subject.conversation_id}" if subject.number is None else f"item {subject.number}"


async def _count(connection: Connection, sql: str) -> int:
    return int((await connection.execute(sa.text(sql))).scalar_one())
