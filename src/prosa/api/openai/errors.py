"""OpenAI's error envelope."""

from typing import Final

import msgspec

from prosa.kit.errors import ProsaError

_encode: Final = msgspec.json.Encoder().encode


class _Error(msgspec.Struct):
    message: str
    type: str
    param: str | None
    code: str


class _Envelope(msgspec.Struct):
    error: _Error


class OpenAIDialect:
    """Renders errors as the OpenAI SDKs read them: `{"error": {"message", "type", "param", "code"}}`."""

    name = "openai"
    content_type = b"application/json"

    def render(self, error: ProsaError, request_id: str) -> tuple[int, bytes]:
        """Status and body, in OpenAI's own names; the request id travels in a header."""
        return error.status, _encode(_Envelope(_Error(error.message, _type(error), error.param, error.code)))


def _type(error: ProsaError) -> str:
    if error.status == 429:
        return "rate_limit_error"
    # A fault of a provider is the server's by its class, and the caller's when the provider refused the request itself.
    return "invalid_request_error" if error.status < 500 else error.kind
