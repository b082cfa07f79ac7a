"""What a model call costs: by prices of the settings, else by a maintained table, else nobody knows."""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Final

import msgspec

from prosa.kit.clock import Clock

_logger = logging.getLogger("prosa.usage")
SECONDS: Final = 10.0  # for the table's process, which takes a quarter of one
AGAIN: Final = 600.0  # seconds after which a table that failed is asked anew
FICKLE: Final = 1800.0  # prices that depend on the time change at its half hours
MOST: Final = 10_000  # prices that are remembered: callers make up names
Model = tuple[str, str]
"""A provider's name, and a model's there."""
Wanted = tuple[str, str]
"""A provider's base URL, and a model's name there."""


class Rates(msgspec.Struct, frozen=True, array_like=True):
    """US dollars for a million tokens, where a question has more than `above` of them; None: nobody says.

    `cached`: of the question's tokens those that the provider had in its cache; None: as any other.
    """

    above: int
    input: float | None
    output: float | None
    cached: float | None = None


class Price(msgspec.Struct, frozen=True, array_like=True):
    """What a model takes: at least one tier, by `above`. `fickle`: it may be another price in a while."""

    tiers: tuple[Rates, ...]
    fickle: bool = False

    def cost(self, prompt: int, completion: int, cached: int) -> int | None:
        """Millionths of a US dollar; None where nobody knows the price of some of these tokens."""
        rates = self.tiers[0]
        for tier in self.tiers[1:]:
            if prompt > tier.above:
                rates = tier
        if (prompt and rates.input is None) or (completion and rates.output is None):
            return None
        asked, answered = rates.input or 0.0, rates.output or 0.0
        again = asked if rates.cached is None else rates.cached
        # A dollar for a million tokens is a millionth of a dollar for one.
        return round((prompt - cached) * asked + cached * again + completion * answered)


class Told(msgspec.Struct):
    """What the table answers: a price for each wanted model, and the base URLs of whose owners it has none at all."""

    prices: list[Price | None]
    strangers: list[str]


FREE: Final = Price((Rates(0, 0.0, 0.0),))
UNASKED: Final = Price(())
"""Stands for a price that has still to be looked up."""
Lookup = Callable[[list[Wanted]], Awaitable[Told]]


async def looked_up(wanted: list[Wanted]) -> Told:
    """Ask the table in a process of its own: its 30 MB and its quarter of a second of work are gone afterwards.

    It reads what is installed with it and asks nobody on the network. Raises OSError, ValueError.
    """
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "prosa.usage.price_table"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(SECONDS):
            told, _ = await child.communicate(msgspec.json.encode(wanted))
    except BaseException:
        if child.returncode is None:
            child.kill()
            await child.wait()
        raise
    found = msgspec.json.decode(told, type=Told)
    if len(found.prices) != len(wanted):
        raise ValueError("the table's answer has another length")
    return found


@dataclass(frozen=True, slots=True)
class PriceSources:
    """Where prices come from. `base_url`: of a provider by its name; "" for one that costs nothing, None for an unknown one.

    `own`: prices of the settings, by a model's name, with its provider's before it (`openai/gpt-4o`) or without.
    """

    base_url: Callable[[str], str | None] = lambda _name: None
    own: Mapping[str, Price] = field(default_factory=dict)
    look: Lookup = looked_up


class PriceBook:
    """Finds prices, and remembers them."""

    def __init__(self, sources: PriceSources, clock: Clock) -> None:
        self._sources = sources
        self._clock = clock
        self._chosen: Mapping[str, Price] = {}
        self._known: dict[Model, tuple[Price | None, float]] = {}  # until when, in seconds since 1970
        self._strangers: set[str] = set()

    async def learn(self, models: Iterable[Model]) -> None:
        """Find the prices of these models where they aren't known; one that can't be found is unknown, which is no error."""
        now = self._clock.now()
        wanted: dict[Model, Wanted] = {}
        for model in models:
            known = self._known.get(model)
            if known is None or known[1] <= now:
                found, url = self._near(model)
                if url is None:
                    self._keep(model, found, inf)
                else:
                    wanted[model] = (url, model[1])
        if wanted:
            await self._ask(wanted, now)

    def choose(self, prices: Mapping[str, Price]) -> None:
        """From now on these count, by a model's name with its provider's before it; but not before those of the settings."""
        if prices != self._chosen:
            self._chosen = prices
            self._known.clear()

    def settled(self, model: Model) -> bool:
        """Whether the settings say the price."""
        return self._own(model) is not None

    def forget(self, provider: str) -> None:
        """The provider isn't what it was: its models may cost something else."""
        for model in [model for model in self._known if model[0] == provider]:
            del self._known[model]

    def known(self, model: Model) -> Price | None:
        """The price; None where nobody knows it, UNASKED where it has to be learned first."""
        known = self._known.get(model)
        if known is None or (known[1] != inf and known[1] <= self._clock.now()):
            return UNASKED
        return known[0]

    def _near(self, model: Model) -> tuple[Price | None, str | None]:
        """A price that needs no table, else the base URL by which to ask it; neither where nobody can know."""
        provider, name = model
        own = self._own(model) or self._chosen.get(f"{provider}/{name}")
        if own is not None:
            return own, None
        url = self._sources.base_url(provider)
        if url == "":
            return FREE, None
        # A server of one's own is in no table; nor is one that the table has answered for already.
        return None, url if url is not None and url.startswith("https://") and url not in self._strangers else None

    def _own(self, model: Model) -> Price | None:
        return self._sources.own.get("/".join(model)) or self._sources.own.get(model[1])

    async def _ask(self, wanted: dict[Model, Wanted], now: float) -> None:
        try:
            told = await self._sources.look(list(wanted.values()))
        except (OSError, ValueError) as error:
            _logger.warning("no prices could be looked up: %s", type(error).__name__)
            for model in wanted:
                self._keep(model, None, now + AGAIN)
            return
        self._strangers.update(told.strangers)
        for model, price in zip(wanted, told.prices, strict=True):
            self._keep(model, price, now - now % FICKLE + FICKLE if price is not None and price.fickle else inf)

    def _keep(self, model: Model, price: Price | None, until: float) -> None:
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[model] = (price, until)
