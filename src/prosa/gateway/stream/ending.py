"""How every stream ends, in OpenAI's form."""

import msgspec

from prosa.gateway.errors import StreamBroken
from prosa.kit.errors import ProsaError

DONE = b"data: [DONE]\n\n"


def error_event(error: ProsaError) -> bytes:
    """One event with OpenAI's error envelope; the official SDKs raise APIError for it."""
    envelope = {"message": error.message, "type": error.kind, "param": error.param, "code": error.code}
    return b"data: " + msgspec.json.encode({"error": envelope}) + b"\n\n"


def broken_off() -> StreamBroken:
    """The provider's body ended before its answer did."""
    return StreamBroken("The answer broke off: the model provider ended it before it was complete")
