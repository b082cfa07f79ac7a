"""One connection: the bytes of HTTP/1.1 (RFC 9112) in and out, one exchange at a time."""

import asyncio
import select
from collections.abc import Callable
from typing import Protocol, cast

import httptools

from prosa.drivers.outbound.answer import Answer
from prosa.drivers.outbound.errors import BadAnswer, ConnectionLost, OutboundError
from prosa.drivers.outbound.models import Limits

HOLD = 64 * 1024  # bytes of an answer that may wait for its reader before reading pauses
READ = 64 * 1024  # bytes of one read from the socket

_JOIN = 16 * 1024  # a body up to this size is sent together with its head
_LONGEST_LINE = 16 * 1024
_MOST_LINES = 256
_FRAMING = frozenset({"content-length", "transfer-encoding"})
_BROKEN = "The connection ended before the answer did."


class Home(Protocol):
    """What a connection needs of the route that it belongs to."""

    __slots__ = ()

    buffer: memoryview
    limits: Limits
    clock: Callable[[], float]

    def made(self, connection: "Connection") -> None:
        """It is connected."""
        ...

    def rest(self, connection: "Connection", answer: Answer, reusable: bool) -> None:
        """Its answer is whole: keep it for the next request, or drop it."""
        ...

    def ended(self, answer: Answer) -> None:
        """This answer needs no more looks at its time-outs."""
        ...

    def lost(self, connection: "Connection") -> None:
        """It is closed, and gone."""
        ...


class Connection(asyncio.BufferedProtocol):
    """A transport with its parser, and the answer that it is filling now.

    All connections of a client read into one buffer, which is empty again before anything else runs: the parser copies
    what it hands on. A connection costs no buffer of its own, and one read brings 64 KiB at most.
    """

    __slots__ = (
        "_answer",
        "_bare",
        "_barren",
        "_ended",
        "_flawed",
        "_home",
        "_interim",
        "_last",
        "_lines",
        "_parser",
        "_parts",
        "_poll",
        "_size",
        "_until_close",
        "dead",
        "expires",
        "paused",
        "transport",
    )

    def __init__(self, home: Home) -> None:
        self._home = home
        self.transport: asyncio.Transport | None = None
        self.dead = False
        self.paused = False
        self.expires = 0.0  # loop time until which it may wait for its next request
        self._poll: select.poll | None = None
        self._parser: httptools.HttpResponseParser | None = None
        self._answer: Answer | None = None
        self._prepare(bare=False)

    def _prepare(self, bare: bool) -> None:
        self._bare = bare  # an answer to HEAD has no body, whatever its header says
        self._parts: list[bytes] = []
        self._size = 0
        self._lines = 0
        self._barren = 0  # bytes since the last piece of the body
        self._interim = False
        self._until_close = False
        self._ended = False
        self._last = False
        self._flawed = ""

    # The client's side.

    def ask(self, answer: Answer, head: bytes, body: bytes, bare: bool) -> None:
        """Send a request, whose answer goes into `answer`."""
        self._prepare(bare)
        self._answer = answer
        transport = self.transport
        if transport is None or transport.is_closing():
            self.dead = True
            self._detach(ConnectionLost, _BROKEN)
        elif len(body) <= _JOIN:
            transport.write(head + body)
        else:
            transport.write(head)
            transport.write(body)

    def is_quiet(self) -> bool:
        """Whether a new request may go out: alive, and nothing waits in the socket that nobody asked for.

        Bytes that came before the request was sent would else be taken for its answer.
        """
        transport = self.transport
        if self.dead or transport is None or transport.is_closing():
            return False
        return self._poll is None or not self._poll.poll(0)

    def resume(self) -> None:
        """Read again after the reader caught up."""
        self.paused = False
        if not self.dead and self.transport is not None:
            self.transport.resume_reading()

    def drop(self, fault: type[OutboundError] = ConnectionLost, message: str = _BROKEN) -> None:
        """Close at once; the answer on its way, if any, fails with `fault`."""
        if not self.dead:
            self.dead = True
            self._detach(fault, message)
            if self.transport is not None:
                self.transport.abort()

    def abandon(self) -> None:
        """Close a connection that is only half made, for which uvloop may never call connection_lost."""
        self.drop()
        self.connection_lost(None)

    def _detach(self, fault: type[OutboundError], message: str) -> None:
        answer = self._answer
        if answer is not None:
            self._answer = None
            self._home.ended(answer)
            answer.fail(fault, message)

    # The transport's side.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        made = cast("asyncio.Transport", transport)  # uvloop's own classes don't inherit from asyncio's
        if self.dead:
            made.abort()
            return
        self.transport = made
        # Made here and let go in connection_lost, because it holds bound methods of this object: a cycle.
        self._parser = httptools.HttpResponseParser(self)
        sock = made.get_extra_info("socket")
        if sock is not None and hasattr(select, "poll"):
            self._poll = select.poll()
            self._poll.register(sock.fileno(), select.POLLIN)
        self._home.made(self)

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._home.buffer

    def buffer_updated(self, nbytes: int) -> None:
        answer = self._answer
        parser = self._parser
        if answer is None or parser is None:
            self.drop()  # nobody asked for anything
            return
        answer.started = True
        try:
            if answer.headed:
                parser.feed_data(self._home.buffer[:nbytes])
            else:
                self._feed_header(parser, answer, nbytes)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._flawed = self._flawed or "The answer is no HTTP."
        self._pass_on(answer, nbytes)

    def eof_received(self) -> bool:
        return False  # the transport closes itself, and connection_lost decides

    def connection_lost(self, exc: Exception | None) -> None:
        answer = self._answer
        if answer is not None and answer.headed and self._until_close and exc is None and not self.dead:
            self._answer = None
            self._home.ended(answer)
            answer.finish()
        self.dead = True
        self._detach(ConnectionLost, _BROKEN)
        self._parser = None
        self._poll = None
        self.transport = None
        self._home.lost(self)

    # The parser's side. These never raise: what they find wrong is looked at when the parser returns.

    def on_message_begin(self) -> None:
        if self._ended:
            self._last = True  # a second answer to one question

    def on_header(self, name: bytes, value: bytes) -> None:
        answer = self._answer
        if answer is None or answer.headed:
            return  # a trailer
        self._lines += 1
        if len(name) + len(value) > _LONGEST_LINE or self._lines > _MOST_LINES:
            self._flawed = "The header of the answer is too large."
            return
        key = name.decode("latin-1").lower()
        if key in _FRAMING and key in answer.headers:
            self._flawed = "The answer contradicts itself about its length."
        answer.headers[key] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        answer, parser = self._answer, self._parser
        if answer is None or parser is None or answer.headed:
            return
        status = parser.get_status_code()
        if status < 200:
            self._interim = True
            answer.headers.clear()
            if status == 101:
                self._flawed = "The answer changes to another protocol, which was not asked for."
            return
        coding = answer.headers.get("transfer-encoding")
        if coding is not None:
            if coding.strip().lower() != "chunked":
                self._flawed = "The answer has a transfer coding that was not asked for."
        elif "content-length" not in answer.headers and status not in (204, 304):
            self._until_close = True
        if not self._flawed:
            answer.status = status
            answer.begin(self._home.clock())

    def on_body(self, data: bytes) -> None:
        if not self._ended:
            self._parts.append(data)
            self._size += len(data)

    def on_message_complete(self) -> None:
        if self._interim:
            self._interim = False
        elif not self._ended:
            self._ended = True
            self._last = self._parser is None or not self._parser.should_keep_alive()

    # What came, passed on.

    def _feed_header(self, parser: httptools.HttpResponseParser, answer: Answer, nbytes: int) -> None:
        view = self._home.buffer
        room = self._home.limits.header_bytes - self._barren
        parser.feed_data(view[: min(room, nbytes)])
        if nbytes > room:
            if answer.headed:
                parser.feed_data(view[room:nbytes])
            else:
                self._flawed = "The header of the answer is too large."

    def _pass_on(self, answer: Answer, nbytes: int) -> None:
        if self._parts and not self._bare:
            answer.take_in(self._parts, self._size, self._home.clock())
            self._parts = []
            self._size = 0
            self._barren = 0
        else:
            self._barren += nbytes
        if answer.headed and (self._ended or self._bare):
            self._conclude(answer)
        elif self._flawed:
            self.drop(BadAnswer, self._flawed)
        elif answer.headed:
            self._go_on(answer)

    def _go_on(self, answer: Answer) -> None:
        if self._barren > self._home.limits.header_bytes:
            self.drop(BadAnswer, "The answer is all frame and no content.")
        elif answer.held >= HOLD and not self.paused and self.transport is not None:
            self.paused = True
            self.transport.pause_reading()
        answer.wake()

    def _conclude(self, answer: Answer) -> None:
        transport = self.transport
        # A request that is still going out when its answer is whole would run into the next one.
        reusable = (
            not (self._last or self._flawed or self._bare) and transport is not None and not transport.get_write_buffer_size()
        )
        if self.paused:
            self.resume()
        self._answer = None
        self._home.ended(answer)
        answer.finish()
        self._home.rest(self, answer, reusable)
