"""Finding what was said: a hundred messages of each of many people, asked as people ask."""

import asyncio
import itertools
import json
import random
import sqlite3
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from typing import Final

from bench.cases import Case
from bench.databases import Place, here, place
from bench.inside import MICRO
from bench.measures import Figures
from bench.stage import Stage
from prosa.conversations import SearchIndexer, SearchQuery, SearchService
from prosa.drivers.journal import Journal
from prosa.drivers.sql import Database, DatabaseAddress, upgrade
from prosa.kit.clock import SystemClock
from prosa.kit.ids import new_object_id

GROUP: Final = "search"  # all of them by one word
EACH: Final = 100  # items of a person, ten in a conversation
QUESTIONS: Final = 1_000
_ONSETS: Final = "b c d f g l m n p r s t v br tr pr gr fl ch lh nh qu".split()  # noqa: SIM905  # as one reads them
_VOWELS: Final = "a e i o u ão ei ou é á".split()  # noqa: SIM905  # as above
_ENDINGS: Final = "ções ção ando ar ava mente dade s r m ção l is".split()  # noqa: SIM905  # as above
_SMALL: Final = "de que e o a do da em um para com não uma os no se na por mais as dos como mas".split()  # noqa: SIM905  # as above
_CONVERSATIONS: Final = ("id", "space", "metadata", "title", "created_at", "updated_at", "version", "head_id")
_ITEMS: Final = ("id", "space", "conversation_id", "made", "position", "type", "body", "created_at")
Row = tuple[object, ...]


def find(stage: Stage) -> Figures:
    """How long a question takes, and what indexing an item costs."""
    figures: Figures = {}
    for kind in here():
        with place(kind) as made:
            address = made.fresh()
            told = asyncio.run(_measured(made, address, stage.sizes.searchers, Language(random.Random(6))))
        figures |= {f"{kind}_search_{name}": value for name, value in told.items()}
    return figures


FINDING: dict[str, Case] = {"find": find}


class Language:
    """Words that look like Portuguese, some of them common, most of them rare."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        words = {self._word() for _ in range(30_000)}
        self._words = sorted(words)
        chance.shuffle(self._words)
        self._weights = list(itertools.accumulate(1 / (place + 20) for place in range(len(self._words))))

    def _word(self) -> str:
        syllables = self.chance.choice((2, 2, 3, 3, 4))
        begun = "".join(self.chance.choice(_ONSETS) + self.chance.choice(_VOWELS) for _ in range(syllables))
        return begun + self.chance.choice((*_ENDINGS, "", "", ""))

    def words(self, count: int) -> list[str]:
        return self.chance.choices(self._words, cum_weights=self._weights, k=count)

    def text(self) -> str:
        """Twenty to two hundred words, half of them small."""
        own = self.words(int(self.chance.triangular(10, 100, 20)))
        return " ".join(itertools.chain.from_iterable((self.chance.choice(_SMALL), word) for word in own))


async def _measured(made: Place, address: DatabaseAddress, people: int, language: Language) -> Figures:
    if address.path is not None:
        address.path.parent.mkdir(parents=True)
    upgrade(address)
    spaces = [f"person{number:04d}" for number in range(people)]
    await _fill(address, _rows(spaces, language))
    database = Database(address)
    journal = Journal(database)
    try:
        began, server = time.process_time(), made.busy()
        indexer = SearchIndexer(database, journal, SystemClock())
        await indexer.look()
        count = people * EACH
        figures = {"index_us": (time.process_time() - began) / count * MICRO}
        if made.server is not None:
            figures["index_server_us"] = (made.busy() - server) / count * MICRO
        await indexer.release()
        taken = sorted([seconds async for seconds in _asked(SearchService(database), spaces, language)])
    finally:
        await journal.aclose()
        await database.aclose()
    return figures | {"p50_ms": statistics.median(taken) * 1000, "p95_ms": taken[len(taken) * 95 // 100] * 1000}


async def _asked(service: SearchService, spaces: Sequence[str], language: Language) -> AsyncIterator[float]:
    """Seconds of each question, asked one after the other by anybody, as people ask: a word, two, a phrase, a beginning."""
    for number in range(QUESTIONS):
        one, other = language.words(2)
        asked = (one, f"{one} {other}", f'"{language.chance.choice(_SMALL)} {one}"', f"{one[:4]}*", "para")[number % 5]
        began = time.perf_counter()
        await service.search(language.chance.choice(spaces), SearchQuery(asked))
        yield time.perf_counter() - began


def _rows(spaces: Sequence[str], language: Language) -> dict[str, list[Row]]:
    """Conversations and items by table."""
    conversations: list[Row] = []
    items: list[Row] = []
    moment = time.time_ns() // 1000
    for space in spaces:
        for _ in range(EACH // 10):
            conversation = new_object_id()
            moment += 1_000
            conversations.append((conversation, space, "{}", " ".join(language.words(4)), moment, moment, 1, None))
            items += [_item(space, conversation, position, moment, language) for position in range(10)]
    return {"conversations": conversations, "items": items}


def _item(space: str, conversation: str, position: int, moment: int, language: Language) -> Row:
    role, kind = ("assistant", "output_text") if position % 2 else ("user", "input_text")
    body = {"type": "message", "role": role, "content": [{"type": kind, "text": language.text()}]}
    text = json.dumps(body, ensure_ascii=False)
    return (new_object_id(), space, conversation, bool(position % 2), position + 1, "message", text, moment + position)


async def _fill(address: DatabaseAddress, rows: dict[str, list[Row]]) -> None:
    columns = {"conversations": _CONVERSATIONS, "items": _ITEMS}
    if address.path is not None:
        with closing(sqlite3.connect(address.path)) as connection, connection:
            for table, names in columns.items():
                marks = ", ".join("?" * len(names))
                connection.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", rows[table])
        return
    import asyncpg

    server = await asyncpg.connect(address.url)
    try:
        for table, names in columns.items():
            await server.copy_records_to_table(table, records=rows[table], columns=names)
        await server.execute("ANALYZE")  # as autovacuum does within a minute
    finally:
        await server.close()
