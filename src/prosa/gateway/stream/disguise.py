"""Errors that come with status 200: as an event in mid-stream, as a body, or as a page of HTML."""

import msgspec

from prosa.gateway.errors import ProviderFault
from prosa.gateway.faults import translate

# What providers call their errors, and the HTTP status that each stands for.
_STATUS = {
    "authentication_error": 401,
    "invalid_api_key": 401,
    "billing_error": 402,
    "insufficient_quota": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "model_not_found": 404,
    "timeout_error": 504,
    "request_too_large": 413,
    "invalid_request_error": 400,
    "context_length_exceeded": 400,
    "content_filter": 400,
    "rate_limit_exceeded": 429,
    "rate_limit_error": 429,
    "resource_exhausted": 429,
    "overloaded_error": 529,
    "engine_overloaded": 529,
    "service_unavailable": 503,
    "unavailable": 503,
}


class _Told(msgspec.Struct):
    code: object = None
    type: object = None
    status: object = None


class _Body(msgspec.Struct):
    error: _Told | str | None = None
    code: object = None
    type: object = None


_DECODER = msgspec.json.Decoder(_Body)


def told(body: bytes, secret: str | None = None) -> ProviderFault:
    """The fault that an error body or error event with status 200 stands for; its words are redacted, `secret` above all."""
    try:
        found = _DECODER.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return not_an_answer()
    said = found.error if isinstance(found.error, _Told) else _Told(found.code, found.type)
    return translate(_status(said), {}, body, secret)


def not_an_answer() -> ProviderFault:
    """A 200 whose body is not what was asked for: HTML of some proxy on the way, or a page of the wrong server."""
    return ProviderFault("The model provider answered something that is no answer of its protocol")


def is_error(error: msgspec.Raw) -> bool:
    """Whether an `error` field says anything: absent and null don't."""
    said = bytes(error)
    return said not in (b"", b"null")


def _status(said: _Told) -> int:
    for word in (said.code, said.type, said.status):
        if isinstance(word, int) and 400 <= word < 600:
            return word
        if isinstance(word, str):
            status = int(word) if word.isdecimal() and len(word) == 3 else _STATUS.get(word.lower(), 0)
            if 400 <= status < 600:
                return status
    return 500
