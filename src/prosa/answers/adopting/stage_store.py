"""What was read, laid out for being taken over thread by thread, however large the files are.

SQLite's private database: a file without a name that nobody else can open and that is gone with the process, however it ends.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

_SCHEMA: Final = (
    "PRAGMA journal_mode=OFF",
    "PRAGMA cache_size=-16000",
    "CREATE TABLE thing (seq INTEGER PRIMARY KEY, kind TEXT, key TEXT, body BLOB)",
    "CREATE UNIQUE INDEX thing_by_key ON thing (kind, key)",
    "CREATE TABLE message (seq INTEGER PRIMARY KEY, key TEXT UNIQUE, thread TEXT, said INTEGER, role TEXT, body BLOB)",
    "CREATE TABLE step (seq INTEGER PRIMARY KEY, key TEXT UNIQUE, run TEXT, made INTEGER, body BLOB)",
    "CREATE TABLE member (store TEXT, file TEXT, body BLOB, PRIMARY KEY (store, file)) WITHOUT ROWID",
    "CREATE TABLE here (id TEXT PRIMARY KEY, name TEXT) WITHOUT ROWID",
    "CREATE TABLE wanted (kind TEXT, key TEXT, PRIMARY KEY (kind, key)) WITHOUT ROWID",
)
_ARRANGED: Final = (
    "CREATE INDEX message_of_thread ON message (thread, said, seq)",
    "CREATE INDEX step_of_run ON step (run, made, seq)",
)
_THINGS: Final = "SELECT seq, key, body FROM thing WHERE kind = ? AND seq > ? ORDER BY seq LIMIT ?"
_STRAYS: Final = (
    "SELECT DISTINCT thread FROM message WHERE thread > ? AND NOT EXISTS"
    " (SELECT 1 FROM thing WHERE kind = 'threads' AND key = thread) ORDER BY thread LIMIT ?"
)
# A list of the API begins with the newest message where nothing else was asked for: then what shares a second stands the other
# way round. Where all was said in one second, an answer doesn't stand before its question.
_EDGE: Final = "SELECT said, role FROM message WHERE thread = ? ORDER BY seq {} LIMIT 1"
_MESSAGES: Final = "SELECT key, body FROM message WHERE thread = ? ORDER BY said, seq {}"
_AT_ONCE: Final = 100


class Staged(NamedTuple):
    """An object as it was saved: its id and its JSON."""

    key: str
    body: bytes


class Stage:
    """Fill it, `arrange` it, and go through it."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect("", isolation_level=None)
        for statement in _SCHEMA:
            self._connection.execute(statement)

    def close(self) -> None:
        """Let it go."""
        self._connection.close()

    def put(self, kind: str, key: str, body: bytes) -> bool:
        """Whether it is the first of its kind with this id."""
        return self._changed("INSERT OR IGNORE INTO thing (kind, key, body) VALUES (?, ?, ?)", (kind, key, body))

    def put_message(self, key: str, thread: str, said: int, role: str, body: bytes) -> bool:
        """The same for a message; `said` in seconds since 1970."""
        adding = "INSERT OR IGNORE INTO message (key, thread, said, role, body) VALUES (?, ?, ?, ?, ?)"
        return self._changed(adding, (key, thread, said, role, body))

    def put_step(self, key: str, run: str, made: int, body: bytes) -> bool:
        """The same for a step of a run; `made` in seconds since 1970."""
        return self._changed("INSERT OR IGNORE INTO step (key, run, made, body) VALUES (?, ?, ?, ?)", (key, run, made, body))

    def put_member(self, store: str, file: str, body: bytes) -> bool:
        """The same for a file of a store."""
        return self._changed("INSERT OR IGNORE INTO member VALUES (?, ?, ?)", (store, file, body))

    def put_here(self, id: str, name: str) -> None:
        """This file is here now, or would be."""
        self._connection.execute("INSERT OR IGNORE INTO here VALUES (?, ?)", (id, name))

    def want(self, kind: str, key: str) -> None:
        """Something names it."""
        self._connection.execute("INSERT OR IGNORE INTO wanted VALUES (?, ?)", (kind, key))

    def arrange(self) -> None:
        """Put messages in their order; none is added afterwards."""
        for statement in _ARRANGED:
            self._connection.execute(statement)

    def things(self, kind: str) -> Iterator[Staged]:
        """All of a kind, in the order in which they came."""
        last = 0
        while rows := self._connection.execute(_THINGS, (kind, last, _AT_ONCE)).fetchall():
            last = rows[-1][0]
            yield from (Staged(key, body) for _, key, body in rows)

    def strays(self) -> Iterator[str]:
        """Threads that have messages and weren't saved themselves."""
        last = ""
        while rows := self._connection.execute(_STRAYS, (last, _AT_ONCE)).fetchall():
            for (last,) in rows:
                yield last

    def messages(self, thread: str, most: int) -> Iterator[list[Staged]]:
        """A thread's messages in the order in which they were said, so many at once."""
        way = "DESC" if self._is_reversed(thread) else "ASC"
        found = self._connection.execute(_MESSAGES.format(way), (thread,))
        while rows := found.fetchmany(most):
            yield [Staged(*row) for row in rows]

    def has_thread(self, thread: str) -> bool:
        """Whether a thread was saved, or anything said in it."""
        saved = (
            "SELECT 1 FROM thing WHERE kind = 'threads' AND key = ?1 UNION ALL SELECT 1 FROM message WHERE thread = ?1 LIMIT 1"
        )
        return self._connection.execute(saved, (thread,)).fetchone() is not None

    def steps(self, run: str) -> list[Staged]:
        """A run's steps, in their order."""
        found = self._connection.execute("SELECT key, body FROM step WHERE run = ? ORDER BY made, seq", (run,))
        return [Staged(*row) for row in found]

    def first_asked(self, thread: str) -> bytes | None:
        """The JSON of the first message in a thread that a person wrote."""
        asked = "SELECT body FROM message WHERE thread = ? AND role = 'user' ORDER BY said LIMIT 1"
        row = self._connection.execute(asked, (thread,)).fetchone()
        return None if row is None else bytes(row[0])

    def first_said(self, thread: str) -> int:
        """When a thread's first message was said."""
        return int(self._connection.execute("SELECT MIN(said) FROM message WHERE thread = ?", (thread,)).fetchone()[0] or 0)

    def members(self, store: str, most: int) -> Iterator[list[Staged]]:
        """The files of a store, so many at once."""
        last = ""
        ask = "SELECT file, body FROM member WHERE store = ? AND file > ? ORDER BY file LIMIT ?"
        while rows := self._connection.execute(ask, (store, last, most)).fetchall():
            last = rows[-1][0]
            yield [Staged(*row) for row in rows]

    def unsaved(self, kind: str) -> Iterator[str]:
        """What something names and wasn't saved itself."""
        last = ""
        ask = (
            "SELECT key FROM wanted WHERE kind = ?1 AND key > ?2 AND NOT EXISTS"
            " (SELECT 1 FROM thing WHERE thing.kind = ?1 AND thing.key = wanted.key) ORDER BY key LIMIT ?3"
        )
        while rows := self._connection.execute(ask, (kind, last, _AT_ONCE)).fetchall():
            for (last,) in rows:
                yield last

    def names(self, ids: Sequence[str]) -> dict[str, str]:
        """The names of those of these files that are here."""
        found: dict[str, str] = {}
        for id in ids:
            row = self._connection.execute("SELECT name FROM here WHERE id = ?", (id,)).fetchone()
            if row is not None:
                found[id] = row[0]
        return found

    def _is_reversed(self, thread: str) -> bool:
        first = self._connection.execute(_EDGE.format("ASC"), (thread,)).fetchone()
        last = self._connection.execute(_EDGE.format("DESC"), (thread,)).fetchone()
        if first is None or first[0] != last[0]:
            return first is not None and first[0] > last[0]
        return (first[1], last[1]) == ("assistant", "user")

    def _changed(self, statement: str, row: tuple[object, ...]) -> bool:
        return self._connection.execute(statement, row).rowcount == 1
