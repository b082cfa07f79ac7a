"""The journal: what one append costs while others wait with it."""

import asyncio
import time
from typing import Final

from bench.databases import Place, here, place
from bench.inside import MICRO, median, undisturbed
from bench.measures import Figures, Sizes
from bench.stage import Stage
from prosa.drivers.journal import Journal, Statement
from prosa.drivers.sql import Database, DatabaseAddress, upgrade
from prosa.kit.ids import new_object_id

_KINDS: Final = (("16", 16, 1), ("64", 64, 1), ("128", 128, 1), ("turn", 64, 3))  # name, how many wait, rows of each
_TABLE: Final = "CREATE TABLE bench_items (id TEXT PRIMARY KEY, thread TEXT NOT NULL, body TEXT NOT NULL, at BIGINT NOT NULL)"
_INSERT: Final = Statement("INSERT INTO bench_items (id, thread, body, at) VALUES ($1, $2, $3, $4)")
_BODY: Final = "Fala-se disto. " * 20


def journal(stage: Stage) -> Figures:
    """Appends on each database that is here: CPU of this process, and what PostgreSQL's own processes use beside it."""
    figures: Figures = {}
    for kind in here():
        with place(kind) as made, undisturbed():
            told = asyncio.run(_measured(made, _ready(made), stage.sizes))
        figures |= {f"{kind}_journal_{name}": value for name, value in told.items()}
    return figures


def _ready(made: Place) -> DatabaseAddress:
    address = made.fresh()
    if address.path is not None:
        address.path.parent.mkdir(parents=True)
    upgrade(address)
    return address


async def _measured(made: Place, address: DatabaseAddress, sizes: Sizes) -> Figures:
    database = Database(address)
    journal = Journal(database)
    told: dict[str, list[float]] = {}
    try:
        async with database.writing() as connection:
            await connection.exec_driver_sql(_TABLE)
        for turn in range(-1, sizes.rounds):  # the first one only warms up
            for name, waiting, rows in _KINDS:
                own, server = time.process_time(), made.busy()
                await _append(journal, waiting, rows, sizes.appends)
                if turn >= 0:
                    count = sizes.appends // waiting * waiting
                    told.setdefault(f"{name}_us", []).append((time.process_time() - own) / count * MICRO)
                    told.setdefault(f"{name}_server_us", []).append((made.busy() - server) / count * MICRO)
    finally:
        await journal.aclose()
        await database.aclose()
    return {name: median(values) for name, values in told.items() if made.server is not None or "server" not in name}


async def _append(journal: Journal, waiting: int, rows: int, count: int) -> None:
    """`count` appends of so many rows each, by `waiting` who each append again as soon as their rows are durable."""

    async def one() -> None:
        for _ in range(count // waiting):
            await journal.append_all([(_INSERT, (new_object_id(), "thread", _BODY, 1)) for _ in range(rows)])

    await asyncio.gather(*(one() for _ in range(waiting)))
