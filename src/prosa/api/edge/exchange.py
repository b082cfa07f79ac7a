"""One request and its answer, as handlers on the hot paths and in the application see it."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Iterable
from time import perf_counter
from urllib.parse import parse_qsl

from prosa.api.edge.asgi import Header, Message, Receive, Scope, Send
from prosa.api.edge.dialect import PLAIN, Dialect
from prosa.api.edge.errors import ClientLeft
from prosa.api.edge.headers import AnswerHeaders
from prosa.api.edge.idempotency import HEADER as REPEAT_KEY
from prosa.api.edge.idempotency import Repeat
from prosa.api.edge.parts import EdgeParts
from prosa.api.edge.rates import OPENAI, RateStyle
from prosa.api.edge.sanity import is_request_id
from prosa.drivers.telemetry import RequestRecord
from prosa.identity import FORWARDING, Caller, OriginKind, Signs, is_loopback
from prosa.kit.errors import PayloadTooLarge
from prosa.kit.ids import new_request_id
from prosa.usage import Decision

_CREDENTIALS = (b"authorization", b"x-api-key", b"api-key")
SECURE_SESSION, PLAIN_SESSION = "__Host-prosa", "prosa_session"
_COOKIE_VALUE = re.compile(rb"[A-Za-z0-9_.-]{1,512}")
_LINGER_SECONDS = 2.0
_LINGER_BYTES = 64 * 1024 * 1024
_LONGEST_LENGTH = 15  # digits of a Content-Length that is still worth reading


class Exchange:
    """One HTTP request. `fields` holds its header fields by lower-case name, of repeated ones the last.

    One is made for each request, so it does little until it is asked.
    """

    __slots__ = (
        *("scope", "parts", "method", "path", "fields", "request_id", "record", "dialect", "caller", "decision"),
        *("rate_style", "began", "started", "ended", "streaming", "oversized", "revoked", "repeat"),
        *("_receive", "_send", "_answer", "_body", "_client", "_origin_kind", "_received", "_whole", "_most"),
    )

    def __init__(self, scope: Scope, receive: Receive, send: Send, parts: EdgeParts, answer: AnswerHeaders) -> None:
        self.began = perf_counter()
        self.scope = scope
        self.parts = parts
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.fields: dict[bytes, bytes] = dict(scope["headers"])
        given = self.fields.get(b"x-request-id")
        self.request_id = given.decode() if given is not None and is_request_id(given) else new_request_id()
        self.record = RequestRecord(self.request_id, self.method)
        self.dialect: Dialect = PLAIN
        self.caller: Caller | None = None
        self.decision: Decision | None = None
        self.rate_style: RateStyle = OPENAI  # how `decision` is told
        self.started = False  # the answer's head is out
        self.ended = False  # all of the answer is out
        self.streaming = False
        self.revoked = False  # the caller's right ended while it was being answered
        self.oversized = False  # the body broke its bound, so the connection can't be used again
        self.repeat = Repeat(self.fields) if REPEAT_KEY in self.fields and self.method == "POST" else None
        self._receive = receive
        self._send = send
        self._answer = answer
        self._body: bytes | None = None
        self._client: str | None = None
        self._origin_kind: OriginKind | None = None
        self._most = parts.settings.body_bytes
        self._received = 0  # bytes of the body so far
        self._whole = False  # the body has come to its end

    # What the request says

    def header(self, name: bytes) -> bytes | None:
        """The value of a header field (name in lower case), of a repeated one the last."""
        return self.fields.get(name)

    def header_values(self, name: bytes) -> list[bytes]:
        """All values of a header field, in their order."""
        return [value for field, value in self.scope["headers"] if field == name]

    @property
    def credentials(self) -> tuple[tuple[bytes, bytes], ...]:
        """Every explicit credential, empty ones left out: header name and raw value."""
        fields = self.fields
        if len(fields) != len(self.scope["headers"]):
            return tuple((name, value) for name, value in self.scope["headers"] if name in _CREDENTIALS and value.strip())
        return tuple([(name, fields[name]) for name in _CREDENTIALS if name in fields and fields[name].strip()])

    @property
    def peer(self) -> str:
        """The address at the other end of the socket, "" for a socket file."""
        client = self.scope.get("client")
        return str(client[0]) if client else ""

    @property
    def client(self) -> str:
        """The client's address: the peer, or whom a trusted proxy names."""
        if self._client is None:
            fields = self.fields
            if len(fields) != len(self.scope["headers"]):
                fields = {name: b",".join(self.header_values(name)) for name in fields}
            self._client = self.parts.authenticator.proxies.client(self.peer, fields)
        return self._client

    @property
    def loopback(self) -> bool:
        """The caller is on this machine: the peer is, nobody forwarded the call, and no stranger's DNS can have made its Host."""
        return is_loopback(self.peer) and self._direct()

    @property
    def from_trusted(self) -> bool:
        """The caller is itself at a trusted address, and no one behind it."""
        return self.parts.authenticator.proxies.trusts(self.peer) and self._direct()

    @property
    def origin(self) -> bytes | None:
        """The `Origin` field: which page sends this."""
        return self.fields.get(b"origin")

    @property
    def origin_kind(self) -> OriginKind:
        """What that page is to us."""
        if self._origin_kind is None:
            fields = self.fields
            self._origin_kind = self.parts.authenticator.origins.kind(fields.get(b"origin"), fields.get(b"host"))
        return self._origin_kind

    @property
    def secure(self) -> bool:
        """Whether the browser came by HTTPS, here or to the proxy that stands before this server."""
        if self.scope.get("scheme") == "https":
            return True
        authenticator = self.parts.authenticator
        if self.fields.get(b"x-forwarded-proto") == b"https" and authenticator.proxies.trusts(self.peer):
            return True
        return authenticator.origins.is_secure_public(self.fields.get(b"host"))

    @property
    def session(self) -> str | None:
        """The session cookie. Over HTTPS only the one that no other host and no plain page can have set counts."""
        return self.cookie(SECURE_SESSION if self.secure else PLAIN_SESSION)

    def cookie(self, name: str) -> str | None:
        """A cookie's value; None where it is missing, or came twice (one of them isn't ours), or is of other characters."""
        raw = b"; ".join(self.header_values(b"cookie")) if b"cookie" in self.fields else b""
        found = [value for key, _, value in (part.strip().partition(b"=") for part in raw.split(b";")) if key == name.encode()]
        return found[0].decode() if len(found) == 1 and _COOKIE_VALUE.fullmatch(found[0]) else None

    @property
    def ticket(self) -> str | None:
        """The query's `ticket`, for what can't send a header: sockets and downloads."""
        query: bytes = self.scope["query_string"]
        if b"ticket=" not in query or self.method != "GET":
            return None
        return next((value for name, value in parse_qsl(query.decode("latin-1")) if name == "ticket"), None)

    @property
    def proven(self) -> bool:
        """Nothing is changed, or the request shows that a page of ours sent it: no other page can set this header field
        without asking first, and a browser tells where it comes from (attacks.md B6)."""
        if self.method in ("GET", "HEAD", "OPTIONS"):
            return True
        site = self.fields.get(b"sec-fetch-site", b"same-origin" if self.origin is None else b"")
        own = site == b"same-origin" or (site == b"" and self.origin_kind is OriginKind.OWN)
        return own and bool(self.fields.get(b"x-prosa-csrf"))

    @property
    def signs(self) -> Signs:
        """All that the request shows of its caller."""
        return Signs(
            self.credentials,
            self.client,
            self.loopback,
            self.origin_kind,
            self.session,
            self.ticket,
            self.path,
            self.proven,
        )

    @property
    def wants_page(self) -> bool:
        """A browser asks for something to look at."""
        return self.method == "GET" and b"text/html" in self.fields.get(b"accept", b"")

    async def body(self, most: int | None = None) -> bytes:
        """The whole body. Raises PayloadTooLarge beyond `EdgeSettings.body_bytes`, ClientLeft when it will never be whole.

        `most` is a route's own, smaller bound: beyond it nothing is read, let alone kept.
        """
        if self._body is None:
            if most is not None and most < self._most:
                self._most = most
            self.check_length()
            message = await self.receive()
            data: bytes = message.get("body", b"")
            if message.get("more_body"):
                pieces = [data]
                while message.get("more_body"):
                    message = await self.receive()
                    pieces.append(message.get("body", b""))
                data = b"".join(pieces)
            self._body = data
        elif most is not None and len(self._body) > most:
            raise self.too_large()
        return self._body

    async def pieces(self, most: int) -> AsyncIterator[bytes]:
        """The body as it comes, up to `most` bytes, for a route that keeps none of it in memory. Raises as `body`."""
        self._most = most
        self.check_length()
        if self._body is not None:
            yield self._body
        while not self._whole:
            yield (await self.receive()).get("body", b"")

    async def hear_out(self) -> None:
        """Read what is still to come of the body, and keep it for who asks for it. Raises as `body`."""
        if not self._whole:
            await self.body()

    @property
    def heard(self) -> bytes | None:
        """The whole body where it was read by `body`."""
        return self._body

    @property
    def object_id(self) -> str | None:
        """The id of what this request makes, the same at each of its attempts under one `Idempotency-Key`; None without one."""
        return self.repeat.object_id if self.repeat is not None else None

    @property
    def repeated(self) -> bool:
        """This may have been tried before, so that what `object_id` names may be there."""
        return self.repeat is not None and self.repeat.repeated

    async def made(self) -> None:
        """What `object_id` names is durable, and can be told again by the handler from that alone: the answer needn't be kept.

        For what takes long: from here on an attempt with the same key is no conflict, it comes to the handler.
        """
        if self.repeat is not None:
            await self.repeat.hand_over()

    def check_length(self) -> None:
        """Raises PayloadTooLarge for a body that says itself that it is too large."""
        length = self.fields.get(b"content-length")
        if length is None:
            return
        if len(length) > _LONGEST_LENGTH or (length.isdigit() and int(length) > self._most):
            raise self.too_large()

    async def receive(self) -> Message:
        """The next piece of the body, bounded. Raises PayloadTooLarge, ClientLeft."""
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise ClientLeft()
        self._whole = not message.get("more_body", False)
        self._received += len(message.get("body", b""))
        if self._received > self._most:
            raise self.too_large()
        if self.repeat is not None:
            self.repeat.hear(message.get("body", b""))
        return message

    async def gone(self) -> None:
        """Returns when the client has left, or the answer is out. Only after `body`; it takes what comes on the connection."""
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                return

    # What is answered

    async def respond(
        self, status: int, body: bytes, content_type: bytes = b"application/json", headers: Iterable[Header] = ()
    ) -> None:
        """The whole answer at once. `headers` replace the usual ones of their names."""
        if self.repeat is not None:
            headers = tuple(headers)
            await self.repeat.keep(status, (*headers, (b"content-type", content_type)), body)
        record = self.record
        record.bytes_out = len(body)
        if not headers and "prosa.departure" in self.scope:
            head = self._lines(content_type, len(body))
            self.started = self.ended = True
            record.status = status
            record.first_byte_seconds = perf_counter() - self.began
            await self._send({"type": "prosa.response", "status": status, "head": head, "body": body})
            return
        extra = [*headers, (b"content-type", content_type), (b"content-length", str(len(body)).encode())]
        await self._head(status, extra)
        self.ended = True
        record.first_byte_seconds = perf_counter() - self.began
        await self._send({"type": "http.response.body", "body": body, "more_body": False})

    async def redirect(self, location: bytes, status: int = 307) -> None:
        """Send the client to a path of this server."""
        await self._empty(status, [(b"location", location), (b"content-length", b"0")])

    async def respond_empty(self, status: int, headers: Iterable[Header] = ()) -> None:
        """An answer without a body (204)."""
        await self._empty(status, list(headers))

    async def start(self, status: int, headers: Iterable[Header] = ()) -> None:
        """Begin a streamed answer. `headers` must hold its content-type."""
        self.streaming = True
        self.parts.metrics.streams.add(1)
        if self.repeat is not None:
            headers = tuple(headers)
            self.repeat.begin(status, headers)
        await self._head(status, list(headers))

    async def write(self, data: bytes) -> None:
        """The next piece of a streamed answer; waits while the client reads too slowly."""
        record = self.record
        if record.first_byte_seconds is None:
            record.first_byte_seconds = perf_counter() - self.began
        record.bytes_out += len(data)
        if self.repeat is not None:
            self.repeat.add(data)
        await self._send({"type": "http.response.body", "body": data, "more_body": True})

    async def end(self) -> None:
        """End a streamed answer."""
        if self.repeat is not None:
            await self.repeat.finish()
        self.ended = True
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def forward(self, message: Message) -> None:
        """Pass on a message of the application, whose head `Passage` has completed."""
        await self._send(message)

    async def respond_and_close(self, status: int, body: bytes, headers: list[Header]) -> None:
        """Answer and give the connection up. Reads on for a moment: closing over unread data would take the answer along."""
        await self._head(status, [*headers, (b"content-length", str(len(body)).encode()), (b"connection", b"close")])
        await self._send({"type": "http.response.body", "body": body, "more_body": True})
        if not self._whole and b"expect" not in self.fields:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._drain(), _LINGER_SECONDS)
        await self.end()

    async def _drain(self) -> None:
        left = _LINGER_BYTES
        while left > 0:
            message = await self._receive()
            if message["type"] == "http.disconnect" or not message.get("more_body", False):
                return
            left -= len(message.get("body", b""))

    @property
    def rate_headers(self) -> tuple[Header, ...]:
        """What the answer tells of its limit; nothing where there is none."""
        return self.rate_style.headers(self.decision) if self.decision is not None else ()

    def compose(self, extra: list[Header]) -> list[Header]:
        """The answer's header fields: the common ones, the rate limit's and `extra`."""
        extra += self.rate_headers
        return self._answer.compose(self.request_id, self.fields.get(b"origin"), self.origin_kind, extra)

    def _direct(self) -> bool:
        fields = self.fields
        return FORWARDING.isdisjoint(fields) and self.parts.authenticator.origins.knows_host(fields.get(b"host"))

    def too_large(self) -> PayloadTooLarge:
        """The error for a body beyond its bound; from then on the connection is spoilt."""
        self.oversized = True
        return PayloadTooLarge(f"The request body is larger than {self._most} bytes.")

    async def _head(self, status: int, extra: list[Header]) -> None:
        self.started = True
        self.record.status = status
        if "prosa.departure" not in self.scope:  # another server than prosa's own
            await self._send({"type": "http.response.start", "status": status, "headers": self.compose(extra)})
            return
        extra += self.rate_headers
        block, headers = self._answer.split(self.request_id, self.fields.get(b"origin"), self.origin_kind, extra)
        await self._send({"type": "http.response.start", "status": status, "headers": headers, "prosa.common": block})

    def _lines(self, content_type: bytes, length: int) -> bytes:
        """The head of an answer that goes out in one message with its body, which only prosa's own server knows."""
        rate = self.rate_style.lines(self.decision) if self.decision is not None else b""
        lines = self._answer.lines(self.request_id, self.fields.get(b"origin"), self.origin_kind)
        return b"content-type: %b\r\ncontent-length: %d\r\n%b%b" % (content_type, length, rate, lines)

    async def _empty(self, status: int, extra: list[Header]) -> None:
        if self.repeat is not None:
            await self.repeat.keep(status, extra, b"")
        await self._head(status, extra)
        self.ended = True
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})
