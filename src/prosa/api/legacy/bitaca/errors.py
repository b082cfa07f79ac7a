"""B's errors: `{"detail": …}`, and of a provider never a word."""

from typing import Final

import msgspec

from prosa.api.bodies import InvalidBody
from prosa.drivers.outbound import OutboundError
from prosa.gateway import ModelNotFound, NoProvider, ProviderFault, StreamBroken
from prosa.kit.errors import ProsaError

_encode: Final = msgspec.json.Encoder().encode
OF_A_MODEL: Final = (ProviderFault, ModelNotFound, NoProvider, StreamBroken, OutboundError)
# What a visitor is told when the model fails, by the status that the gateway found; all else is a 502.
WORDS: Final = {
    429: "The model is busy. Please try again in a moment.",
    503: "The model is not available at the moment.",
    504: "The model took too long to answer.",
}
FAILED: Final = "The model failed to answer."


class BitacaDialect:
    """Renders errors as B's clients may read them (contracts: bitaca, §5)."""

    name = "bitaca"
    content_type = b"application/json"

    def render(self, error: ProsaError, request_id: str) -> tuple[int, bytes]:
        """Status and body. A model's failure is told in own words; the operator's bad key is a 503, never a visitor's 401."""
        if isinstance(error, InvalidBody):
            return 422, _encode({"detail": error.details})
        if isinstance(error, OF_A_MODEL):
            status = error.status if error.status in WORDS else 502
            return status, _encode({"detail": WORDS.get(status, FAILED)})
        if error.status == 429:
            return 429, b'{"detail":"Rate limit exceeded"}'
        if error.status == 500:
            return 500, _encode({"detail": "Internal server error", "request_id": request_id})
        return error.status, _encode({"detail": error.message})
