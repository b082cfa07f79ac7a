"""Every list of the shelf, and every page of a tree, goes by an index, and none is sorted that can be long."""

import re

import pytest

from prosa.conversations import ShelfQuery, nodes_store
from prosa.conversations.shelf import store
from prosa.drivers.sql import Database
from tests.databases import a_database

LISTS = {
    "all": (ShelfQuery(archived=None), "conversations_of_space"),
    "usual": (ShelfQuery(), "conversations_of_space"),
    "pinned": (ShelfQuery(pinned=True), "conversations_pinned"),
    "archived": (ShelfQuery(archived=True), "conversations_archived"),
    "dialect": (ShelfQuery(dialect="app"), "conversations_listed"),
    "folder": (ShelfQuery(folder="x"), "conversations_of_folder"),
    "tag": (ShelfQuery(tag="x"), "sqlite_autoindex_conversations_1"),
    "further": (ShelfQuery(after=(1, "x")), "conversations_of_space"),
}
SINGLE = {
    "node": (nodes_store.NODE, r"\(id=\?\)"),
    "types": (nodes_store.TYPES + nodes_store._AMONG["sqlite"], r"\(id=\?\)"),
    "versions": (nodes_store.VERSIONS.format(nodes_store._AMONG["sqlite"]), "items_children"),
    "first": (nodes_store.FIRST, "items_of_conversation"),
    "made": (nodes_store.MADE, "items_of_run"),
    "open runs": (store.OPEN_RUNS.format(store._AMONG["sqlite"].format("$2")), "runs_"),
}


class Looking:
    """A database that tells what it would do instead of doing it."""

    kind = "sqlite"

    def __init__(self, database: Database) -> None:
        self.database = database
        self.steps = ""

    async def fetch(self, sql: str, *parameters: object) -> list[tuple[object, ...]]:
        """Nothing."""
        self.steps = "\n".join(str(row[3]) for row in await self.database.fetch(f"EXPLAIN QUERY PLAN {sql}", *parameters))
        return []


@pytest.mark.parametrize("name", [*LISTS, "trash"])
async def test_lists_run_along_an_index(name: str) -> None:
    query, index = LISTS.get(name, (ShelfQuery(), "conversations_trashed"))
    async with a_database("sqlite") as database:
        looking = Looking(database)
        shelf = store.ShelfStore(looking)  # type: ignore[arg-type]  # of a database, what reads
        await (shelf.trash if name == "trash" else shelf.page)("ana", query)
    assert f"conversations USING INDEX {index} (" in looking.steps, looking.steps
    assert "TEMP B-TREE" not in looking.steps or name in ("folder", "tag"), looking.steps  # which are few


@pytest.mark.parametrize("name", [*SINGLE])
async def test_single_things_are_looked_up(name: str) -> None:
    sql, index = SINGLE[name]
    async with a_database("sqlite") as database:
        parameters = ["[]"] * max(int(number) for number in re.findall(r"\$(\d+)", sql))
        steps = "\n".join(str(row[3]) for row in await database.fetch(f"EXPLAIN QUERY PLAN {sql}", *parameters))
    assert re.search(index, steps), steps
