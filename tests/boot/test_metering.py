"""What the server tells of the writing down of calls, and what it does with them at its end."""

import httpx2

from prosa.drivers.sql import Database
from tests.databases import an_address, environment
from tests.serving import running

QUESTION = {"model": "mock", "messages": [{"role": "user", "content": "hello"}]}


async def test_calls_are_written_down_before_the_server_has_stopped() -> None:
    with an_address("sqlite") as address:
        async with running(environment(address)) as prosa, httpx2.AsyncClient(base_url=prosa.base) as client:
            for _ in range(3):
                assert (await client.post("/v1/chat/completions", json=QUESTION)).status_code == 200
            assert prosa.system.metering.recorder.waiting > 0
        database = Database(address)
        rows = await database.fetch("SELECT space, dialect, status, cost FROM usage_calls")
        await database.aclose()
        assert [tuple(row) for row in rows] == [("local", "openai", "ok", 0)] * 3


async def test_what_waits_and_what_was_dropped_is_told_to_the_operator() -> None:
    async with running({}) as prosa:
        metering = prosa.system.metering
        metering.recorder.dropped = 4
        metering.look()
        metering.look()
        told = metering.metrics.render().decode()
        assert "prosa_usage_rows_dropped_total 4\n" in told and "prosa_usage_rows_waiting 0\n" in told
