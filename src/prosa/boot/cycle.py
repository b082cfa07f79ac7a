"""One request's way through uvicorn, cheaper: an answer's head and its first bytes leave in one write, and a client's leaving
is told by a call instead of a task that waits for it."""

import asyncio
import re
from typing import TYPE_CHECKING

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from prosa.api.edge import Departure

if TYPE_CHECKING:
    from uvicorn._types import ASGIReceiveEvent

# RFC 9110 §5.5: a field's value holds no control characters. Names are checked together: one search, not one each.
_BAD_NAME = re.compile(rb"[^!#$%&'*+\-.^_`|~0-9a-z]")
_BAD_VALUE = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_END = b"0\r\n\r\n"


class Cycle(RequestResponseCycle):
    """uvicorn's cycle with its state, made with less ceremony. The scope's `prosa.departure` tells of the client's leaving."""

    def __init__(self, protocol: HttpToolsProtocol, keep_alive: bool) -> None:
        # All that the class above sets, but for its log of requests, which prosa writes itself.
        self.scope = protocol.scope
        self.transport = protocol.transport
        self.flow = protocol.flow
        self.logger = protocol.logger
        self.message_event = asyncio.Event()
        self.on_response = protocol.on_response_complete
        self.disconnected = False
        self.keep_alive = keep_alive
        self.waiting_for_100_continue = protocol.expect_100_continue
        self.body = bytearray()
        self.more_body = True
        self.told = False  # the body's end was handed on
        self.response_started = False
        self.response_complete = False
        self.chunked_encoding: bool | None = None
        self.expected_content_length = 0
        self._head = b""
        self._until_close = False
        self.departure = Departure()
        self.scope["prosa.departure"] = self.departure  # type: ignore[typeddict-unknown-key]  # an ASGI scope may hold more

    async def receive(self) -> "ASGIReceiveEvent":
        """See ASGI. A body that is whole already is told at once: nobody has to be waited for."""
        if self.more_body or self.told or self.disconnected or self.response_complete or self.waiting_for_100_continue:
            return await super().receive()
        self.told = True
        self.message_event.clear()
        if self.flow.read_paused:
            self.flow.resume_reading()
        body, self.body = bytes(self.body), bytearray()
        return {"type": "http.request", "body": body, "more_body": False}

    def left(self) -> None:
        """The client's connection is gone."""
        self.disconnected = True
        self.message_event.set()
        self.departure.happen()

    async def send(self, message: object) -> None:
        """See ASGI. Raises RuntimeError for what no application may send."""
        assert isinstance(message, dict)
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()
        if self.disconnected:
            return
        if message["type"] == "prosa.response":
            self._whole(message["status"], message["head"], message["body"])
        elif message["type"] == "http.response.body":
            self._body(message.get("body", b""), message.get("more_body", False))
        elif message["type"] == "http.response.start" and not self.response_started:
            self._start(message["status"], message.get("headers", ()), message.get("prosa.common", b""))
        else:
            raise RuntimeError(f"Unexpected ASGI message {message['type']!r}.")

    def _whole(self, status: int, head: bytes, body: bytes) -> None:
        """An answer that the edge has put together: header lines with the body's length, and the body."""
        if self.response_started:
            raise RuntimeError("Unexpected message 'prosa.response'.")
        self.response_started = True
        self.waiting_for_100_continue = False
        if not self.keep_alive:
            head += b"connection: close\r\n"
        if self.scope["method"] == "HEAD":
            body = b""
        self.transport.write(b"%b%b\r\n%b" % (STATUS_LINE[status], head, body))
        self._complete()

    def _start(self, status: int, headers: object, common: bytes) -> None:
        """`common`: header lines that the edge put together once, for every answer."""
        self.response_started = True
        self.waiting_for_100_continue = False
        assert isinstance(headers, list | tuple)
        content = [STATUS_LINE[status]]
        for name, value in headers:
            content += (name, b": ", value, b"\r\n")
            if name == b"content-length":
                self.expected_content_length = int(value)
                self.chunked_encoding = False
            elif name == b"connection" and b"close" in value.lower():
                self.keep_alive = False
        if _BAD_VALUE.search(b"".join(content[3::4])) or _BAD_NAME.search(b"".join(content[1::4])):
            raise RuntimeError("Invalid HTTP header.")
        if self.chunked_encoding is None and self.scope["method"] != "HEAD" and status not in (204, 304):
            content.append(self._unsized())
        if not self.keep_alive:
            content.append(b"connection: close\r\n")
        content += (common, b"\r\n")
        self._head = b"".join(content)
        # An application that goes on waiting before its first bytes still shows its head at once.
        asyncio.get_running_loop().call_soon(self._flush)

    def _unsized(self) -> bytes:
        """The framing of an answer whose length nobody knows yet."""
        if self.scope["http_version"] == "1.0":
            # Who speaks 1.0 knows no chunks: the end of the connection is the end of the answer (RFC 9112 §6.1).
            self._until_close, self.keep_alive = True, False
            return b""
        self.chunked_encoding = True
        return b"transfer-encoding: chunked\r\n"

    def _flush(self) -> None:
        if self._head and not self.disconnected and not self.transport.is_closing():
            self.transport.write(self._head)
        self._head = b""

    def _body(self, body: bytes, more: bool) -> None:
        if not self.response_started or self.response_complete:
            raise RuntimeError("Unexpected ASGI message 'http.response.body'.")
        head, self._head = self._head, b""
        if self.scope["method"] == "HEAD":
            self.expected_content_length, body = 0, b""
        elif self.chunked_encoding:
            framed = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
            body = framed if more else framed + _END
        elif not self._until_close:
            self.expected_content_length -= len(body)
            if self.expected_content_length < 0:
                raise RuntimeError("The answer is longer than its Content-Length.")
        if head or body:
            self.transport.write(head + body if head else body)
        if not more:
            self._complete()

    def _complete(self) -> None:
        if self.expected_content_length:
            raise RuntimeError("The answer is shorter than its Content-Length.")
        self.response_complete = True
        self.message_event.set()
        if not self.keep_alive:
            self.transport.close()
        self.on_response()
