"""Prices of models from the settings: `[prices."NAME"]` of `prosa.toml`, and JSON in `PROSA_PRICES`, which wins."""

from collections.abc import Mapping
from typing import Annotated, Final

import msgspec

from prosa.boot.settings.errors import SettingRefused
from prosa.boot.settings.kinds import Kind
from prosa.boot.settings.sources import TOML
from prosa.usage import Price, Rates

_Dollars = Annotated[float, msgspec.Meta(ge=0, le=1_000_000)]


class _Price(msgspec.Struct, forbid_unknown_fields=True):
    input: _Dollars
    output: _Dollars = 0.0
    cached: _Dollars | None = None

    def price(self) -> Price:
        return Price((Rates(0, self.input, self.output, self.cached),))


_prices: Final = msgspec.json.Decoder(dict[str, _Price]).decode


def _checked(text: str) -> str:
    _prices(text)  # a ValidationError is a ValueError
    return text


PRICES_KIND: Final = Kind('JSON such as {"openai/gpt-4o": {"input": 2.5, "output": 10}}', _checked)


def prices(toml: Mapping[str, object], text: str | None) -> dict[str, Price]:
    """Both together. Raises SettingRefused, naming the place in the file."""
    try:
        found = msgspec.convert(toml.get("prices", {}), dict[str, _Price])
    except msgspec.ValidationError as error:
        raise SettingRefused(f"prices ({TOML}): {error}") from error
    given = _prices(text) if text is not None else {}
    return {name: price.price() for name, price in (found | given).items()}
