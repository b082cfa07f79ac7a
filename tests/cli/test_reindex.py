"""`prosa reindex`, and what `prosa verify` says of the search index."""

import asyncio
import sqlite3
from contextlib import closing

import pytest

from prosa.drivers.sql import Database, DatabaseAddress
from tests.cli.terminal import Terminal
from tests.conversations.searching.library import SPACE, a_library


@pytest.mark.contract("C43")
def test_an_index_that_is_wrong_is_found_and_made_anew(terminal: Terminal) -> None:
    path = terminal.folder / "data" / "prosa.db"

    async def fill() -> None:
        database = Database(DatabaseAddress(path=path))
        async with a_library(database) as library:
            for number in range(70):
                await library.conversations.create(
                    SPACE, b"{}", [b'{"type":"message","role":"user","content":"frase %d"}' % number]
                )
            await library.indexer.settle()
        await database.aclose()

    asyncio.run(fill())
    assert "all is well" in terminal.works("verify")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM search_words_data WHERE id > 10")
    told = terminal.type("verify")
    assert told.status == 1 and "search: the index can't be read" in told.out
    assert "70 messages and titles to index\nthe index is whole" in terminal.works("reindex")
    assert "all is well" in terminal.works("verify")
