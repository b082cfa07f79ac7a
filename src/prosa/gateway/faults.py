"""A provider's "no", translated: what the caller sees, and whether another try may help."""

import time
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime

import msgspec

from prosa.gateway.errors import ProviderFault
from prosa.gateway.redaction import redact

LONGEST_RETRY_AFTER = 3600.0


@dataclass(frozen=True, slots=True)
class _Rule:
    status: int
    code: str
    retriable: bool
    lead: str


# What a provider's status becomes. The operator's trouble (its key, its bill) is never the caller's 401 or 403.
_RULES = {
    400: _Rule(400, "invalid_request", False, "The model provider refused the request"),
    401: _Rule(
        503, "provider_auth", True, "The model provider refused the server's credentials; the operator must check its key"
    ),
    402: _Rule(503, "provider_quota", True, "The server's account with the model provider has no credit left"),
    403: _Rule(
        503, "provider_auth", True, "The model provider refused the server's credentials; the operator must check its key"
    ),
    404: _Rule(404, "model_not_found", False, "The model provider doesn't know this model"),
    408: _Rule(504, "upstream_timeout", True, "The model provider took too long"),
    409: _Rule(502, "provider_error", True, "The model provider was busy with a conflicting request"),
    413: _Rule(413, "payload_too_large", False, "The request is too large for the model provider"),
    422: _Rule(400, "invalid_request", False, "The model provider refused the request"),
    429: _Rule(429, "provider_rate_limited", True, "The model provider is limiting the server's requests"),
    503: _Rule(503, "provider_unavailable", True, "The model provider is not available"),
    504: _Rule(504, "upstream_timeout", True, "The model provider took too long"),
    529: _Rule(503, "provider_unavailable", True, "The model provider is overloaded"),
}
_CLIENT_ERROR = _Rule(400, "invalid_request", False, "The model provider refused the request")
_SERVER_ERROR = _Rule(502, "provider_error", True, "The model provider failed")
_ODD = _Rule(502, "provider_error", True, "The model provider gave an answer that is no answer")


def translate(status: int, headers: dict[str, str], body: bytes, secret: str | None) -> ProviderFault:
    """The fault behind an answer that is not 200; the provider is quoted, redacted, only where it speaks of the request."""
    rule = _RULES.get(status) or (_CLIENT_ERROR if 400 <= status < 500 else _SERVER_ERROR if status >= 500 else _ODD)
    message, param = rule.lead, None
    if rule.status in (400, 404, 413):
        said, param = _said(body)
        said, param = redact(said, secret), redact(param, secret) if param else None
        message = f"{rule.lead}: {said}" if said else rule.lead
    return ProviderFault(
        message,
        status=rule.status,
        code=rule.code,
        retriable=rule.retriable,
        retry_after=retry_after(headers),
        param=param,
    )


def quoted(status: int, headers: dict[str, str], body: bytes, secret: str | None) -> ProviderFault:
    """The same for whoever sets the provider up: what it said is quoted, redacted, whatever it speaks of."""
    fault = translate(status, headers, body, secret)
    said = redact(_said(body)[0], secret)
    if not said or said in fault.message:
        said = f"status {status}"
    return ProviderFault(
        f"{fault.message} ({said})",
        status=fault.status,
        code=fault.code,
        retriable=fault.retriable,
        retry_after=fault.retry_after,
    )


def retry_after(headers: dict[str, str]) -> float | None:
    """Seconds to wait, from `retry-after-ms` or `Retry-After` (seconds or date, RFC 9110 §10.2.3); None when absent or absurd."""
    milliseconds = headers.get("retry-after-ms")
    if milliseconds is not None:
        return _bounded(milliseconds, 1000.0)
    value = headers.get("retry-after")
    if value is None:
        return None
    if value.strip().replace(".", "", 1).isdigit():
        return _bounded(value, 1.0)
    try:
        at = parsedate_to_datetime(value)
        if at.tzinfo is None:
            at = at.replace(tzinfo=UTC)  # the form without a zone (asctime) means GMT too
        return _clamp(at.timestamp() - time.time())
    except (ValueError, OverflowError):
        return None


def _bounded(text: str, unit: float) -> float | None:
    try:
        return _clamp(float(text) / unit)
    except ValueError:
        return None


def _clamp(seconds: float) -> float | None:
    if seconds != seconds:  # a NaN is no time
        return None
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER)


class _Inner(msgspec.Struct):
    message: object = None
    param: object = None


class _Body(msgspec.Struct):
    error: _Inner | str | None = None
    message: object = None
    detail: object = None


_DECODER = msgspec.json.Decoder(_Body)


def _said(body: bytes) -> tuple[str, str | None]:
    """The message and the parameter that an error body names, in any of the usual forms."""
    try:
        found = _DECODER.decode(body[:65536])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return "", None
    if isinstance(found.error, _Inner):
        param = found.error.param
        return _text(found.error.message), param if isinstance(param, str) and len(param) < 100 else None
    if isinstance(found.error, str):
        return found.error, None
    return _text(found.message) or _text(found.detail), None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
