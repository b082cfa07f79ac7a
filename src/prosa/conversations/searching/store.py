"""What is found, past SQLAlchemy: one question to the index, the same on both kinds of database."""

from collections.abc import Sequence
from typing import Final

from prosa.conversations.searching.models import Found, Place, Ranking, SearchQuery
from prosa.conversations.searching.questions import Question, asked_postgresql, asked_sqlite
from prosa.conversations.shelf.words import folded
from prosa.drivers.sql import Database

_MATCH: Final = {
    "sqlite": "entries.id IN (SELECT rowid FROM search_words WHERE search_words MATCH {})",
    "postgresql": "entries.words @@ CAST({} AS tsquery)",
}
_TITLE: Final = "CASE WHEN entries.item IS NULL THEN 4 ELSE 0 END"
_BETTER: Final = " + CASE WHEN {} THEN {} ELSE 0 END"
_BODY: Final = "SELECT body FROM items WHERE number = $2 AND space = $1"
_BODIES: Final = "SELECT number, body FROM items WHERE space = $1 AND length(body) <= $2 AND number IN ({})"


class SearchStore:
    """The index of one database, as one space may look into it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._asked = asked_sqlite if database.kind == "sqlite" else asked_postgresql

    async def find(self, space: str, question: Question, query: SearchQuery) -> list[Found]:
        """One hit more than asked for, where there are as many."""
        asking = _Asking(self._database.kind)
        sql = self._sql(asking, space, question, query)
        return [_found(row) for row in await self._database.fetch(sql, *asking.values)]

    async def items(self, space: str, numbers: Sequence[int], most: int) -> dict[int, bytes]:
        """By number, the bodies of items that have at most so many characters."""
        if not numbers:
            return {}
        signs = ", ".join(f"${place}" for place in range(3, len(numbers) + 3))
        rows = await self._database.fetch(_BODIES.format(signs), space, most, *numbers)
        return {int(str(number)): str(body).encode() for number, body in rows}

    async def item(self, space: str, number: int) -> bytes:
        """An item's body; empty where it is gone."""
        rows = await self._database.fetch(_BODY, space, number)
        return str(rows[0][0]).encode() if rows else b""

    def _sql(self, asking: "_Asking", space: str, question: Question, query: SearchQuery) -> str:
        own = asking.text(space)
        matching = [asking.match(self._asked(space, question)), f"entries.space = {own}", *_of_entry(asking, query)]
        score = "0"
        if query.ranking is Ranking.BEST:
            score = self._score(asking, space, question)
        found = (
            f"SELECT entries.conversation_id, entries.item, MAX({score}) AS score FROM search_entries AS entries"  # noqa: S608  # our own words
            f" WHERE {' AND '.join(matching)} GROUP BY entries.conversation_id, entries.item"
        )
        return (
            "SELECT * FROM (SELECT found.score, COALESCE(items.created_at, conversations.created_at) AS moment,"  # noqa: S608  # as above
            " COALESCE(items.id, conversations.id) AS id, conversations.id AS conversation_id, conversations.title, items.number,"
            f" items.type FROM ({found}) AS found JOIN conversations ON conversations.id = found.conversation_id"
            " LEFT JOIN items ON items.number = found.item"
            f" WHERE conversations.space = {own} AND conversations.deleted_at IS NULL"
            f" AND (found.item IS NULL OR (items.space = {own} AND items.conversation_id = conversations.id"
            f" AND items.deleted_at IS NULL)){_of_conversation(asking, query, own)}) AS hits"
            f"{_behind(asking, query.after)} ORDER BY score DESC, moment DESC, id DESC LIMIT {asking.number(query.limit + 1)}"
        )

    def _score(self, asking: "_Asking", space: str, question: Question) -> str:
        """Points for a title, for all words in the order in which they were typed, and for all of them in that form."""
        strict, phrase = question.strict(), question.phrase()
        if strict == question == phrase:
            return _TITLE
        if strict == phrase:
            return _TITLE + _BETTER.format(asking.match(self._asked(space, strict)), 3)
        points = _TITLE + _BETTER.format(asking.match(self._asked(space, phrase)), 2)
        return points if strict == question else points + _BETTER.format(asking.match(self._asked(space, strict)), 1)


class _Asking:
    """Collects the values of one question to the database, each with its sign in the text."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self.values: list[object] = []

    def text(self, value: str) -> str:
        return f"CAST({self._sign(value)} AS TEXT)"

    def number(self, value: int) -> str:
        return f"CAST({self._sign(value)} AS BIGINT)"

    def match(self, asked: str) -> str:
        sign = self._sign(asked)
        return _MATCH[self._kind].format(sign if self._kind == "sqlite" else f"CAST({sign} AS TEXT)")

    def _sign(self, value: object) -> str:
        self.values.append(value)
        return f"${len(self.values)}"


def _of_entry(asking: _Asking, query: SearchQuery) -> list[str]:
    """What the index knows by itself."""
    conditions = []
    if query.speaker is not None:
        conditions.append(f"entries.role = {asking.text(query.speaker)}")
    if query.conversation_id is not None:
        conditions.append(f"entries.conversation_id = {asking.text(query.conversation_id)}")
    if query.since is not None:
        conditions.append(f"entries.created_at >= {asking.number(query.since)}")
    if query.until is not None:
        conditions.append(f"entries.created_at < {asking.number(query.until)}")
    return conditions


def _of_conversation(asking: _Asking, query: SearchQuery, own: str) -> str:
    """What its conversation knows."""
    conditions = ""
    if query.folder_id is not None:
        conditions += f" AND conversations.folder_id = {asking.text(query.folder_id)}"
    if query.tag is not None:
        conditions += (
            " AND conversations.id IN (SELECT conversation_id FROM conversation_tags"  # noqa: S608  # our own words
            f" WHERE space = {own} AND tag_key = {asking.text(folded(query.tag))})"
        )
    return conditions


def _behind(asking: _Asking, after: Place | None) -> str:
    if after is None:
        return ""
    values = (asking.number(after.score), asking.number(after.moment), asking.text(after.id))
    return f" WHERE (score, moment, id) < ({', '.join(values)})"


def _found(row: Sequence[object]) -> Found:
    score, moment, id, conversation_id, title, number, type = row
    assert isinstance(score, int)
    assert isinstance(moment, int)
    return Found(
        place=Place(score, moment, str(id)),
        conversation_id=str(conversation_id),
        title=None if title is None else str(title),
        number=number if isinstance(number, int) else None,
        type="" if type is None else str(type),
    )
