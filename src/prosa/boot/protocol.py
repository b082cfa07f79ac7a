"""uvicorn's HTTP protocol with the bounds that it lacks: sizes, times, strict framing, one request at a time."""

import re
from collections import Counter
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar, cast
from urllib.parse import unquote

import httptools
import msgspec
from uvicorn.config import Config
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from prosa.boot.cycle import Cycle
from prosa.boot.framing import BadFraming, ChunkGuard
from prosa.boot.outflow import Outflow
from prosa.boot.upgrade import SocketBounds, Wish
from prosa.kit.ids import new_request_id

if TYPE_CHECKING:
    from prosa.boot.socket import SocketProtocol

SWEEP_SECONDS = 1.0
LATE_SECONDS = 0.25  # for the first bytes of who was accepted just before the server began to stop
LATE_LOOKS = 3
LINGER_SECONDS = 1.0  # after a refusal: time for the sender to read it before the connection is torn down
_HOST = re.compile(rb"(?:[A-Za-z0-9._-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
_REFUSED_METHODS = frozenset({b"TRACE", b"CONNECT"})
_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Bounds:
    """Sizes in bytes, times in seconds."""

    header_bytes: int = 64 * 1024
    header_count: int = 100
    target_bytes: int = 16 * 1024
    body_bytes: int = 10 * 1024 * 1024  # read on after an early answer, so that the client sees it
    header_seconds: float = 10.0
    body_seconds: float = 60.0
    keep_alive_seconds: float = 75.0
    write_seconds: float = 120.0  # for a reader that takes nothing at all of what waits for it
    sockets: SocketBounds = field(default_factory=SocketBounds)


class Refusal(Exception):
    """What was sent can't be served; the connection ends. Status 0: nothing to answer, an earlier answer is still on its way."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class Phase(Enum):
    """Where a connection stands; each but WORK has a time bound."""

    FRESH = auto()
    HEAD = auto()
    BODY = auto()
    WORK = auto()
    IDLE = auto()
    LINGER = auto()


FRESH, HEAD, BODY, WORK, IDLE, LINGER = Phase  # looked up once: a member costs ten times a global, and a request needs twenty


class GuardedProtocol(HttpToolsProtocol):
    """One connection. `Server` calls `sweep` once a second for the time bounds: cheaper than a timer for each request."""

    bounds: ClassVar[Bounds] = Bounds()
    refused: ClassVar[Counter[int]] = Counter()

    def __init__(self, config: Config, server_state: ServerState, app_state: dict[str, object], _loop: object = None) -> None:
        super().__init__(config, server_state, app_state)
        self._phase = FRESH
        self._since = self.loop.time()
        self._deaf = False
        self._leaving = False
        self._head_bytes = 0
        self._seen = 0  # bytes since the head began
        self._body_bytes = 0
        self._chunks: ChunkGuard | None = None
        self._tail = b""
        self._in_body = False
        self._joined = False  # the request began in the bytes that an earlier body ended in
        self._outflow = Outflow(self.bounds.write_seconds)

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        if self._deaf:
            return
        if self._phase is IDLE or self._phase is FRESH:
            self._phase = HEAD
            self._since = self.loop.time()
            self._head_bytes = 0
        self._in_body = self._phase is BODY
        try:
            self._feed(data)
        except Refusal as refusal:
            self._refuse(refusal)
        except BadFraming:
            self._refuse(Refusal(400, "The request's chunks are malformed."))
        except httptools.HttpParserUpgrade as upgrade:
            # What follows in another protocol isn't read before the answer has agreed to it, and nobody may send it before.
            if data[upgrade.args[0] :]:
                self._refuse(Refusal(400, "Nothing may be sent before a change of protocols is agreed on."))
        except httptools.HttpParserError as error:
            cause = error.__context__
            self._refuse(cause if isinstance(cause, Refusal) else Refusal(400, "The request is no valid HTTP/1.1."))

    def _feed(self, data: bytes) -> None:
        if self._phase is BODY and self._chunks is not None:
            self._chunks.feed(data)
            self.parser.feed_data(data)
            return
        in_head = self._phase is HEAD
        self._seen = self._head_bytes + len(data)
        self.parser.feed_data(data)
        if not in_head:
            return
        if self._phase is HEAD:
            # The parser holds an unfinished header field without bound, so what came in is counted here too.
            self._tail = (self._tail + data)[-3:]
            self._head_bytes += len(data)
            if self._head_bytes > self.bounds.header_bytes:
                raise Refusal(431, "The request's headers are too large.")
        elif self._chunks is not None:
            whole = self._tail + data
            self._chunks.feed(whole[whole.find(_END) + len(_END) :])

    def on_message_begin(self) -> None:
        """See httptools. A request that comes before the earlier answer is complete isn't read; its sender will repeat it.

        One that comes together with the rest of a body that was answered early is read, but for chunks before or within it: the
        second look at them would miss a beginning.
        """
        self._joined = self._in_body
        if (self._joined and self._chunks is not None) or (self.cycle is not None and not self.cycle.response_complete):
            if self.cycle is not None:
                self.cycle.keep_alive = False
            raise Refusal(0, "pipelined")
        super().on_message_begin()
        self._phase = HEAD
        self._body_bytes = 0
        self._chunks = None

    def on_url(self, url: bytes) -> None:
        """See httptools."""
        if len(self.url) + len(url) > self.bounds.target_bytes:
            raise Refusal(414, "The request's address is too long.")
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """See httptools; fields after the body (trailers) are counted and dropped, so that none can change the request."""
        if self._phase is HEAD:
            self.headers.append((name.lower(), value))
            if len(self.headers) > self.bounds.header_count:
                raise Refusal(431, "The request has too many headers.")
        else:
            self._head_bytes += len(name) + len(value)
            if self._head_bytes > self.bounds.header_bytes:
                raise Refusal(431, "The request's trailers are too large.")

    def on_headers_complete(self) -> None:
        """See httptools."""
        method, version = self.parser.get_method(), self.parser.get_http_version()
        self._check_fields(version)
        if version not in ("1.1", "1.0") or (version == "1.0" and self._chunks is not None):
            raise Refusal(400, "The request is no valid HTTP/1.1.")
        if method in _REFUSED_METHODS:
            raise Refusal(405, "This method is not served.")
        if not self.url.startswith(b"/") or b"#" in self.url or not self.url.isascii():
            raise Refusal(400, "The request's address must be a path.")
        self._phase = BODY
        path, _, query = self.url.partition(b"?")
        scope = self.scope
        scope["method"] = method.decode("ascii")
        scope["http_version"] = version
        scope["path"] = unquote(path.decode("ascii")) if b"%" in path else path.decode("ascii")
        scope["raw_path"] = path
        scope["query_string"] = query
        if self.parser.should_upgrade() and method == b"GET" and version == "1.1":
            scope["prosa.upgrade"] = Wish(self)  # type: ignore[typeddict-unknown-key]  # an ASGI scope may hold more
        self.cycle = Cycle(self, keep_alive=version == "1.1" and self.parser.should_keep_alive() and not self._leaving)
        if self._leaving:
            self.cycle.departure.stop()
        self._start_asgi_task(self.cycle, self.app)

    def _check_fields(self, version: str) -> None:
        """Host, framing and expectation. Raises Refusal."""
        headers = self.headers
        fields = dict(headers)
        # A head that came with less than the bound can't be over it; else it is added up.
        if self._seen > self.bounds.header_bytes or self._joined:
            self._head_bytes = sum([len(name) + len(value) for name, value in headers])
            if self._head_bytes > self.bounds.header_bytes:
                raise Refusal(431, "The request's headers are too large.")
        twice = (
            {name for name, count in Counter(name for name, _ in headers).items() if count > 1}
            if len(fields) != len(headers)
            else ()
        )
        host = fields.get(b"host")
        if b"host" in twice or (host is None and version == "1.1") or (host is not None and not _HOST.fullmatch(host)):
            raise Refusal(400, "The request needs one valid Host header.")
        coding = fields.get(b"transfer-encoding")
        if coding is not None:
            if coding.lower() != b"chunked" or b"transfer-encoding" in twice:
                raise Refusal(400, "The only transfer encoding is chunked.")
            if self._joined:
                raise Refusal(0, "pipelined")
            self._chunks = ChunkGuard()
        self.expect_100_continue = fields.get(b"expect", b"").lower() == b"100-continue"

    def shutdown(self) -> None:
        """See uvicorn. Who was accepted is answered, once: the request may be on its way, and nobody else would hear it."""
        self._leaving = True
        if isinstance(self.cycle, Cycle):
            self.cycle.departure.stop()
        if self._phase is FRESH:
            self.loop.call_later(LATE_SECONDS, self._leave, LATE_LOOKS)
        elif self._phase is not HEAD:
            super().shutdown()

    def _leave(self, looks: int) -> None:
        if self._phase is FRESH and looks:
            # A busy loop may not have come to reading yet: each timer gives it a turn to do so.
            self.loop.call_later(LATE_SECONDS / LATE_LOOKS, self._leave, looks - 1)
        elif self._phase is FRESH:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio.Protocol; whoever works for this client alone hears of it at once."""
        cycle = self.cycle
        super().connection_lost(exc)
        if isinstance(cycle, Cycle) and not cycle.response_complete:
            cycle.left()

    def on_body(self, body: bytes) -> None:
        """See httptools."""
        self._body_bytes += len(body)
        cycle = self.cycle
        if cycle.response_complete:
            if self._body_bytes > self.bounds.body_bytes:
                raise Refusal(0, "already answered")
            return
        cycle.body += body
        if len(cycle.body) > HIGH_WATER_LIMIT:
            self.flow.pause_reading()
        cycle.message_event.set()

    def on_message_complete(self) -> None:
        """See httptools."""
        cycle = self.cycle
        self._tail = b""
        if cycle.response_complete:
            self._phase = IDLE
        else:
            cycle.more_body = False
            cycle.message_event.set()
            self._phase = WORK
        self._since = self.loop.time()

    def on_response_complete(self) -> None:
        """The answer is out: wait for the next request, without a timer of its own (see `sweep`)."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self._phase is WORK:
            self._phase = IDLE
            self._since = self.loop.time()

    @property
    def deaf(self) -> bool:
        """Whether something came that is not read."""
        return self._deaf

    @property
    def socket_bounds(self) -> SocketBounds:
        """What bounds the connection once it is a socket."""
        return self.bounds.sockets

    def become(self, protocol: "SocketProtocol") -> None:
        """Hand the connection over: the request has got its answer, and what comes now is another protocol's."""
        entry = cast("GuardedProtocol", protocol)  # uvicorn's own sockets stand there too
        self.cycle.response_started = self.cycle.response_complete = True
        self.flow.resume_reading()
        self.server_state.total_requests += 1
        self.connections.discard(self)
        self.connections.add(entry)
        protocol.gone = partial(self.connections.discard, entry)
        self.transport.set_protocol(protocol)

    def sweep(self, now: float) -> None:
        """End the connection if its phase has lasted too long, or if its reader has stopped reading."""
        if self._outflow.stuck(self.transport, now):
            self.transport.abort()  # closing would wait for the reader
            return
        waited = now - self._since
        bounds = self.bounds
        if self._phase is BODY:
            if self.flow.read_paused:
                self._since += SWEEP_SECONDS  # it is the application that doesn't read; the sender can't help it
            elif waited > bounds.header_seconds + bounds.body_seconds + self._body_bytes / 65536:
                self._refuse(Refusal(408, "The request's body came too slowly."))
        elif self._phase is HEAD and waited > bounds.header_seconds:
            self._refuse(Refusal(408, "The request's headers came too slowly."))
        elif (
            (self._phase is IDLE and waited > bounds.keep_alive_seconds)
            or (self._phase is FRESH and waited > bounds.header_seconds)
            or (self._phase is LINGER and waited > LINGER_SECONDS)
        ):
            self.transport.close()

    def _refuse(self, refusal: Refusal) -> None:
        """Read nothing more; answer unless an answer is on its way already."""
        self._deaf = True
        self.refused[refusal.status] += 1
        cycle = self.cycle
        answering = isinstance(cycle, Cycle) and not cycle.response_complete
        if refusal.status == 0 and answering:
            return
        if isinstance(cycle, Cycle) and answering:
            cycle.left()
            if cycle.response_started:
                self.transport.close()
                return
        if refusal.status and not self.transport.is_closing():
            self.transport.write(_answer(refusal))
        if self.transport.can_write_eof() and not self.transport.is_closing():
            # Closing with unread bytes resets the connection, and the sender would never see the answer.
            self.transport.write_eof()
            self._phase = LINGER
            self._since = self.loop.time()
        else:
            self.transport.close()


def bounded(bounds: Bounds) -> type[GuardedProtocol]:
    """The protocol class for these bounds: uvicorn makes the instances itself and hands nothing on."""
    return type("BoundedProtocol", (GuardedProtocol,), {"bounds": bounds, "refused": Counter()})


def _answer(refusal: Refusal) -> bytes:
    """An answer that OpenAI's clients and the older dialects' can both read."""
    request_id = new_request_id()
    error = {"message": refusal.message, "type": "invalid_request_error", "param": None, "code": "bad_http"}
    body = msgspec.json.encode({"error": error, "detail": refusal.message})
    status = HTTPStatus(refusal.status)
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
        f"x-request-id: {request_id}\r\nx-content-type-options: nosniff\r\nreferrer-policy: no-referrer\r\n"
        "content-security-policy: default-src 'none'; frame-ancestors 'none'\r\nx-frame-options: DENY\r\n"
        "cache-control: no-store\r\nconnection: close\r\n\r\n"
    )
    return head.encode() + body
