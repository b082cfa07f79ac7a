"""A model call as it is written down once it is over."""

from typing import Any, Final, Protocol

from prosa.kit import moments
from prosa.usage.payer import NOBODY, Payer
from prosa.usage.prices import UNASKED, PriceBook

LONGEST: Final = 256  # characters of a name that a caller made up
CANCELLED: Final = "cancelled"
NOTHING_BEFORE: Final = (0, 0)


class Tokens(Protocol):
    """Tokens of a call as the gateway tells them: cached ones are among the prompt's, reasoning ones among the answer's."""

    @property
    def prompt_tokens(self) -> int: ...

    @property
    def completion_tokens(self) -> int: ...

    @property
    def cached_tokens(self) -> int: ...

    @property
    def reasoning_tokens(self) -> int: ...

    @property
    def estimated(self) -> bool: ...


class SettledCall(Protocol):
    """What is written down of a call; the gateway's CallRecord is one. Times in seconds."""

    @property
    def kind(self) -> str: ...

    @property
    def asked(self) -> str | None: ...

    @property
    def model(self) -> str: ...

    @property
    def provider(self) -> str: ...

    @property
    def status(self) -> str: ...

    @property
    def fault_code(self) -> str | None: ...

    @property
    def usage(self) -> Tokens | None: ...

    @property
    def sent_tokens(self) -> int:
        """What the question is likely to have cost where nothing was heard of the answer."""
        ...

    @property
    def counted_before(self) -> tuple[int, int]:
        """Tokens of question and answer that the row of an earlier call, which this one takes up again, has counted already."""
        ...

    @property
    def attempts(self) -> int: ...

    @property
    def first_byte_seconds(self) -> float | None: ...

    @property
    def seconds(self) -> float: ...

    @property
    def payer(self) -> Payer | None: ...


COLUMNS: Final = (
    *("space", "key_id", "dialect", "kind", "asked", "model", "provider", "status", "error"),
    *("prompt_tokens", "completion_tokens", "cached_tokens", "reasoning_tokens", "estimated", "cost"),
    *("attempts", "started_at", "first_byte", "total", "run_id", "conversation_id"),
)
MODEL, PROVIDER, COST = (COLUMNS.index(name) for name in ("model", "provider", "cost"))
PROMPT, ANSWER, CACHED, FIRST = (
    COLUMNS.index(name) for name in ("prompt_tokens", "completion_tokens", "cached_tokens", "first_byte")
)
TO_BE_FOUND: Final = -1
"""A row's cost whose price has still to be looked up."""
CallRow = tuple[Any, ...]  # texts, numbers, nothing: what a database takes
"""A row of `usage_calls`, in the order of COLUMNS: one is made for each call, so it is nothing more."""


def row_of(call: SettledCall, now: float, prices: PriceBook) -> CallRow:
    """The row of a call that has ended just now (seconds since 1970). Moments and times in microseconds."""
    payer = call.payer or NOBODY
    prompt, completion, cached, reasoning, estimated = _counted(call)
    cost: int | None = 0
    if prompt or completion:
        price = prices.known((call.provider, call.model))
        cost = TO_BE_FOUND if price is UNASKED else None if price is None else price.cost(prompt, completion, cached)
    seconds, first = call.seconds, call.first_byte_seconds
    return (
        payer.space or None,
        payer.key_id,
        payer.dialect,
        call.kind,
        call.asked,
        call.model[:LONGEST],
        call.provider,
        call.status,
        call.fault_code,
        prompt,
        completion,
        cached,
        reasoning,
        estimated,
        cost,
        call.attempts,
        int((now - seconds) * moments.SECOND),
        None if first is None else int(first * moments.SECOND),
        int(seconds * moments.SECOND),
        payer.run_id,
        payer.conversation_id,
    )


def _counted(call: SettledCall) -> tuple[int, int, int, int, bool]:
    """Tokens of question and answer, and of these from the cache and of reasoning; whether they are our estimate.

    A caller who leaves before the first byte has still had the question sent, which a provider charges for.
    """
    usage = call.usage
    if usage is None:
        return (call.sent_tokens, 0, 0, 0, True) if call.status == CANCELLED and call.attempts else (0, 0, 0, 0, False)
    prompt, completion, before = usage.prompt_tokens, usage.completion_tokens, call.counted_before
    if before != NOTHING_BEFORE:
        prompt, completion = max(0, prompt - before[0]), max(0, completion - before[1])
    cached, reasoning = usage.cached_tokens, usage.reasoning_tokens
    return (prompt, completion, min(cached, prompt), min(reasoning, completion), usage.estimated)
