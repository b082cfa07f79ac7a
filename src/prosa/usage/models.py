"""The nouns of usage: what a limiter answers, calls as they were written down, sums of them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol

import msgspec

NANOSECONDS = 1_000_000_000
WINDOW = 60 * NANOSECONDS  # limits are told per minute


class Decision(NamedTuple):
    """One answer of a limiter. Times in seconds; `limit` 0 means that there is none."""

    allowed: bool
    limit: int
    remaining: int
    reset_seconds: float  # until the whole number is free again
    retry_after: float  # until the next call passes; 0.0 where this one did


UNLIMITED = Decision(True, 0, 0, 0.0, 0.0)


class Limiter(Protocol):
    """Counts calls by bucket."""

    def take(self, bucket: str, per_minute: int, cost: float = 1.0) -> Decision:
        """Take `cost` calls out of the bucket if they are there; a refusal takes nothing. `per_minute` 0: no limit.

        Raises LimiterUnavailable where the count can't be kept.
        """
        ...


CallPosition = int | None
"""Where a page of calls ended: the number of its last row; None: at the newest."""


class Costs(msgspec.Struct, frozen=True, array_like=True):
    """What the calls of one run took together. `cost` in millionths of a US dollar; None: of a call in it nobody knows the price.

    Cached tokens are among the prompt's, reasoning tokens among the answer's; `estimated` where some of them are our own count;
    `model`: who was asked, by the name that it was asked by.
    """

    calls: int
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    reasoning_tokens: int
    estimated: bool
    model: str
    cost: int | None


class Call(msgspec.Struct, frozen=True, array_like=True):
    """A call as it is stored. Moments in microseconds since 1970, times in microseconds, cost in millionths of a US dollar."""

    number: int
    space: str | None
    key_id: str | None
    dialect: str
    kind: str
    asked: str | None
    model: str
    provider: str
    status: str
    error: str | None
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    reasoning_tokens: int
    estimated: bool
    cost: int | None
    attempts: int
    started_at: int
    first_byte: int | None
    total: int
    run_id: str | None
    conversation_id: str | None


class Group(StrEnum):
    """By what usage is told apart."""

    DAY = "day"
    MODEL = "model"
    PROVIDER = "provider"
    KEY = "key"
    PERSON = "person"
    DIALECT = "dialect"


class Figures(msgspec.Struct, array_like=True):
    """Sums over calls. `unpriced`: those of them with tokens whose price nobody knows, which `cost` leaves out."""

    calls: int = 0
    failed: int = 0
    cancelled: int = 0
    broken: int = 0
    estimated: int = 0
    unpriced: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    reasoning_tokens: int = 0
    cost: int = 0


@dataclass(frozen=True, slots=True)
class UsageQuery:
    """Whose usage (None: everybody's), from one day to another, both among them and counted since 1970; by what."""

    space: str | None
    first_day: int
    last_day: int
    group: Group = Group.DAY


@dataclass(frozen=True, slots=True)
class Report:
    """Figures of each group: of days in their order, of others the one with most calls first; and of all together.

    A group's name is as it is stored, a day a number; `further` groups were too many to be told one by one.
    """

    groups: tuple[tuple[str | int, Figures], ...]
    total: Figures
    further: int = 0


@dataclass(frozen=True, slots=True)
class DayOfActivity:
    """What happened on a day: conversations begun, messages written, and how many people called a model."""

    day: int
    conversations: int
    messages: int
    people: int
