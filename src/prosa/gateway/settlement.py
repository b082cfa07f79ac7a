"""What is written down once a call is over, however it ended."""

from collections.abc import Callable
from enum import StrEnum

import msgspec

from prosa.gateway.models import CallKind, Usage
from prosa.gateway.stream import estimate
from prosa.kit.errors import ProsaError
from prosa.usage import Payer


class CallStatus(StrEnum):
    """How a call ended: whole, refused or failed before its first byte, left by the client, or broken in the middle."""

    OK = "ok"
    FAILED = "failed"
    CANCELLED = "cancelled"
    BROKEN = "broken"


class CallRecord(msgspec.Struct):
    """One call to a model, for metrics, logs and its row of usage. Times in seconds.

    `asked` is the model's name as the caller gave it. `sent_tokens`: what the question is likely to have cost where nothing of
    the answer was heard; `counted_before`: of question and answer, where this call takes up again one that was settled.
    """

    kind: CallKind
    model: str
    provider: str
    status: CallStatus = CallStatus.OK
    usage: Usage | None = None
    first_byte_seconds: float | None = None
    seconds: float = 0.0
    attempts: int = 0
    fault_code: str | None = None
    fault: ProsaError | None = None
    asked: str | None = None
    payer: Payer | None = None
    sent_tokens: int = 0
    counted_before: tuple[int, int] = (0, 0)
    held: object = None  # what its payer's budget holds back for it


Settle = Callable[[CallRecord], None]

# A chat template adds a few tokens around each message; an estimate that leaves them out would always be low.
_ENVELOPE_TOKENS = 8


def told_or_estimated(told: Usage | None, asked_bytes: int, text_chars: int) -> Usage:
    """The provider's count where it is believable, else our estimate, marked as one (attacks: J3)."""
    if (
        told is not None
        and told.prompt_tokens >= 0
        and told.completion_tokens >= 0
        and (told.completion_tokens or not text_chars)
        and (told.prompt_tokens or not text_chars)
    ):
        return told
    return Usage(question(asked_bytes), estimate(text_chars), estimated=True)


def question(asked_bytes: int) -> int:
    """Tokens that a question of so many bytes is likely to be."""
    return estimate(asked_bytes) + _ENVELOPE_TOKENS
