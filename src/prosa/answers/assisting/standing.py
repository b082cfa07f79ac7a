"""Where a run stands, in the words of the Assistants API, whether that is read from its row or from its log.

prosa has no word for two of the vendor's states and more words for others: what a time limit ended is `expired`, what was broken
off is `failed`; what a filter cut off is `failed` too, since `incomplete` has no reason for it.
"""

from dataclasses import dataclass, field
from typing import Final, Literal

import msgspec
from msgspec import Struct

from prosa.answers.assisting.pinned import Pending, PendingCall
from prosa.kit import moments
from prosa.runs import Run, RunState

Status = Literal[
    "queued", "in_progress", "requires_action", "cancelling", "cancelled", "failed", "completed", "incomplete", "expired"
]
StepStatus = Literal["in_progress", "cancelled", "failed", "completed", "expired"]


class Usage(Struct):
    """What model calls cost, in tokens."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class LastError(Struct):
    """Why a run or a step failed."""

    code: Literal["server_error", "rate_limit_exceeded", "invalid_prompt"]
    message: str


class Tokens(Struct):
    """The same in the words of the Responses API."""

    input_tokens: int = 0
    output_tokens: int = 0
    total_tokens: int = 0

    def usage(self) -> Usage:
        """In these words."""
        return Usage(self.input_tokens, self.output_tokens, self.total_tokens)


class _Details(Struct):
    reason: str


class Ended(Struct):
    """The response object at its end, as far as it is told again."""

    status: str
    error: LastError | None = None
    incomplete_details: _Details | None = None
    usage: Tokens | None = None

    @property
    def why(self) -> str:
        """Why it is incomplete, or else its status."""
        return self.incomplete_details.reason if self.incomplete_details is not None else self.status


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a run stands; `at`: when it ended, in seconds since 1970; `calls`: those that the client has to answer until
    `due_at`."""

    status: Status
    at: int | None = None
    error: LastError | None = None
    reason: str | None = None
    usage: Usage | None = None
    calls: list[PendingCall] = field(default_factory=list)
    due_at: int | None = None


_OPEN: Final[dict[RunState, Status]] = {RunState.QUEUED: "queued", RunState.RUNNING: "in_progress"}
_STATUS: Final[dict[str, Status]] = {
    "completed": "completed",
    "cancelled": "cancelled",
    "max_output_tokens": "incomplete",
    "max_prompt_tokens": "incomplete",
    "max_steps": "incomplete",  # for which the vendor has no reason
    "time_limit": "expired",
    "expired": "expired",
}
_REASONS: Final = {"max_output_tokens": "max_completion_tokens", "max_prompt_tokens": "max_prompt_tokens"}
_WORDS: Final = {
    "content_filter": LastError("invalid_prompt", "The provider's content filter cut the answer off."),
    "interrupted": LastError("server_error", "The answer was broken off, and could not be gone on with."),
}
_FAILED: Final = LastError("server_error", "The run failed because of an error of the server.")
STEPS: Final[dict[Status, StepStatus]] = {"cancelled": "cancelled", "failed": "failed", "expired": "expired"}
"""What becomes of a step that the end of its run cuts off; anything else completes it."""
_ended: Final = msgspec.json.Decoder(Ended | None).decode


def standing_of(run: Run) -> Standing:
    """Where a stored run stands."""
    if run.state in _OPEN:
        return Standing(_OPEN[run.state])
    if run.state is RunState.WAITING:
        pending = Pending.of(run.result or "")
        return Standing("requires_action", calls=pending.calls, due_at=pending.due_at)
    return standing_at_end(_ended(run.result or "null"), run.ended_at)


def standing_at_end(ended: Ended | None, ended_at: int | None) -> Standing:
    """Where a run stands that ended so; `ended_at` in microseconds since 1970."""
    at = None if ended_at is None else ended_at // moments.SECOND
    if ended is None:
        return Standing("failed", at, _FAILED)
    status = _STATUS.get(ended.why, "failed")
    return Standing(
        status,
        at,
        error=(ended.error or _WORDS.get(ended.why, _FAILED)) if status == "failed" else None,
        reason=_REASONS.get(ended.why),
        usage=ended.usage.usage() if ended.usage is not None else Usage(0, 0, 0),
    )
