"""10,000 people with 50,000 keys: every look-up and every list goes by an index, on both kinds of database."""

import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event

from prosa.drivers.journal import Journal, Statement
from prosa.identity import last_use_store
from prosa.identity.api_keys import KeyChanges, KeyQuery, NewKey
from prosa.identity.credential_store import CredentialStore
from prosa.identity.models import OPERATOR, Reach
from prosa.identity.one_time import Purpose
from prosa.identity.permissions import Role, Scope
from prosa.identity.sessions import SessionQuery
from prosa.identity.tokens import Dialect
from tests.databases import KINDS
from tests.identity.credentials import LAPTOP, NOON, Person, World, a_world

Recorded = list[tuple[str, tuple[Any, ...]]]  # statements and their parameters, of whatever type

NOW = int(NOON.timestamp() * 1_000_000)
COUNT = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {})"
ID = {"sqlite": "substr('00000000000000000000000000000000' || {}, -32)", "postgresql": "lpad(cast({} as text), 32, '0')"}
FILLING = (
    "INSERT INTO accounts (id, email, email_key, name, role, status, failures, created_at, updated_at, version) "
    "{ten} SELECT {id}, 'p' || i, 'p' || i, 'p', 'user', 'active', 0, i, i, 1 FROM n",
    "INSERT INTO sessions (id, account_id, digest, created_at, last_used_at, expires_at, address, agent) "
    "{thirty} SELECT {id}, {owner}, 'd' || i, {now} + i, {now}, {now} + 86400000000, '', '' FROM n",
    "INSERT INTO api_keys (id, account_id, lookup, name, digest, pepper, scopes, created_at, version) "
    "{fifty} SELECT {id}, {owner}, 'l' || i, 'n' || i, 'd', 'p', '[\"read\"]', {now} + i, 1 FROM n",
    "INSERT INTO token_families "
    "(id, account_id, dialect, generation, rotated_at, created_at, expires_at, address, agent) "
    "{thirty} SELECT {id}, {owner}, 'chatai', 1, {now}, {now}, {now} + 86400000000, '', '' FROM n",
    "INSERT INTO one_time_tokens (digest, purpose, account_id, created_at, expires_at) "
    "{thirty} SELECT 'd' || i, 'reset', {owner}, {now}, {now} + 86400000000 FROM n",
)


async def fill(world: World) -> None:
    id_of = ID[world.database.kind].format
    facts = {"ten": COUNT.format(10_000), "thirty": COUNT.format(30_000), "fifty": COUNT.format(50_000), "now": NOW}
    for statement in FILLING:
        await world.write(statement.format(id=id_of("i"), owner=id_of("(i % 10000 + 1)"), **facts))
    await world.write("ANALYZE")


@pytest.fixture(params=KINDS)
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    async with a_world(request.param) as made:
        await fill(made)
        yield made


async def every_use(world: World, person: Person) -> None:
    """Everything that is asked of the credentials' tables."""
    looking = CredentialStore(world.database)
    await looking.key("l77")
    await looking.session("d77")
    await looking.family("0" * 30 + "77")
    session, _ = await world.sessions.start(person.id, LAPTOP)
    await world.sessions.list(Reach(person.id), SessionQuery(after=(NOW, "f")))
    await world.sessions.rotate(Reach(person.id), session.id)
    await world.sessions.end(Reach(person.id), session.id)
    pair = await world.tokens.issue(person, Dialect.CHATAI, LAPTOP)
    await world.tokens.refresh(pair.refresh or "", Dialect.CHATAI)
    key, _ = await world.keys.create(OPERATOR, NewKey(person.id, "n8n", frozenset({Scope.READ})))
    await world.keys.list(Reach(person.id), KeyQuery(after=(NOW, "f")))
    await world.keys.list(OPERATOR, KeyQuery(after=(NOW, "f")))
    await world.keys.change(OPERATOR, key.id, KeyChanges(name="other"))
    newer, _ = await world.keys.rotate(OPERATOR, key.id)
    await world.keys.revoke(OPERATOR, newer.id)
    async with world.database.writing() as connection:
        text = await world.one_time.issue(connection, Purpose.EMAIL, person.id, 60)
        await world.one_time.redeem(connection, Purpose.EMAIL, text)
    await world.sessions.end_all(person.id)


@contextmanager
def recording(world: World) -> Iterator[Recorded]:
    """Every statement that goes to the database meanwhile."""
    recorded: Recorded = []
    fetch: Callable[..., Any] = world.database.fetch

    async def noting(sql: str, *parameters: object) -> list[tuple[object, ...]]:
        recorded.append((sql, parameters))
        found: list[tuple[object, ...]] = await fetch(sql, *parameters)
        return found

    def note(_connection: object, _cursor: object, sql: str, parameters: Any, *_rest: object) -> None:
        recorded.append((sql, tuple(parameters)))

    world.database.fetch = noting  # type: ignore[method-assign]  # what passes is noted, and passes
    event.listen(Engine, "before_cursor_execute", note)
    yield recorded
    event.remove(Engine, "before_cursor_execute", note)
    world.database.fetch = fetch  # type: ignore[method-assign]  # as it was


async def plan(world: World, sql: str, parameters: tuple[Any, ...]) -> str:
    words = "EXPLAIN" if world.database.kind == "postgresql" else "EXPLAIN QUERY PLAN"
    async with world.database.reading() as connection:
        rows = (await connection.exec_driver_sql(f"{words} {sql}", parameters)).all()
    return "\n".join(str(row[-1]) for row in rows)


def reads_all_of_a_table(plan: str) -> bool:
    """Whether some table is read from end to end."""
    tables = "accounts|sessions|api_keys|token_families|one_time_tokens"
    return bool(re.search(rf"Seq Scan on ({tables})|^SCAN (a|k|s|f|{tables})(?! USING)\b", plan, re.MULTILINE))


@pytest.mark.slow
async def test_every_look_up_and_list_goes_by_an_index(world: World) -> None:
    person = await world.person("ana", Role.USER)
    with recording(world) as recorded:
        await every_use(world, person)
    asked = [(sql, parameters) for sql, parameters in recorded if re.match(r"(SELECT|UPDATE|DELETE)\b", sql)]
    assert len(asked) > 30
    for sql, parameters in asked:
        if "rights_changes" in sql or "pg_" in sql:
            continue
        found = await plan(world, sql, parameters)
        assert not reads_all_of_a_table(found), f"{sql}\n{found}"


@pytest.mark.slow
async def test_the_notes_of_last_use_go_by_an_index_too(world: World) -> None:
    one = "0" * 30 + "77"
    noted: list[tuple[Statement, tuple[Any, ...]]] = [
        (last_use_store.SESSION_USED, (NOW, "", one, NOW)),
        (last_use_store.KEY_USED, (NOW, "", one, NOW)),
        (last_use_store.KEY_PEPPERED, ("d", "p", one)),
        (last_use_store.SESSION_PEPPERED, ("d-new", one, "d77")),
    ]
    journal = Journal(world.database)
    for statement, row in noted:
        assert await journal.append(statement, row) == 1
        sql = statement.sqlite if world.database.kind == "sqlite" else statement.postgresql
        assert not reads_all_of_a_table(await plan(world, sql, row))
    await journal.aclose()
