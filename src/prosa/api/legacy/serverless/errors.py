"""S's errors: `{"detail": …}` (contracts: serverless, §1)."""

from typing import Final

import msgspec

from prosa.api.bodies import InvalidBody
from prosa.drivers.outbound import OutboundError
from prosa.gateway import ModelNotFound, NoProvider, ProviderFault, StreamBroken
from prosa.interactions import AnswerTooSlow
from prosa.kit.errors import ProsaError

_encode: Final = msgspec.json.Encoder().encode
OF_A_MODEL: Final = (ProviderFault, ModelNotFound, NoProvider, StreamBroken, OutboundError, AnswerTooSlow)
# By the status that the gateway found. A provider's 429 is not the caller's: it has not passed its own limit.
STATUSES: Final = {429: 503, 503: 503, 504: 504}


class ServerlessDialect:
    """Renders errors as S's callers may read them: a list of findings for a 422, one string for all else."""

    name = "serverless"
    content_type = b"application/json"

    def render(self, error: ProsaError, request_id: str) -> tuple[int, bytes]:
        """Status and body. Of a failed model no particulars."""
        if isinstance(error, InvalidBody):
            return 422, _encode({"detail": error.details})
        if isinstance(error, OF_A_MODEL):
            return STATUSES.get(error.status, 502), _encode({"detail": "The model could not answer. Please try again later."})
        if error.status == 429:
            return 429, b'{"detail":"Rate limit exceeded"}'
        if error.status == 500:
            return 500, _encode({"error": "Internal server error", "detail": "Internal server error", "trace_id": request_id})
        return error.status, _encode({"detail": error.message})
