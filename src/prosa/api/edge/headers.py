"""The header fields that every answer carries: security, origins, request id, limits."""

import re

from prosa.api.edge.asgi import Header
from prosa.identity import OriginKind

API_POLICY = b"default-src 'none'; frame-ancestors 'none'"

_FIXED: tuple[Header, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"content-security-policy", API_POLICY),
    # Pages on allowed origins read by CORS, which this leaves alone; it keeps answers from being embedded as images or scripts.
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)
_VARY: Header = (b"vary", b"Origin")
_HSTS: Header = (b"strict-transport-security", b"max-age=31536000")
_EXPOSED: Header = (
    b"access-control-expose-headers",
    b"x-request-id, retry-after, x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset, "
    b"x-ratelimit-limit-requests, x-ratelimit-remaining-requests, x-ratelimit-reset-requests",
)
_READABLE = frozenset({OriginKind.OWN, OriginKind.ALLOWED})
_ASKED_HEADERS = re.compile(rb"[A-Za-z0-9!#$%&'*+.^_`|~ ,-]{0,2048}")
_METHODS = b"GET, POST, PUT, PATCH, DELETE, OPTIONS"


class AnswerHeaders:
    """Puts together an answer's header fields. `secure`: the public URL is https, so browsers shall not come by http again."""

    def __init__(self, secure: bool = False) -> None:
        self._common: list[Header] = [*_FIXED, _VARY, *([_HSTS] if secure else [])]
        self._names = frozenset(name for name, _ in self._common)
        self._block = b"".join(name + b": " + value + b"\r\n" for name, value in self._common)

    def split(self, request_id: str, origin: bytes | None, kind: OriginKind, extra: list[Header]) -> tuple[bytes, list[Header]]:
        """As `compose`, for prosa's own server: the common fields as bytes that go out as they are, and the others."""
        if not self._names.isdisjoint([name for name, _ in extra]):
            return b"", self.compose(request_id, origin, kind, extra)
        extra.append((b"x-request-id", request_id.encode()))
        if origin is not None and kind in _READABLE:
            extra.append((b"access-control-allow-origin", origin))
            extra.append(_EXPOSED)
        return self._block, extra

    def lines(self, request_id: str, origin: bytes | None, kind: OriginKind) -> bytes:
        """The common fields as lines of a head, for an answer that has no fields of its own."""
        head = b"%bx-request-id: %b\r\n" % (self._block, request_id.encode())
        if origin is None or kind not in _READABLE:
            return head
        return b"%baccess-control-allow-origin: %b\r\n%b: %b\r\n" % (head, origin, *_EXPOSED)

    def compose(self, request_id: str, origin: bytes | None, kind: OriginKind, extra: list[Header]) -> list[Header]:
        """All fields: a field of `extra` replaces the common one of its name, but for Vary, which grows."""
        headers = self._common.copy()
        if not self._names.isdisjoint([name for name, _ in extra]):
            own = {name for name, _ in extra}
            headers = [header for header in headers if header[0] not in own or header[0] == b"vary"]
        headers += extra
        headers.append((b"x-request-id", request_id.encode()))
        if origin is not None and kind in _READABLE:
            headers.append((b"access-control-allow-origin", origin))
            headers.append(_EXPOSED)
        return headers


def preflight_headers(asked: bytes, methods: tuple[str, ...], private_network: bool) -> list[Header]:
    """What a preflight of an allowed origin is told: `methods` (empty: all), any header field it asks for, ten minutes."""
    headers = [
        (b"access-control-allow-methods", ", ".join((*methods, "OPTIONS")).encode() if methods else _METHODS),
        (b"access-control-max-age", b"600"),
        (b"vary", b"Access-Control-Request-Method, Access-Control-Request-Headers"),
    ]
    if asked and _ASKED_HEADERS.fullmatch(asked):
        headers.append((b"access-control-allow-headers", asked))
    if private_network:
        headers.append((b"access-control-allow-private-network", b"true"))
    return headers
