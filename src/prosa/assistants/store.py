"""Assistants in the database. Reads are made here; writes are told, for the journal."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from prosa.assistants.models import (
    Assistant,
    Audience,
    Grant,
    GranteeKind,
    Page,
    Query,
    Right,
    Version,
)
from prosa.assistants.shapes import Definition
from prosa.conversations import folded
from prosa.drivers.journal import Part, Statement
from prosa.drivers.sql import Database, storable
from prosa.kit.moments import SECOND, stored

PAGE_BYTES: Final = 4 * 1024 * 1024
"""Of definitions in one page: what is beyond comes with the next one."""

# `$1` to `$3` are the viewer's space, account and role in all that is read for somebody.
_SELECT: Final = (
    "SELECT a.id, a.space, a.body, a.version, a.state, a.audience, a.created_at, a.updated_at, a.foreign_id, a.picture,"
    " CASE WHEN a.space = $1 THEN 'own' ELSE (SELECT MIN(g.may) FROM assistant_grants g WHERE g.assistant_id = a.id AND"
    " ((g.kind = 'person' AND g.grantee = $2) OR (g.kind = 'role' AND g.grantee = $3)) AND g.grantee <> '') END AS may,"
    " c.found FROM assistants a"
)
# The last two are "" for who has none, and so is the grantee of an address that nobody has: the two never meet.
_VISIBLE: Final = (
    "a.id IN (SELECT id FROM assistants WHERE space = $1 UNION SELECT id FROM assistants WHERE audience = 'everyone'"
    " UNION SELECT assistant_id FROM assistant_grants WHERE kind = 'person' AND grantee = $2 AND grantee <> ''"
    " UNION SELECT assistant_id FROM assistant_grants WHERE kind = 'role' AND grantee = $3 AND grantee <> '')"
)
# Others' are there as long as their owner isn't suspended.
_OPEN: Final = "(a.space = $1 OR NOT EXISTS (SELECT 1 FROM accounts o WHERE o.id = a.space AND o.status <> 'active'))"
_OWN: Final = "a.space = $1"
_ONE: Final = _SELECT + " JOIN (SELECT 1 AS found) c ON TRUE"
GET: Final = _ONE + " WHERE a.id = $4 AND " + _OPEN
FOREIGN: Final = (
    _ONE
    + " WHERE a.foreign_id = $4 AND "
    + f"{_VISIBLE} AND {_OPEN}"
    + " ORDER BY CASE WHEN a.space = $1 THEN 0 ELSE 1 END, a.created_at, a.id LIMIT 1"
)
# Ids are hexadecimal, so that they are themselves in a pattern.
_HOLDING: Final = _ONE + f" WHERE a.space = $4 AND {_VISIBLE} AND {_OPEN} AND a.body LIKE $5 ORDER BY a.created_at, a.id LIMIT $6"
_WANTED: Final = "SELECT a.id, a.created_at, a.size FROM assistants a WHERE "
_COUNTED: Final = "SELECT id, (SELECT COUNT(*) FROM wanted) AS found, SUM(size) OVER ("
VERSION: Final = (
    "SELECT number, created_at, author, restores, body FROM assistant_versions"
    " WHERE assistant_id = $1 AND number = CAST($2 AS BIGINT)"
)
VERSIONS: Final = (
    "SELECT number, created_at, author, restores, size FROM assistant_versions"
    " WHERE assistant_id = $1 AND number < CAST($2 AS BIGINT) ORDER BY number DESC LIMIT $3"
)
GRANTS: Final = "SELECT kind, told, grantee, may FROM assistant_grants WHERE assistant_id = $1 ORDER BY kind, told"
HELD: Final = (
    "SELECT (SELECT COUNT(*) FROM assistants WHERE space = $1),"
    " (SELECT COALESCE(SUM(size), 0) FROM assistant_versions WHERE space = $1)"
)

CREATE: Final = Statement(
    "INSERT INTO assistants (id, space, body, words, size, version, state, edit_id, audience, created_at, updated_at, foreign_id)"
    " VALUES ($1, $2, $3, $4, CAST($5 AS BIGINT), 1, 1, $6, 'private', CAST($7 AS BIGINT), CAST($7 AS BIGINT), $8)"
)
# Whoever writes puts a name of its own on the row, by which the rows that belong to it know that it was this writer who won.
_TOUCH: Final = (
    "UPDATE assistants SET state = state + 1, edit_id = $3, updated_at = CAST($4 AS BIGINT){}"
    " WHERE id = $1 AND state = CAST($2 AS BIGINT)"
)
REDEFINE: Final = Statement(
    _TOUCH.format(", version = CAST($5 AS BIGINT), body = $6, words = $7, size = CAST($8 AS BIGINT)"),
)
SHARE: Final = Statement(_TOUCH.format(", audience = $5"))
PICTURE: Final = Statement(_TOUCH.format(", picture = $5"))
_WON: Final = " EXISTS (SELECT 1 FROM assistants WHERE id = $1 AND edit_id = $2)"
NOTE: Final = Statement(
    "INSERT INTO assistant_versions (assistant_id, number, space, author, created_at, restores, body, size)"
    " SELECT $1, CAST($3 AS BIGINT), $4, $5, CAST($6 AS BIGINT), CAST($7 AS BIGINT), $8, CAST($9 AS BIGINT) WHERE" + _WON
)
TRIM: Final = Statement("DELETE FROM assistant_versions WHERE assistant_id = $1 AND number <= CAST($2 AS BIGINT)")
_UNGRANT: Final = "DELETE FROM assistant_grants WHERE assistant_id = $1 AND"
UNGRANT: Final = Statement(_UNGRANT + _WON)
GRANT: Final = Statement(
    "INSERT INTO assistant_grants (assistant_id, kind, told, space, grantee, may) SELECT $1, $3, $4, $5, $6, $7 WHERE" + _WON
)
DELETE: Final = (
    Statement("DELETE FROM assistants WHERE id = $1 AND space = $2"),
    Statement("DELETE FROM assistant_versions WHERE assistant_id = $1 AND space = $2"),
    Statement("DELETE FROM assistant_grants WHERE assistant_id = $1 AND space = $2"),
)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: their space, account and role, "" where there is none."""

    space: str
    account_id: str = ""
    role: str = ""

    @property
    def row(self) -> tuple[str, str, str]:
        """The first three parameters of what is read for somebody."""
        return self.space, self.account_id, self.role


@dataclass(frozen=True, slots=True)
class Line:
    """A version in a list: `size` is its definition's in bytes."""

    number: int
    created_at: float
    author: str | None
    restores: int | None
    size: int


class AssistantStore:
    """What is read of assistants."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, viewer: Viewer, id: str) -> Assistant | None:
        """One by its stored id; None where there is none that the viewer may use."""
        rows = await self._database.fetch(GET, *viewer.row, id)
        return _assistant(rows[0]) if rows else None

    async def by_foreign(self, viewer: Viewer, foreign: str) -> Assistant | None:
        """One by the id that it brought along: the viewer's own before others'."""
        rows = await self._database.fetch(FOREIGN, *viewer.row, foreign)
        return _assistant(rows[0]) if rows else None

    async def holding(self, viewer: Viewer, space: str, store_id: str, most: int) -> list[Assistant]:
        """Those of a space that the viewer may use and that a vector store comes with, the oldest first."""
        rows = await self._database.fetch(_HOLDING, *viewer.row, space, f'%"{store_id}"%', most)
        found = (_assistant(row) for row in rows)
        return [each for each in found if each is not None and store_id in (each.definition.store_ids or ())]

    async def page(self, viewer: Viewer, query: Query) -> Page:
        """A part of what the viewer may use. Before `query.before` alone it is the part that ends there."""
        backwards = query.before is not None and query.after is None
        statement, values = _listing(query, backwards)
        rows = await self._database.fetch(statement, *viewer.row, *values)
        found = [each for row in rows[: query.limit] if (each := _assistant(row)) is not None]
        more = bool(rows) and int(str(rows[0][-1])) > len(found)
        return Page(tuple(reversed(found) if backwards else found), more)

    async def version(self, id: str, number: int) -> Version | None:
        """One version."""
        rows = await self._database.fetch(VERSION, id, number)
        if not rows:
            return None
        found, created_at, author, restores, body = rows[0]
        assert isinstance(found, int) and isinstance(created_at, int) and isinstance(body, str)
        return Version(found, created_at / SECOND, _text(author), _number(restores), Definition.of(body))

    async def versions(self, id: str, before: int, limit: int) -> list[Line]:
        """At most so many versions with numbers below `before`, newest first."""
        return [_line(row) for row in await self._database.fetch(VERSIONS, id, before, limit)]

    async def grants(self, id: str) -> tuple[Grant, ...]:
        """Who may do what with it, beside its owner and what everybody may."""
        rows = await self._database.fetch(GRANTS, id)
        return tuple(Grant(GranteeKind(str(kind)), str(told), str(grantee), Right(str(may))) for kind, told, grantee, may in rows)

    async def held(self, space: str) -> tuple[int, int]:
        """How many assistants a space has, and how many bytes their versions have."""
        [[count, size]] = await self._database.fetch(HELD, space)
        return int(str(count)), int(str(size))


def _listing(query: Query, backwards: bool) -> tuple[str, list[object]]:
    """The query of a page, and its values beyond the viewer's three."""
    values: list[object] = []

    def parameter(value: object, cast: str = "{}") -> str:
        values.append(value)
        return cast.format(f"${len(values) + 3}")

    newest = query.newest_first is not backwards  # the order of reading
    where = [_OWN] if query.own else [_VISIBLE, _OPEN]
    if query.lent is not None:
        where += ["a.space <> $1", f"a.audience = {parameter(query.lent.value)}"]
    for place, behind in ((query.after, not backwards), (query.before, backwards)):
        if place is not None:
            sign = "<" if newest is behind else ">"
            moment, id = parameter(place[0], "CAST({} AS BIGINT)"), parameter(place[1])
            where.append(f"(a.created_at, a.id) {sign} ({moment}, {id})")
    if query.search:
        where.append(f"a.words LIKE {parameter(_pattern(query.search))} ESCAPE '!'")
    direction = "DESC" if newest else "ASC"
    order = f" ORDER BY {{0}}created_at {direction}, {{0}}id {direction}"
    parts = (
        "WITH wanted AS (",
        _WANTED + " AND ".join(where) + order.format("a."),
        f" LIMIT {parameter(query.limit + 1)}), counted AS (",
        _COUNTED + order.format("") + ") - size AS ahead FROM wanted) ",
        _SELECT + f" JOIN counted c ON c.id = a.id WHERE c.ahead < {PAGE_BYTES}" + order.format("a."),
    )
    return "".join(parts), values


def _pattern(text: str) -> str:
    """What LIKE takes for a text that has this one in it."""
    plain = storable(folded(text))
    for character in "!%_":
        plain = plain.replace(character, "!" + character)
    return f"%{plain}%"


def creation(assistant: Assistant, edit_id: str) -> tuple[Part, ...]:
    """A new assistant with its first version; refused where there is one of its id."""
    body, made = assistant.definition.stored(), stored(assistant.created_at)
    row = (assistant.id, assistant.space, body.decode(), words_of(assistant), len(body), edit_id, made, assistant.foreign)
    return (CREATE, row), _note(assistant, edit_id, assistant.space, made, None)


def redefinition(after: Assistant, edit_id: str, author: str, restores: int | None, kept: int) -> tuple[Part, ...]:
    """Another definition as a version of its own, with the newest `kept`; the first part counts 1 where nobody was faster.

    `after`: as it is to be, `state` among it.
    """
    body, now = after.definition.stored(), stored(after.updated_at)
    row = (after.id, after.state - 1, edit_id, now, after.version, body.decode(), words_of(after), len(body))
    return (REDEFINE, row), _note(after, edit_id, author, now, restores), (TRIM, (after.id, after.version - kept))


def sharing(after: Assistant, edit_id: str, grants: Sequence[Grant]) -> tuple[Part, ...]:
    """Who may use it from now on, likewise."""
    rows = [
        (GRANT, (after.id, edit_id, each.kind.value, each.told, after.space, each.grantee, each.right.value)) for each in grants
    ]
    touched = (after.id, after.state - 1, edit_id, stored(after.updated_at), after.audience.value)
    return (SHARE, touched), (UNGRANT, (after.id, edit_id)), *rows


def picturing(after: Assistant, edit_id: str) -> Part:
    """Its picture, likewise."""
    return PICTURE, (after.id, after.state - 1, edit_id, stored(after.updated_at), after.picture)


def deletion(space: str, id: str) -> tuple[Part, ...]:
    """The assistant with all that belongs to it; the first part counts 1 where it was there."""
    return tuple((statement, (id, space)) for statement in DELETE)


def words_of(assistant: Assistant) -> str:
    """In what a search looks."""
    definition = assistant.definition
    return storable("\n".join(folded(text) for text in (definition.name or "", definition.description or "", assistant.shown)))


def _note(assistant: Assistant, edit_id: str, author: str, moment: int, restores: int | None) -> Part:
    body = assistant.definition.stored()
    row = (assistant.id, edit_id, assistant.version, assistant.space, author, moment, restores, body.decode(), len(body))
    return NOTE, row


def _assistant(row: Sequence[object]) -> Assistant | None:
    """None for one that the viewer may not use."""
    id, space, body, version, state, audience, created_at, updated_at, foreign, picture, may, _found = row
    assert isinstance(created_at, int) and isinstance(updated_at, int) and isinstance(body, str)
    assert isinstance(version, int) and isinstance(state, int)
    if may is None and audience != Audience.EVERYONE:
        return None
    return Assistant(
        id=str(id),
        space=str(space),
        definition=Definition.of(body),
        version=version,
        state=state,
        audience=Audience(str(audience)),
        created_at=created_at / SECOND,
        updated_at=updated_at / SECOND,
        right=Right.USE if may is None else Right(str(may)),
        foreign=_text(foreign),
        picture=_text(picture),
    )


def _line(row: Sequence[object]) -> Line:
    number, created_at, author, restores, size = row
    assert isinstance(number, int) and isinstance(created_at, int) and isinstance(size, int)
    return Line(number, created_at / SECOND, _text(author), _number(restores), size)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None
