"""Whether a failed try is followed by another at the same target, at the next one, or by none."""

from prosa.drivers.outbound import ConnectFailed, ConnectionLost, OutboundError
from prosa.gateway.errors import ProviderFault
from prosa.kit.errors import ProsaError

LONGEST_WAIT = 5.0  # a provider that asks for a longer wait is passed over; the caller hears its Retry-After
_FIRST_WAIT = 0.2
_WORTH_REPEATING = frozenset({"provider_error", "provider_unavailable", "provider_rate_limited"})
# Not the target's own fault, or nothing that a pause would mend: such an answer opens no circuit.
_NO_FAILURE = frozenset({"provider_rate_limited", "provider_auth", "provider_quota", "model_not_found"})


def elsewhere(error: ProsaError) -> bool:
    """Whether another target may do what this one did not."""
    if isinstance(error, OutboundError):
        return error.retriable
    return isinstance(error, ProviderFault) and (error.retriable or error.code == "model_not_found")


def pause(error: ProsaError, turn: int, retries: int) -> float | None:
    """Seconds to wait before the same target is tried again after its `turn`-th failure (from 0); None: not again."""
    if turn >= retries or not elsewhere(error):
        return None
    if error.retry_after is not None:
        return error.retry_after if error.retry_after <= LONGEST_WAIT else None
    # A time-out has already cost the caller its patience: the next target, not the same.
    repeat = isinstance(error, ConnectFailed | ConnectionLost) or error.code in _WORTH_REPEATING
    return _FIRST_WAIT * 2**turn if repeat else None


def opens_circuit(error: ProsaError) -> bool:
    """Whether this failure counts against the target."""
    return elsewhere(error) and error.code not in _NO_FAILURE
