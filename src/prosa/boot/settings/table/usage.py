"""What calls cost, and how long each of them is remembered."""

from prosa.boot.settings.kinds import whole
from prosa.boot.settings.pricing import PRICES_KIND
from prosa.boot.settings.rows import Row

DAYS = Row(
    "PROSA_USAGE_DAYS",
    "usage.days",
    whole(0, 36_500),
    400,
    "For how many days each single call is kept; 0: for ever. Its part in the sums stays.",
)
PRICES: Row[str | None] = Row(
    "PROSA_PRICES",
    "usage.prices",
    PRICES_KIND,
    None,
    'What models cost, in US dollars for a million tokens, as JSON: `{"openai/gpt-4o": {"input": 2.5, "output": 10, "cached": '
    '1.25}}`. In `prosa.toml` rather tables such as `[prices."openai/gpt-4o"]`. What isn\'t named here costs what a maintained '
    "table says.",
)
