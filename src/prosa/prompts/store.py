"""Prompts in the database. Reads are made here; writes are told, for the journal."""

from collections.abc import Sequence
from typing import Final

from prosa.conversations import folded
from prosa.drivers.journal import Part, Statement
from prosa.drivers.sql import Database, storable
from prosa.kit.moments import SECOND, stored
from prosa.prompts.models import MOST, Audience, Prompt, Query

_COLUMNS: Final = "p.id, p.space, p.name, p.command, p.body, p.audience, p.created_at, p.updated_at, p.version"
# Others' are there as long as their owner isn't suspended.
_VISIBLE: Final = (
    "(p.space = $1 OR (p.audience = 'everyone'"
    " AND NOT EXISTS (SELECT 1 FROM accounts o WHERE o.id = p.space AND o.status <> 'active')))"
)
GET: Final = f"SELECT {_COLUMNS} FROM prompts p WHERE p.id = $2 AND {_VISIBLE}"  # noqa: S608  # our own words
COMMANDS: Final = "SELECT command FROM prompts WHERE space = $1 AND command LIKE $2 ESCAPE '!'"
COUNT: Final = "SELECT COUNT(*) FROM prompts WHERE space = $1"
CREATE: Final = Statement(
    "INSERT INTO prompts (id, space, name, command, body, words, audience, created_at, updated_at, version)"
    " SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS TEXT), CAST($6 AS TEXT),"
    " CAST($7 AS TEXT), CAST($8 AS BIGINT), CAST($8 AS BIGINT), 1"
    " WHERE (SELECT COUNT(*) FROM prompts WHERE space = CAST($2 AS TEXT)) < CAST($9 AS BIGINT)"
)
CHANGE: Final = Statement(
    "UPDATE prompts SET name = $3, command = $4, body = $5, words = $6, audience = $7, updated_at = CAST($8 AS BIGINT),"
    " version = version + 1 WHERE id = $2 AND space = $1 AND version = CAST($9 AS BIGINT)"
)
DELETE: Final = Statement("DELETE FROM prompts WHERE id = $2 AND space = $1")


class PromptStore:
    """What is read of prompts, for one space at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, space: str, id: str) -> Prompt | None:
        """One that is the space's own, or everyone's."""
        rows = await self._database.fetch(GET, space, id)
        return _prompt(rows[0]) if rows else None

    async def page(self, space: str, query: Query) -> list[Prompt]:
        """At most so many, those that were changed last first."""
        values: list[object] = [space]

        def parameter(value: object) -> str:
            values.append(value)
            return f"${len(values)}"

        where = ["p.space = $1"] if query.own else [_VISIBLE]
        if query.after is not None:
            moment, id = parameter(query.after[0]), parameter(query.after[1])
            where.append(f"(p.updated_at, p.id) < (CAST({moment} AS BIGINT), {id})")
        if query.search:
            where.append(f"p.words LIKE {parameter(f'%{_plain(query.search)}%')} ESCAPE '!'")
        text = (
            f"SELECT {_COLUMNS} FROM prompts p WHERE {' AND '.join(where)}"  # noqa: S608  # our own words; values are parameters
            f" ORDER BY p.updated_at DESC, p.id DESC LIMIT {parameter(query.limit)}"
        )
        return [_prompt(row) for row in await self._database.fetch(text, *values)]

    async def commands(self, space: str, beginning: str) -> set[str]:
        """The space's own commands that begin so."""
        rows = await self._database.fetch(COMMANDS, space, _escaped(beginning) + "%")
        return {str(command) for [command] in rows}

    async def count(self, space: str) -> int:
        """How many a space has."""
        return int(str((await self._database.fetch(COUNT, space))[0][0]))


def creation(prompt: Prompt) -> Part:
    """A new one: counts 1 unless there are too many; refused where id or command are taken."""
    row = (prompt.id, prompt.space, *_said(prompt), prompt.audience.value, stored(prompt.created_at), MOST)
    return CREATE, row


def change(after: Prompt, version: int) -> Part:
    """As it is to be: counts 1 where it was of this version; refused where the command is taken."""
    return CHANGE, (after.space, after.id, *_said(after), after.audience.value, stored(after.updated_at), version)


def deletion(space: str, id: str) -> Part:
    """Counts 1 where it was there."""
    return DELETE, (space, id)


def _said(prompt: Prompt) -> tuple[str, ...]:
    words = "\n".join(folded(text) for text in (prompt.name, prompt.command, prompt.text))
    return tuple(storable(text) for text in (prompt.name, prompt.command, prompt.text, words))


def _plain(text: str) -> str:
    return _escaped(storable(folded(text)))


def _escaped(text: str) -> str:
    for character in "!%_":
        text = text.replace(character, "!" + character)
    return text


def _prompt(row: Sequence[object]) -> Prompt:
    id, space, name, command, body, audience, created_at, updated_at, version = row
    assert isinstance(created_at, int) and isinstance(updated_at, int) and isinstance(version, int)
    told = (str(id), str(space), str(name), str(command), str(body), Audience(str(audience)))
    return Prompt(*told, created_at / SECOND, updated_at / SECOND, version)
