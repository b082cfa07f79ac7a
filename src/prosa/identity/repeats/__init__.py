"""Requests that come again under the same `Idempotency-Key`, and what was answered to the first of them."""

from prosa.identity.repeats.errors import KeyInvalid, KeyReused, RequestInFlight
from prosa.identity.repeats.models import ClaimHolders, KeptAnswer, KeyedRequest, RepeatClaim
from prosa.identity.repeats.ownership import erase_repeats, inherit_repeats
from prosa.identity.repeats.service import RepeatService
from prosa.identity.repeats.settings import RepeatSettings

__all__ = [
    "ClaimHolders",
    "KeptAnswer",
    "KeyInvalid",
    "KeyReused",
    "KeyedRequest",
    "RepeatClaim",
    "RepeatService",
    "RepeatSettings",
    "RequestInFlight",
    "erase_repeats",
    "inherit_repeats",
]
