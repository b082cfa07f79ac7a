"""The head of a request as bytes, after a check that nothing in it can break out of its line."""

import re

from prosa.drivers.outbound.models import OutboundRequest
from prosa.kit.errors import BadRequest

_METHOD = re.compile(r"[A-Z]{1,16}")
_PATH = re.compile(r"/[!-\"$-~]*")
_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}")
_VALUE = re.compile(r"[\t -~\x80-\xff]*")

# Framing and routing are the client's own work; a caller's word on them would be smuggling.
_OWN = frozenset(
    {
        "host",
        "connection",
        "content-length",
        "transfer-encoding",
        "accept-encoding",
        "expect",
        "upgrade",
        "te",
        "trailer",
        "keep-alive",
        "proxy-connection",
        "proxy-authorization",
    }
)
_BODIED = frozenset({"POST", "PUT", "PATCH"})

HeadKey = tuple[str, str, tuple[tuple[str, str], ...]]


class Heads:
    """Makes the heads for one target and keeps the last ones: a provider's differ only in the length of the body."""

    __slots__ = ("_kept", "_lines", "_prefix")

    _MOST_KEPT = 32

    def __init__(self, host: str, prefix: str = "", proxy_authorization: str | None = None) -> None:
        """`host` is the Host header's value, `prefix` what stands before the path (absolute form, for a proxy)."""
        self._prefix = prefix
        self._lines = f"host: {host}\r\naccept-encoding: identity\r\n"
        if proxy_authorization is not None:
            self._lines += f"proxy-authorization: {proxy_authorization}\r\n"
        self._kept: dict[HeadKey, bytes] = {}

    def make(self, request: OutboundRequest) -> bytes:
        """The request line and all header lines with the empty line; raises BadRequest for what must not be sent."""
        key = (request.method, request.path, request.headers)
        head = self._kept.get(key)
        if head is None:
            head = self._build(*key)
            if len(self._kept) >= self._MOST_KEPT:
                self._kept.clear()
            self._kept[key] = head
        if request.body or request.method in _BODIED:
            return head + b"content-length: %d\r\n\r\n" % len(request.body)
        return head + b"\r\n"

    def _build(self, method: str, path: str, headers: tuple[tuple[str, str], ...]) -> bytes:
        if not _METHOD.fullmatch(method) or method in ("CONNECT", "TRACE") or not _PATH.fullmatch(path):
            raise BadRequest("The request can't be sent: its method or path holds what HTTP does not allow.")
        lines = [f"{method} {self._prefix}{path} HTTP/1.1\r\n", self._lines]
        for name, value in headers:
            if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value) or name.lower() in _OWN:
                raise BadRequest("The request can't be sent: one of its headers is not allowed.")
            lines.append(f"{name}: {value}\r\n")
        return "".join(lines).encode("latin-1")
