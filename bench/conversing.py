"""Whether many stored items cost more than few: opening, listing and adding to conversations; and one very long conversation."""

import asyncio
import random
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from functools import partial
from typing import Final

from bench.cases import Case
from bench.databases import Place, here, place
from bench.inside import costs, median, undisturbed
from bench.measures import Figures, Sizes
from bench.stage import Stage
from prosa.api.app.conversation_item_models import page_json
from prosa.conversations import ConversationService, Nodes, PathQuery, Shelf, ShelfQuery
from prosa.drivers.journal import Journal
from prosa.drivers.sql import Database, DatabaseAddress, upgrade
from prosa.kit.clock import SystemClock

GROUP: Final = "conversations"  # all of them by one word
FEW: Final = 1_000  # items
EACH: Final = 50  # items of a conversation
PERSON: Final = 1_000  # items of most people; one of them has half of all
LONG: Final = 10_000  # items of the long conversation
LISTED: Final = 10  # conversations of a page
PAGES: Final = 40
_STEP: Final = 20_000  # rows that are made at once
_MOMENT: Final = 1_700_000_000_000_000  # microseconds
_BODY: Final = (
    '{"type":"message","role":"user","status":"completed","content":[{"type":"input_text","text":"'
    + "um burro verde canta ao luar, e ninguém pergunta por quê. " * 4
    + '"}]}'
)
_MESSAGE: Final = _BODY.encode()
_COLUMNS: Final = {
    "conversations": ("id", "space", "metadata", "created_at", "updated_at", "version", "head_id"),
    "items": (*("id", "space", "conversation_id", "made", "position", "type", "body", "created_at", "follows", "parent_id"),),
}
Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation that was put in: its owner's space, and its id."""

    space: str
    id: str


@dataclass(frozen=True, slots=True)
class Shelves:
    """A filled database, and the services over it."""

    talks: Sequence[Talk]
    conversations: ConversationService
    shelf: Shelf
    nodes: Nodes


def stored(stage: Stage) -> Figures:
    """Every deed with many items and with few, in turn, on each database that is here; and the newest page of a long talk."""
    figures: Figures = {}
    for kind in here():
        with place(kind) as made:
            many, few = made.fresh(), made.fresh()
            talks = [*_filled(many, stage.sizes.items)], [*_filled(few, FEW)]
            with undisturbed():
                told = asyncio.run(_compared(made, (many, few), talks, stage.sizes))
        figures |= {f"{kind}_{name}": value for name, value in told.items()}
    return figures


async def _compared(
    made: Place, addresses: tuple[DatabaseAddress, DatabaseAddress], talks: tuple[list[Talk], list[Talk]], sizes: Sizes
) -> Figures:
    """Of every deed its cost with many, and by how much that is more than with few: the median of the rounds' ratios."""
    chance = random.Random(1)
    told: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in DEEDS}
    async with _opened(addresses[0], talks[0]) as many, _opened(addresses[1], talks[1]) as few:
        sides = [(0, many), (1, few)]
        for turn in range(-1, sizes.rounds):  # the first one only warms up
            for name, deed in DEEDS.items():
                for side, shelves in sides[:: -1 if turn % 2 else 1]:
                    step = partial(deed, shelves, chance)
                    cost = await costs(step, sizes.deeds, lambda: time.process_time() + made.busy())
                    if turn >= 0:
                        told[name][side].append(cost)
        long = await _long(many)
    figures = {f"{name}_us": median(costly) for name, (costly, _) in told.items()}
    ratios = {name: [one / other for one, other in zip(*pair, strict=True)] for name, pair in told.items()}
    return figures | {f"{name}_ratio": median(values) for name, values in ratios.items()} | {"talk_long_ms": long}


async def _open(shelves: Shelves, chance: random.Random) -> None:
    talk = chance.choice(shelves.talks)
    await shelves.shelf.get(talk.space, talk.id)
    assert len((await shelves.nodes.path(talk.space, talk.id, PathQuery(EACH // 2))).items) == EACH // 2


async def _list(shelves: Shelves, chance: random.Random) -> None:
    page = await shelves.shelf.list(chance.choice(shelves.talks).space, ShelfQuery(limit=LISTED))
    assert len(page.items) == LISTED


async def _append(shelves: Shelves, chance: random.Random) -> None:
    talk = chance.choice(shelves.talks)
    await shelves.conversations.add_items(talk.space, talk.id, [_MESSAGE])


Deed = Callable[[Shelves, random.Random], Awaitable[None]]
DEEDS: dict[str, Deed] = {"talk_open": _open, "talk_list": _list, "talk_append": _append}


async def _long(shelves: Shelves) -> float:
    """Milliseconds until the newest page of a conversation of LONG items stands as it is sent."""
    made = await shelves.conversations.create("somebody")
    for begin in range(0, LONG, 500):
        await shelves.conversations.add_items("somebody", made.id, [_MESSAGE] * min(500, LONG - begin))
    taken = []
    for _ in range(PAGES):
        began = time.perf_counter()
        await shelves.shelf.get("somebody", made.id)
        page_json((await shelves.nodes.path("somebody", made.id, PathQuery(50))).items, None)
        taken.append((time.perf_counter() - began) * 1000)
    return median(taken)


@asynccontextmanager
async def _opened(address: DatabaseAddress, talks: Sequence[Talk]) -> AsyncIterator[Shelves]:
    database, clock = Database(address), SystemClock()
    journal = Journal(database)
    conversations = ConversationService(database, journal, clock)
    try:
        yield Shelves(talks, conversations, Shelf(database, journal, clock), Nodes(database, conversations))
    finally:
        await journal.aclose()
        await database.aclose()


def _filled(address: DatabaseAddress, items: int) -> Iterator[Talk]:
    """Makes the tables and fills them with so many items; the conversations of whom has half of all, and of some others."""
    if address.path is not None:
        address.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    upgrade(address)
    chance = random.Random(items)
    for begin in range(0, items, _STEP):
        rows: dict[str, list[Row]] = {"conversations": [], "items": []}
        for first in range(begin, min(items, begin + _STEP), EACH):
            space = "most" if first < items // 2 else f"person{first // PERSON}"
            talk = Talk(space, f"{chance.getrandbits(128):032x}")
            _add(rows, talk, first, chance)
            if first % (items // FEW * EACH) == 0 or items == FEW:
                yield talk
        _write(address, rows)
    if address.path is None:
        asyncio.run(_analyse(address))


def _add(rows: dict[str, list[Row]], talk: Talk, first: int, chance: random.Random) -> None:
    parent, moment = None, _MOMENT
    for number in range(EACH):
        id, moment = f"{chance.getrandbits(128):032x}", _MOMENT + (first + number) * 1_000
        rows["items"].append((id, talk.space, talk.id, False, number + 1, "message", _BODY, moment, False, parent))
        parent = id
    rows["conversations"].append((talk.id, talk.space, "{}", moment, moment, 1, parent))


def _write(address: DatabaseAddress, rows: dict[str, list[Row]]) -> None:
    if address.path is None:
        asyncio.run(_copy(address, rows))
        return
    with closing(sqlite3.connect(address.path)) as connection, connection:
        for table, columns in _COLUMNS.items():
            marks = ", ".join("?" * len(columns))
            connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows[table])


async def _copy(address: DatabaseAddress, rows: dict[str, list[Row]]) -> None:
    import asyncpg

    connection = await asyncpg.connect(address.url)
    try:
        for table, columns in _COLUMNS.items():
            await connection.copy_records_to_table(table, records=rows[table], columns=columns)
    finally:
        await connection.close()


async def _analyse(address: DatabaseAddress) -> None:
    import asyncpg

    connection = await asyncpg.connect(address.url)
    try:
        await connection.execute("ANALYZE")  # as autovacuum does within a minute
    finally:
        await connection.close()


CONVERSATIONS: dict[str, Case] = {"stored": stored}
