"""A database that is taken away, replaced, damaged or locked: typed errors, nothing lost in silence, no restart needed."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2

from prosa.drivers.sql import Database, DatabaseUnavailable, upgrade
from tests.serving import running

ASK = {"userId": "u", "prompt": "Hello!"}


@asynccontextmanager
async def chatting() -> AsyncIterator[tuple[httpx2.AsyncClient, Path]]:
    """A client of a running prosa that has stored an exchange, and its database's file."""
    async with running() as found, httpx2.AsyncClient(base_url=found.base, timeout=30) as client:
        assert (await client.post("/v1/chat", json=ASK)).status_code == 200
        yield client, found.database


async def stored(client: httpx2.AsyncClient) -> int:
    answer = await client.get("/v1/interactions", params={"userId": "u"})
    assert answer.status_code == 200, answer.text
    return len(answer.json()["data"])


async def test_what_is_answered_after_the_file_was_removed_is_in_the_file_that_is_there_now() -> None:
    async with chatting() as (client, database):
        for file in database.parent.glob("prosa.db*"):
            file.unlink()
        assert (await client.post("/v1/chat", json=ASK)).status_code == 200
        assert database.exists() and await stored(client) == 1


async def test_a_file_that_was_put_back_is_read_without_a_restart(tmp_path: Path) -> None:
    async with chatting() as (client, database):
        backup = tmp_path / "backup.db"
        upgrade(backup)
        for file in database.parent.glob("prosa.db*"):
            file.unlink()
        backup.rename(database)
        assert await stored(client) == 0
        assert (await client.post("/v1/chat", json=ASK)).status_code == 200
        assert await stored(client) == 1


async def test_garbage_in_its_place_is_a_typed_error_that_heals() -> None:
    async with chatting() as (client, database):
        for file in database.parent.glob("prosa.db*"):
            file.unlink()
        database.write_bytes(b"no database at all " * 500)
        for _ in range(2):
            answer = await client.post("/v1/chat", json=ASK)
            assert (answer.status_code, answer.json()) == (503, {"detail": "The database is not available."})
            assert answer.headers["retry-after"] == "5"
        assert (await client.get("/health")).status_code == 503
        database.unlink()
        assert (await client.post("/v1/chat", json=ASK)).status_code == 200
        assert (await client.get("/health")).status_code == 200


async def test_writers_dont_wait_behind_ever_so_many_others(tmp_path: Path) -> None:
    path = tmp_path / "prosa.db"
    database = Database(path, patience=0.2)
    async with database.writing():
        began = time.monotonic()
        found = await asyncio.gather(*(write(database) for _ in range(5)), return_exceptions=True)
        assert time.monotonic() - began < 2
    assert [type(error) for error in found] == [DatabaseUnavailable] * 5
    await write(database)
    await database.aclose()


async def write(database: Database) -> None:
    async with database.writing() as connection:
        await connection.exec_driver_sql("DELETE FROM interactions")
