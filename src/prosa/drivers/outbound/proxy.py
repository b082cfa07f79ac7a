"""A proxy on the way out, used only when the operator names one."""

import asyncio
import re
from base64 import b64encode
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import unquote

from prosa.drivers.outbound.addresses import is_public, literal
from prosa.drivers.outbound.errors import BadAnswer, ConnectFailed, OutboundError
from prosa.drivers.outbound.models import Target
from prosa.drivers.outbound.urls import parse_url

_CREDENTIALS = re.compile(r"http://(?:([^:@/]*)(?::([^@/]*))?@)?([^@]*)", re.IGNORECASE)
_ANSWER = re.compile(rb"HTTP/1\.[01] ([0-9]{3})(?: [^\r\n]*)?\r\n")


@dataclass(frozen=True, slots=True)
class Proxy:
    """Where the proxy is, and the Proxy-Authorization value that it wants, if any."""

    target: Target
    authorization: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, url: str) -> "Proxy":
        """From `http://[user[:password]@]host[:port]`; raises AddressRefused for anything else."""
        whole = _CREDENTIALS.fullmatch(url)
        user, password, rest = whole.groups() if whole else (None, None, "")
        target, _ = parse_url(f"http://{rest}", private=True)
        if user is None:
            return cls(target)
        pair = f"{unquote(user)}:{unquote(password or '')}"
        return cls(target, "Basic " + b64encode(pair.encode()).decode("ascii"))

    def serves(self, target: Target) -> bool:
        """Whether calls to the target go through it: all but those to this machine or a private address by number."""
        address = literal(target.host)
        if address is not None:
            return is_public(address)
        return target.host != "localhost" and not target.host.endswith(".localhost")


class Tunnel(asyncio.Protocol):
    """Asks a proxy for a tunnel (CONNECT, RFC 9110 §9.3.6) and reads its answer."""

    def __init__(self, most: int) -> None:
        """`most` bounds the proxy's answer in bytes."""
        self._most = most
        self._held = b""
        self._fault: type[OutboundError] | None = None
        self._message = ""
        self._answered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's own classes don't inherit from asyncio's

    def data_received(self, data: bytes) -> None:
        self._held += data
        end = self._held.find(b"\r\n\r\n")
        status = _ANSWER.match(self._held)
        if end < 0 and len(self._held) <= self._most:
            return
        if end < 0 or status is None or len(self._held) != end + 4:
            self._settle(BadAnswer, "The proxy's answer is no HTTP.")
        elif not status[1].startswith(b"2"):
            self._settle(ConnectFailed, "The proxy refused to connect.")
        else:
            self._settle(None, "")

    def connection_lost(self, exc: Exception | None) -> None:
        self._settle(ConnectFailed, "The proxy closed the connection.")
        self.transport = None

    async def ask(self, host: str, port: int, authorization: str | None) -> None:
        """Return when the tunnel stands; raises ConnectFailed, BadAnswer."""
        place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        lines = [f"CONNECT {place} HTTP/1.1", f"host: {place}"]
        if authorization is not None:
            lines.append(f"proxy-authorization: {authorization}")
        if self.transport is not None:
            self.transport.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
        await self._answered
        if self._fault is not None:
            raise self._fault(self._message)

    def _settle(self, fault: type[OutboundError] | None, message: str) -> None:
        if not self._answered.done():
            self._fault = fault
            self._message = message
            self._answered.set_result(None)
