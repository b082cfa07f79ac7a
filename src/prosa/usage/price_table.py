"""The maintained table of prices, asked in a process of its own: `python -m prosa.usage.price_table`.

It reads pairs of base URL and model as JSON from standard input and answers `Told`. The table is the package genai-prices'; what
it knows came with it, and nothing is fetched.
"""

import sys
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

import msgspec

from prosa.usage.prices import Price, Rates, Told, Wanted

_NAMES: Final = ("input_mtok", "output_mtok", "cache_read_mtok")


def told(wanted: list[Wanted]) -> Told:
    """The prices as they are now."""
    from genai_prices import data_snapshot  # heavy: for this process alone

    table = data_snapshot.get_snapshot()
    prices: list[Price | None] = []
    strangers: dict[str, None] = {}
    for url, model in wanted:
        try:
            table.find_provider(None, None, url)
        except LookupError:
            strangers[url] = None
            prices.append(None)
            continue
        try:
            _, found = table.find_provider_model(model, None, None, url)
        except LookupError:
            prices.append(None)
            continue
        prices.append(_price(found.get_prices(datetime.now(UTC)), fickle=isinstance(found.prices, list)))
    return Told(prices, list(strangers))


def _price(prices: object, *, fickle: bool) -> Price | None:
    """The tiers of all three rates laid over each other; None where neither questions nor answers have a price."""
    found = [getattr(prices, name) for name in _NAMES]
    if found[0] is None and found[1] is None:
        return None
    begins = {0} | {tier.start for rate in found for tier in getattr(rate, "tiers", ())}
    return Price(tuple(Rates(begin, *(_at(rate, begin) for rate in found)) for begin in sorted(begins)), fickle)


def _at(rate: object, begin: int) -> float | None:
    """The rate of a question with more than `begin` tokens."""
    if rate is None or isinstance(rate, Decimal):
        return None if rate is None else float(rate)
    value: Decimal = rate.base  # type: ignore[attr-defined]  # a rate of tiers
    for tier in rate.tiers:  # type: ignore[attr-defined]  # likewise
        if tier.start <= begin and begin:
            value = tier.price
    return float(value)


def main() -> int:
    """The child's whole life."""
    wanted = msgspec.json.decode(sys.stdin.buffer.read(), type=list[Wanted])
    sys.stdout.buffer.write(msgspec.json.encode(told(wanted)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
