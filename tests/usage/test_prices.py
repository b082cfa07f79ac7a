"""What a call costs: own prices, else the table's, else nobody knows."""

import sys
from pathlib import Path

import pytest

from prosa.usage.price_table import told
from prosa.usage.prices import FREE, MOST, Price, PriceBook, PriceSources, Rates, Told, Wanted, looked_up
from tests.usage.desk import HandClock

OPENAI, GOOGLE, OWN = (
    "https://api.openai.com/v1",
    "https://generativelanguage.googleapis.com/v1beta/openai",
    "https://own.example/v1",
)
URLS = {"openai": OPENAI, "own": OWN, "mock": "", "near": "http://127.0.0.1:9/v1"}


BLOCKED = """
import sys

def forbid(event, _):
    if event.startswith("socket.") and event not in ("socket.gethostname", "socket.__new__"):
        sys.exit(3)

sys.addaudithook(forbid)
"""


class Table:
    """Answers as the table would, and remembers what it was asked."""

    def __init__(self, *, fails: bool = False, fickle: bool = False) -> None:
        self.asked: list[Wanted] = []
        self.fails = fails
        self.price = Price((Rates(0, 1.0, 2.0),), fickle)

    async def look(self, wanted: list[Wanted]) -> Told:
        self.asked += wanted
        if self.fails:
            raise OSError
        return Told([self.price if url == OPENAI else None for url, _ in wanted], [OWN])


def book(table: Table, **own: Price) -> PriceBook:
    return PriceBook(PriceSources(URLS.get, own, table.look), HandClock())


async def test_each_model_is_looked_up_once_and_only_where_a_table_can_know() -> None:
    table = Table()
    prices = book(table, **{"openai/mine": FREE, "special": FREE})
    models = [
        ("openai", "gpt"),
        ("own", "a"),
        ("mock", "b"),
        ("near", "c"),
        ("gone", "d"),
        ("openai", "mine"),
        ("own", "special"),
    ]
    for _ in range(2):
        await prices.learn(models)
    await prices.learn([("own", "another")])  # the table has nothing of its owner
    assert table.asked == [(OPENAI, "gpt"), (OWN, "a")]
    known = [prices.known(model) for model in models]
    assert known == [table.price, None, FREE, None, None, FREE, FREE]


async def test_a_table_that_fails_is_asked_again_later_and_a_price_that_varies_too() -> None:
    for table in (Table(fails=True), Table(fickle=True)):
        clock = HandClock()
        prices = PriceBook(PriceSources(URLS.get, {}, table.look), clock)
        await prices.learn([("openai", "gpt")])
        await prices.learn([("openai", "gpt")])
        assert len(table.asked) == 1
        clock.at += 1801
        await prices.learn([("openai", "gpt")])
        assert len(table.asked) == 2


async def test_made_up_names_fill_no_memory() -> None:
    prices = book(Table())
    await prices.learn([("mock", str(number)) for number in range(MOST + 5)])
    assert len(prices._known) <= MOST


def test_a_cost_is_whole_millionths_of_a_dollar() -> None:
    price = Price((Rates(0, 2.5, 10.0, 1.25), Rates(1000, 5.0, 20.0, 2.5)))
    assert price.cost(1000, 100, 200) == 800 * 2.5 + 200 * 1.25 + 100 * 10
    assert price.cost(1001, 100, 0) == 1001 * 5 + 100 * 20
    assert Price((Rates(0, 0.02, None),)).cost(100, 0, 0) == 2
    assert Price((Rates(0, 0.02, None),)).cost(100, 1, 0) is None
    assert Price((Rates(0, 3.0, 1.0),)).cost(10, 0, 10) == 30


async def test_the_maintained_table_knows_models_and_is_gone_from_this_process_afterwards() -> None:
    wanted = [(OPENAI, "gpt-4o-mini"), (OPENAI, "text-embedding-3-small"), (GOOGLE, "gemini-2.5-pro"), (OWN, "x"), (OPENAI, "no")]
    found = await looked_up(wanted)
    mini, embedding, gemini, stranger, unknown = found.prices
    assert mini == Price((Rates(0, 0.15, 0.6, 0.075),))
    assert embedding == Price((Rates(0, 0.02, None),))
    assert gemini is not None and [tier.above for tier in gemini.tiers] == [0, 200_000]
    assert stranger is None and unknown is None and found.strangers == [OWN]


async def test_nothing_is_fetched_to_know_a_price(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The child runs with a Python in which every use of the network fails."""
    (tmp_path / "sitecustomize.py").write_text(BLOCKED)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert (await looked_up([(OPENAI, "gpt-4o-mini")])).prices[0] is not None


def test_the_table_answers_here_as_it_does_there() -> None:
    loaded = set(sys.modules)
    assert told([(OPENAI, "gpt-4o-mini")]).prices[0] is not None
    assert "genai_prices" in sys.modules or "genai_prices" in loaded


async def test_a_table_that_talks_nonsense_is_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/true")
    with pytest.raises(ValueError, match=r"JSON|length|truncated"):
        await looked_up([(OPENAI, "gpt-4o-mini")])
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(OSError, match="nowhere"):
        await looked_up([(OPENAI, "gpt-4o-mini")])
