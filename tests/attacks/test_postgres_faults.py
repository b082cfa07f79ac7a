"""A PostgreSQL server that is killed, stopped, full, locked or no longer lets us in: typed errors, and it heals by itself."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from itertools import count

import httpx2
import pytest
from sqlalchemy import text

from prosa.drivers.sql import Database, DatabaseAddress, DatabaseUnavailable, postgres_engine
from prosa.drivers.sql import postgres as driver
from prosa.identity.api_keys.text import KeyText
from tests import postgres
from tests.databases import environment
from tests.serving import running

_numbers = count(1)
KEY = "a-key-of-the-settings-0123456789"
AUTHORIZED = {"Authorization": f"Bearer {KEY}"}
ASK = {"userId": "u", "prompt": "Hello!"}
KILL = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = '{}'"
SESSIONS = "SELECT pid FROM pg_stat_activity WHERE usename = 'prosa'"
NAMES = "SELECT name FROM installation ORDER BY name"


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    """A server of this module's own, which the tests may stop; it acknowledges what is on the disk only."""
    made = postgres.new_server(postgres.DURABLE | {"max_connections": "20", "superuser_reserved_connections": "3"})
    try:
        made.sql("CREATE ROLE prosa LOGIN")
        yield made
    finally:
        postgres.remove(made)


@pytest.fixture
async def database(server: postgres.Server) -> AsyncIterator[Database]:
    name = f"faults_{next(_numbers)}"
    await asyncio.to_thread(server.sql, f"CREATE DATABASE {name} OWNER prosa")
    made = Database(DatabaseAddress(url=server.url(name, "prosa")), patience=1.0)
    await put(made, "first")
    yield made
    await made.aclose()


async def put(database: Database, name: str) -> None:
    async with database.writing() as connection:
        await connection.execute(text("INSERT INTO installation VALUES (:name, '')"), {"name": name})


async def names(database: Database) -> list[object]:
    async with database.reading() as connection:
        found = (await connection.execute(text(NAMES))).scalars().all()
    assert [(name,) for name in found] == await database.fetch(NAMES)
    return list(found)


async def kill_all(server: postgres.Server) -> None:
    """End every session of ours, and wait until the last is gone."""
    await asyncio.to_thread(server.sql, KILL.format("prosa"))


async def refused(database: Database) -> list[float]:
    """Every way into the database raises the one error; after how many seconds to come back it says."""
    found: list[float] = []
    for attempt in (put(database, "never"), names(database), database.fetch(NAMES)):
        began = time.monotonic()
        with pytest.raises(DatabaseUnavailable) as caught:
            await attempt
        assert time.monotonic() - began < 5
        assert caught.value.message == "The database is not available." and caught.value.retry_after is not None
        found.append(caught.value.retry_after)
    return found


async def test_sessions_that_were_ended_while_nobody_used_them_are_replaced_unnoticed(
    database: Database, server: postgres.Server
) -> None:
    assert await names(database) == ["first"]
    await asyncio.gather(*(names(database) for _ in range(4)))
    await kill_all(server)
    await put(database, "second")
    await kill_all(server)
    assert await asyncio.gather(*(names(database) for _ in range(4))) == [["first", "second"]] * 4


async def test_a_session_that_is_ended_in_the_midst_of_a_transaction_leaves_nothing_of_it(
    database: Database, server: postgres.Server
) -> None:
    with pytest.raises(DatabaseUnavailable) as caught:
        async with database.writing() as connection:
            await connection.execute(text("INSERT INTO installation VALUES ('half', '')"))
            await kill_all(server)
            await connection.execute(text("INSERT INTO installation VALUES ('other half', '')"))
    assert caught.value.retry_after == 5.0
    assert await names(database) == ["first"]


async def test_a_session_that_is_ended_before_its_commit_is_not_taken_for_committed(
    database: Database, server: postgres.Server
) -> None:
    with pytest.raises(DatabaseUnavailable):
        async with database.writing() as connection:
            await connection.execute(text("INSERT INTO installation VALUES ('half', '')"))
            await kill_all(server)
    assert await names(database) == ["first"]


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
async def test_a_server_that_stops_and_starts_is_found_again(
    database: Database, server: postgres.Server, how: signal.Signals
) -> None:
    assert await database.ready()
    await put(database, "acknowledged")
    await asyncio.to_thread(server.stop, how)
    try:
        assert await refused(database) == [5.0, 5.0, 5.0]
        assert not await database.ready()
        with pytest.raises(DatabaseUnavailable):
            await Database(database.address).open()
    finally:
        server.start()
    assert await database.ready()
    assert await names(database) == ["acknowledged", "first"]
    await put(database, "second")


async def test_a_server_that_no_longer_lets_us_in_is_an_error_until_it_does(database: Database, server: postgres.Server) -> None:
    assert await names(database) == ["first"]
    await asyncio.to_thread(server.sql, "ALTER ROLE prosa NOLOGIN")
    await kill_all(server)
    assert await refused(database) == [5.0, 5.0, 5.0]
    assert not await database.ready()
    await asyncio.to_thread(server.sql, "ALTER ROLE prosa LOGIN")
    assert await names(database) == ["first"]


@pytest.mark.slow
async def test_a_password_that_was_changed_is_an_error_until_it_is_right(server: postgres.Server) -> None:
    rules = server.folder / "data" / "pg_hba.conf"
    original = await asyncio.to_thread(rules.read_text)
    await asyncio.to_thread(rules.write_text, f"local all secretive scram-sha-256\n{original}")
    await asyncio.to_thread(server.sql, "SELECT pg_reload_conf(); CREATE ROLE secretive LOGIN PASSWORD 'a@b:/?#%'")
    await asyncio.to_thread(server.sql, "CREATE DATABASE secretive OWNER secretive")
    url = server.url("secretive", "secretive:a%40b%3A%2F%3F%23%25")
    database = Database(DatabaseAddress(url=url))
    await put(database, "first")
    assert await names(database) == ["first"]
    await asyncio.to_thread(server.sql, "ALTER ROLE secretive PASSWORD 'rotated'")
    assert await names(database) == ["first"]  # who is in stays in
    await asyncio.to_thread(server.sql, KILL.format("secretive"))
    with pytest.raises(DatabaseUnavailable) as caught:
        await names(database)
    assert "a@b" not in repr(caught.value) + str(caught.value.reason)
    await asyncio.to_thread(server.sql, "ALTER ROLE secretive PASSWORD 'a@b:/?#%'")
    assert await names(database) == ["first"]
    await database.aclose()


async def test_a_server_that_is_full_is_an_error_until_somebody_leaves(database: Database, server: postgres.Server) -> None:
    await kill_all(server)
    others = []
    with pytest.raises(DatabaseUnavailable):
        while True:
            others.append(await driver.connect(server.url("postgres", "prosa")))
    await refused(database)
    for other in others:
        await other.close()
    assert await names(database) == ["first"]


async def test_of_two_that_lock_each_other_out_one_wins_and_the_other_may_soon_try_again(database: Database) -> None:
    await put(database, "second")
    both = asyncio.Barrier(2)

    async def change(first: str, second: str) -> None:
        async with database.writing() as connection:
            for name in (first, second):
                await connection.execute(text("UPDATE installation SET value = value || 'x' WHERE name = :name"), {"name": name})
                if name == first:
                    await both.wait()

    found = await asyncio.gather(change("first", "second"), change("second", "first"), return_exceptions=True)
    [lost] = [error for error in found if error is not None]
    assert isinstance(lost, DatabaseUnavailable) and lost.retry_after == 1.0
    assert await database.fetch("SELECT value FROM installation") == [("x",), ("x",)]


@pytest.mark.parametrize("bound", ["statement_timeout=200", "lock_timeout=200"])
async def test_what_waits_too_long_is_given_up(database: Database, bound: str) -> None:
    bounded = Database(DatabaseAddress(url=f"{database.address.url}&{bound}"))
    await bounded.open()
    async with database.writing("the same"):
        with pytest.raises(DatabaseUnavailable) as caught:
            async with bounded.writing("the same"):
                pass
    assert caught.value.retry_after == 1.0
    async with bounded.writing("the same"):
        pass
    await bounded.aclose()


async def test_who_finds_every_connection_taken_is_sent_away(database: Database) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(postgres_engine.POOL):
            await stack.enter_async_context(database.reading())
        began = time.monotonic()
        with pytest.raises(DatabaseUnavailable):
            await put(database, "never")
        assert time.monotonic() - began < 3
        assert await database.fetch(NAMES) == [("first",)]  # authentication doesn't wait behind them
    await put(database, "second")


@pytest.mark.slow
async def test_a_server_that_hangs_is_given_up_in_bounded_time(
    database: Database, server: postgres.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver, "COMMAND_SECONDS", 0.5)
    bounded = Database(DatabaseAddress(url=f"{database.address.url}&connect_timeout=1"))
    assert await names(bounded) == ["first"]
    frozen = [int(pid) for pid in (await asyncio.to_thread(server.sql, SESSIONS)).split()]
    assert server.process is not None
    for pid in (server.process.pid, *frozen):
        os.kill(pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        assert not await bounded.ready()
        with pytest.raises(DatabaseUnavailable):
            await bounded.fetch(NAMES)
        with pytest.raises(DatabaseUnavailable):
            await put(bounded, "never")
        assert time.monotonic() - began < 10
    finally:
        for pid in (server.process.pid, *frozen):
            os.kill(pid, signal.SIGCONT)
    assert await names(bounded) == ["first"]
    await bounded.aclose()


@pytest.mark.slow
async def test_a_running_server_answers_with_one_error_while_the_database_is_gone_and_goes_on_by_itself(
    server: postgres.Server, database: Database
) -> None:
    env = environment(database.address) | {"API_KEYS": KEY}
    async with running(env) as found, httpx2.AsyncClient(base_url=found.base, timeout=30, headers=AUTHORIZED) as client:
        assert (await client.post("/v1/chat", json=ASK)).status_code == 200
        await kill_all(server)
        assert (await client.post("/v1/chat", json=ASK)).status_code == 200
        server.stop()
        try:
            for key in (KEY, KeyText.make().whole):  # one of the settings; one that would be looked for in the database
                answer = await client.post("/v1/chat", json=ASK, headers={"Authorization": f"Bearer {key}"})
                assert (answer.status_code, answer.headers["retry-after"]) == (503, "5"), answer.text
            assert (await client.get("/health")).status_code == 503
        finally:
            server.start()
        assert (await client.get("/health")).status_code == 200
        history = await client.get("/v1/interactions", params={"userId": "u"})
        assert (history.status_code, len(history.json()["data"])) == (200, 2)
