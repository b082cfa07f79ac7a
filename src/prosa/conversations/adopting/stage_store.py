"""What an import read, laid out for being taken over one conversation after the other, however large the files are.

SQLite's private database: a file without a name that nobody else can open and that is gone with the process, however it ends.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Final

from prosa.conversations.adopting.models import Owner, Talk, Word

SCHEMA: Final = (
    "PRAGMA journal_mode=OFF",
    "PRAGMA cache_size=-16000",
    "CREATE TABLE person (key TEXT PRIMARY KEY, account TEXT) WITHOUT ROWID",
    "CREATE TABLE talk (seq INTEGER PRIMARY KEY, key TEXT UNIQUE, owner TEXT, title TEXT, created INTEGER, updated INTEGER,"
    " deleted INTEGER)",
    "CREATE TABLE word (seq INTEGER PRIMARY KEY, key TEXT UNIQUE, talk TEXT, author TEXT, role TEXT, text TEXT, said INTEGER,"
    " updated INTEGER, deleted INTEGER)",
)
INDEXED: Final = ("CREATE INDEX word_of_talk ON word (talk, said, seq)",)
_TALKS: Final = "SELECT key, owner, title, created, updated, deleted, seq FROM talk WHERE seq > ? ORDER BY seq LIMIT ?"
_WORD: Final = "SELECT key, talk, author, role, text, said, updated, deleted, seq FROM word "
_OF_TALK: Final = _WORD + "WHERE talk = ? AND (author IS NULL OR author IS ?) ORDER BY said, seq"
_STRAY: Final = (
    _WORD  # noqa: S608  # our own words
    + "AS w WHERE NOT EXISTS (SELECT 1 FROM talk WHERE talk.key = w.talk AND (w.author IS NULL OR w.author IS talk.owner))"
    " ORDER BY author, talk, said, seq"
)
_AT_ONCE: Final = 200


class Stage:
    """Fill it, `arrange` it, and go through it."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect("", isolation_level=None)
        for statement in SCHEMA:
            self._connection.execute(statement)

    def close(self) -> None:
        """Let it go."""
        self._connection.close()

    def put_owners(self, owners: Iterable[tuple[str, Owner]]) -> None:
        """What became of people, by their ids there."""
        rows = [(key, owner.account_id) for key, owner in owners]
        self._connection.executemany("INSERT OR REPLACE INTO person VALUES (?, ?)", rows)

    def put_talk(self, talk: Talk) -> bool:
        """Whether it is the first with its id."""
        row = (talk.key, talk.owner, talk.title, talk.created_at, talk.updated_at, talk.deleted)
        adding = "INSERT OR IGNORE INTO talk (key, owner, title, created, updated, deleted) VALUES (?, ?, ?, ?, ?, ?)"
        return self._connection.execute(adding, row).rowcount == 1

    def put_word(self, word: Word) -> bool:
        """Whether it is the first with its id."""
        adding = (
            "INSERT OR IGNORE INTO word (key, talk, author, role, text, said, updated, deleted) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        )
        return self._connection.execute(adding, tuple(word)).rowcount == 1

    def arrange(self) -> None:
        """Put words in the order in which they were said; nothing is added afterwards."""
        for statement in INDEXED:
            self._connection.execute(statement)

    def owner(self, key: str | None) -> Owner | None:
        """What became of a person; None for one who never was there."""
        row = self._connection.execute("SELECT account FROM person WHERE key = ?", (key,)).fetchone()
        return None if row is None else Owner(row[0])

    def talks(self) -> Iterator[tuple[int, Talk]]:
        """Every talk in the order in which it came, with its place."""
        last = 0
        while rows := self._connection.execute(_TALKS, (last, _AT_ONCE)).fetchall():
            for row in rows:
                yield row[6], Talk(row[0], row[1], row[2], row[3], row[4], bool(row[5]))
            last = rows[-1][6]

    def words_of(self, talk: Talk) -> Iterator[tuple[int, Word]]:
        """What was said in a talk by whose it is, and to them, in order, with its place."""
        return map(_word, self._connection.execute(_OF_TALK, (talk.key, talk.owner)))

    def count_words_of(self, talk: Talk) -> int:
        """How many."""
        counting = "SELECT count(*) FROM word WHERE talk = ? AND (author IS NULL OR author IS ?)"
        return int(self._connection.execute(counting, (talk.key, talk.owner)).fetchone()[0])

    def strays(self) -> Iterator[tuple[int, Word]]:
        """What belongs to no talk, or was put into somebody else's: by author and talk, in order."""
        return map(_word, self._connection.execute(_STRAY))


def _word(row: tuple[object, ...]) -> tuple[int, Word]:
    key, talk, author, role, text, said, updated, deleted, seq = row
    assert isinstance(seq, int)
    word = Word(
        str(key),
        str(talk),
        None if author is None else str(author),
        str(role),
        str(text),
        said if isinstance(said, int) else None,
        updated if isinstance(updated, int) else None,
        bool(deleted),
    )
    return seq, word
