"""`prosa usage`: what everybody's model calls took and cost."""

import asyncio
import json
import time

from prosa.drivers.sql import Database, DatabaseAddress
from prosa.usage import Payer
from tests.cli.terminal import Terminal
from tests.usage.desk import ANA, call, desk


def test_usage_is_told_by_day_model_and_person(terminal: Terminal) -> None:
    path = terminal.folder / "data" / "prosa.db"
    assert "sum" in terminal.works("usage")

    async def fill() -> None:
        database = Database(DatabaseAddress(path=path))
        async with desk(database) as made:
            made.clock.at = time.time()
            await made.settle(call(), call(), call(Payer("settings-1", "app"), model="x\x1b[2J"))
        await database.aclose()

    asyncio.run(fill())
    by_day = terminal.works("usage")
    assert time.strftime("%Y-%m-%d", time.gmtime()) in by_day
    assert "$0.0001+" in by_day and "1 calls are not in the cost" in by_day
    by_model = terminal.works("usage", "--by", "model", "--days", "2")
    assert "gpt " in by_model and "unknown" in by_model and "\x1b" not in by_model
    told = json.loads(terminal.works("usage", "--by", "person", "--json"))
    assert [(group["group"], group["calls"]) for group in told["groups"]] == [(f"user_{ANA}", 2), ("settings-1", 1)]
    assert told["total"]["cost_micros"] == 120
    for wrong in (("--by", "mood"), ("--days", "0")):
        assert terminal.type("usage", *wrong).status == 2
