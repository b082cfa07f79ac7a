"""Limits and prices as they are told at start; 0 means no limit."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from prosa.usage.prices import Price


@dataclass(frozen=True, slots=True)
class UsageSettings:
    """Requests a minute, each let through at once up to its number, then evenly (mission.md, decision 25)."""

    bitaca_per_minute: int = 60  # RATE_LIMIT_PER_MINUTE: a visitor's posts on B's routes
    serverless_per_minute: int = 60  # RATE_LIMIT_PER_MINUTE: a (key, userId) pair
    serverless_key_per_minute: int = 600  # a key whatever its userId says
    key_per_minute: int = 3000  # PROSA_REQUESTS_PER_MINUTE: a key on /v1
    page_per_minute: int = 3000  # what a signed-in person's pages ask for beside model calls, at least
    anonymous_per_minute: int = 600  # an address without a key on /v1
    failed_per_minute: int = 60  # refused credentials of one address
    days: int = 400  # PROSA_USAGE_DAYS: for which single calls are kept; 0: for ever
    prices: Mapping[str, Price] = field(default_factory=dict)  # by a model's name, with its provider's before it or without
