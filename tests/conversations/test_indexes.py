"""Opening, listing and adding cost the same however much is stored: every statement goes by an index, and none sorts."""

import re
from typing import cast

import pytest

from prosa.conversations import paths_store, store
from prosa.conversations.models import Order
from prosa.drivers.journal import Journal, Statement
from prosa.drivers.sql import Database
from prosa.runs import RunQuery
from prosa.runs.store import RunStore
from tests.databases import a_database

READS = {
    "get": store.GET,
    "one": store.ONE,
    "named": store.NAMED,
    "of run": store.OF_RUN,
    "runs of": store.RUNS_OF,
    "open runs of": store.OPEN_RUNS_OF,
    "before": store.BEFORE,
    "until": store.UNTIL,
    "parent": store.PARENT_OF,
    "chain": store.CHAIN,
    "path": paths_store.FROM_HEAD,
    "path before": paths_store.BEFORE,
    "path of a leaf": paths_store.FROM_LEAF,
    "leaf": paths_store.LEAF,
    "below": paths_store.BELOW,
    "siblings": paths_store.SIBLINGS,
    "tree": paths_store.TREE,
    **{f"page {order}, {after}": sql for (order, after), sql in store.PAGES.items()},
}
WRITES = {
    "add": store.ADD,
    "add of run": store.ADD_OF_RUN,
    "touch": store.TOUCH,
    "land": store.LAND,
    "follow on": store.FOLLOW_ON,
    "back up": store.BACK_UP,
    "adopt": store.ADOPT,
    "delete": store.DELETE,
    "delete items": store.DELETE_ITEMS,
    "let go": store.LET_GO,
    "delete of run": store.DELETE_OF_RUN,
    "delete item": store.DELETE_ITEM,
    "change": store.CHANGE,
    "fenced add": store.ADD_FENCED.part("r", 1, "running", ())[0],
}


async def plan(database: Database, statement: str) -> str:
    """What SQLite would do, a step a line."""
    text = re.sub(r"\?(\d+)", r"$\1", statement)
    parameters = ["x"] * max(int(number) for number in re.findall(r"\$(\d+)", text))
    return "\n".join(str(row[3]) for row in await database.fetch(f"EXPLAIN QUERY PLAN {text}", *parameters))


@pytest.mark.parametrize("name", [*READS, *WRITES])
async def test_nothing_is_looked_for_in_all_that_is_stored(name: str) -> None:
    statement = READS.get(name) or WRITES[name]
    async with a_database("sqlite") as database:
        steps = await plan(database, statement.sqlite if isinstance(statement, Statement) else statement)
    scanned = set(re.findall(r"SCAN (\w+)", steps))
    assert scanned <= {"line", "branch", "CONSTANT"}, steps


@pytest.mark.parametrize("order", list(Order))
async def test_a_path_is_walked_from_item_to_item_by_their_ids(order: Order) -> None:
    async with a_database("sqlite") as database:
        steps = await plan(database, store.PAGES[order, True])
    assert re.search(r"items USING INDEX \S+ \(id=\?\)", steps), steps
    assert "items_of_conversation" not in steps


async def test_the_runs_of_a_conversation_are_not_looked_for_among_all_of_the_space() -> None:
    """SQLite would rather go through the space's runs in their order than sort a conversation's few."""
    asked: list[str] = []

    class Listening:
        async def fetch(self, sql: str, *_parameters: object) -> list[tuple[object, ...]]:
            asked.append(sql)
            return []

    runs = RunStore(cast(Database, Listening()), cast(Journal, None))
    await runs.list("space", RunQuery(kind="answer", open_only=True, conversation_id="c", limit=1))
    await runs.list("space", RunQuery(kind="answer", conversation_id="c"))
    async with a_database("sqlite") as database:
        for sql in asked:
            assert "runs_of_space" not in (found := await plan(database, sql)) and "_of_conversation" in found
