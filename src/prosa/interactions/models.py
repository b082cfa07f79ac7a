"""The nouns of a single exchange."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from prosa.usage import Payer

CleanPrompt = NewType("CleanPrompt", str)  # what `masking.clean` has let through; nothing else reaches a model or the store


class InteractionStatus(StrEnum):
    """Where an exchange stands. Unfinished ones wait for their answer, or their process died."""

    COMPLETED = "completed"
    FAILED = "failed"
    UNFINISHED = "unfinished"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. `space` owns it; `user_id` names an end user inside that space and grants nothing."""

    space: str
    user_id: str
    prompt: CleanPrompt
    trace_id: str | None = None
    models: frozenset[str] | None = None  # the only ones that the caller's key may name; None: every one
    id: str | None = None  # of the exchange, where an earlier attempt may have begun it
    payer: Payer | None = None  # on whose account it goes


@dataclass(frozen=True, slots=True)
class Interaction:
    """One exchange, begun when it was asked. `error` is a code of prosa, or an imported text: it is shown to nobody."""

    id: str
    space: str
    user_id: str
    prompt: str
    asked_at: datetime  # with its zone, to the microsecond
    response: str | None = None
    model: str | None = None  # as the provider named it; "cache" for an answer out of the cache
    cached: bool = False
    trace_id: str | None = None
    tokens: int | None = None
    latency_ms: int | None = None
    error: str | None = None
    metadata: str | None = None

    @property
    def status(self) -> InteractionStatus:
        """Where it stands, by what is there."""
        if self.error is not None:
            return InteractionStatus.FAILED
        return InteractionStatus.UNFINISHED if self.response is None else InteractionStatus.COMPLETED


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said, and how long it took; what completes an exchange."""

    text: str
    model: str
    tokens: int | None
    cached: bool = False


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A page of at most `limit` exchanges, older than the one that `cursor` names."""

    limit: int = 20
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Exchanges, newest first; `next_cursor` is None on the last page."""

    items: tuple[Interaction, ...]
    next_cursor: str | None
