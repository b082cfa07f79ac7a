"""One WebSocket connection: the frames are the library's (`websockets`, without its I/O), bounds, times and waiting are ours."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable

from websockets.datastructures import Headers
from websockets.exceptions import InvalidHandshake
from websockets.frames import Close, Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import OPEN, SERVER
from websockets.protocol import Protocol as Frames
from websockets.server import ServerProtocol

from prosa.api.edge import Header, ServerStopping, SocketEnded
from prosa.boot.outflow import Outflow
from prosa.boot.upgrade import SocketBounds

_PIECE = 16 * 1024  # of what came, given to the parser at once: at most 2,700 frames, a few milliseconds
_SMALL_FRAME = 512
_NO_CODE = 1006
_QUIET = logging.Logger("prosa.socket", logging.CRITICAL + 1)  # who connects and what they send isn't the log's business


def handshake(asked: Iterable[Header], answered: Iterable[Header]) -> bytes | None:
    """The head of a 101 answer with these fields, None where what was asked is no valid handshake (RFC 6455 §4.2).

    No extension and no subprotocol is agreed on: compression would cost 64 KiB and more for each connection.
    """
    fields = Headers([(name.decode("latin-1"), value.decode("latin-1")) for name, value in asked])
    try:
        accept, _, _ = ServerProtocol(logger=_QUIET).process_request(Request("/", fields))
    except InvalidHandshake:
        return None
    own = ((b"upgrade", b"websocket"), (b"connection", b"Upgrade"), (b"sec-websocket-accept", accept.encode()))
    return b"HTTP/1.1 101 Switching Protocols\r\n%b\r\n" % b"".join(b"%b: %b\r\n" % field for field in (*own, *answered))


class SocketProtocol(asyncio.Protocol):
    """A connection after its handshake; see prosa.api.edge.Socket. `Server` calls `sweep` once a second for the time bounds.

    What nobody has read yet is at most one message, or as many small ones as came in one read: until they are taken nothing more
    is read. What waits to be sent is at most the transport's buffer and one message.
    """

    def __init__(self, transport: asyncio.Transport, bounds: SocketBounds, message_bytes: int) -> None:
        self.transport = transport
        self.stopping = False
        self.sent_bytes = 0
        self.gone: Callable[[], object] = bool  # called when the connection has ended
        self._bounds = bounds
        self._loop = asyncio.get_running_loop()
        self._frames = Frames(SERVER, state=OPEN, max_size=message_bytes, logger=_QUIET)
        self._messages: deque[bytes] = deque()
        self._pieces: bytearray | None = None  # of the message that is coming
        self._reader: asyncio.Future[None] | None = None
        self._paused = False
        self._writable = asyncio.Event()
        self._writable.set()
        self._outflow = Outflow(bounds.write_seconds)
        self._ended: int | None = None  # the close code
        now = self._loop.time()
        self._heard = self._asked = self._began = self._counted = now
        self._asking = False
        self._small = float(bounds.small_frames)

    # What comes

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        self._heard, self._asking = self._loop.time(), False
        for start in range(0, len(data), _PIECE):
            if self._frames.eof_sent:
                return  # it is failed or closed: the rest isn't looked at
            self._frames.receive_data(data[start : start + _PIECE])
            for frame in self._frames.events_received():
                assert isinstance(frame, Frame)  # requests and answers are over
                self._take(frame)
            self._flush()
        self._balance()

    def _take(self, frame: Frame) -> None:
        if self._ended is not None or self._too_many(len(frame.data)):
            return
        if frame.opcode is Opcode.CLOSE:
            self._end(_code(self._frames.close_rcvd))
        elif frame.opcode is Opcode.BINARY:
            self._fail(1003, "expected text")
        elif frame.opcode is Opcode.TEXT or frame.opcode is Opcode.CONT:
            self._add(frame)

    def _too_many(self, size: int) -> bool:
        """Count a small frame; a flood of them ends the connection (attacks.md K9)."""
        if size >= _SMALL_FRAME:
            return False
        bounds, now = self._bounds, self._loop.time()
        refilled = self._small + (now - self._counted) * bounds.small_frames_per_second
        self._small, self._counted = min(float(bounds.small_frames), refilled) - 1.0, now
        if self._small < 0:
            self._fail(1008, "too many small frames")
        return self._small < 0

    def _add(self, frame: Frame) -> None:
        if self._pieces is None:
            self._pieces, self._began = bytearray(), self._loop.time()
        self._pieces += frame.data
        if not frame.fin:
            return
        message, self._pieces = bytes(self._pieces), None
        try:
            message.decode()
        except UnicodeDecodeError:
            self._fail(1007, "the text is not UTF-8")
            return
        self._messages.append(message)
        self._wake()

    def eof_received(self) -> None:
        """See asyncio.Protocol: who sends no more has left."""
        self._end(_NO_CODE)

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio.Protocol."""
        self.gone()
        self._end(_NO_CODE)
        self._writable.set()

    # What goes

    def pause_writing(self) -> None:
        """See asyncio.Protocol; who doesn't read isn't read from either, for that could only grow what waits."""
        self._writable.clear()
        self._balance()

    def resume_writing(self) -> None:
        """See asyncio.Protocol."""
        self._writable.set()
        self._balance()

    async def receive(self) -> bytes:
        """See prosa.api.edge.Socket."""
        while not self._messages or self.stopping:
            if self._ended is not None:
                raise SocketEnded(self._ended)
            if self.stopping:
                raise ServerStopping()  # what waits is left unread: nothing new is begun
            self._reader = self._loop.create_future()
            await self._reader
        message = self._messages.popleft()
        self._balance()
        return message

    async def send(self, *texts: bytes) -> None:
        """See prosa.api.edge.Socket."""
        if not self._writable.is_set():
            await self._writable.wait()
        if self._ended is not None:
            raise SocketEnded(self._ended)
        for text in texts:
            self._frames.send_text(text)
            self.sent_bytes += len(text)
        self._flush()

    def close(self, code: int, reason: str) -> None:
        """See prosa.api.edge.Socket."""
        if self._ended is None:
            self._frames.send_close(code, reason)
            self._flush()
            self._end(code)

    def shutdown(self) -> None:
        """Called by `Server` when it begins to stop: whoever waits for the next message hears of it."""
        self.stopping = True
        self._wake()

    def sweep(self, now: float) -> None:
        """End the connection if its reader has stopped reading, or the other end is silent or slow."""
        bounds = self._bounds
        if self._outflow.stuck(self.transport, now):
            self.transport.abort()
        elif self._ended is not None:
            return
        elif self._pieces is not None and now - self._began > bounds.message_seconds + len(self._pieces) / 65536:
            self._fail(1008, "the message came too slowly")
        elif self._paused:
            self._heard, self._asking = now, False  # its pong couldn't be heard
        elif self._asking and now - self._asked > bounds.pong_seconds:
            self._fail(1011, "no pong")
        elif not self._asking and now - self._heard > bounds.ping_seconds:
            self._asking, self._asked = True, now
            self._frames.send_ping(b"")
            self._flush()

    def _fail(self, code: int, reason: str) -> None:
        self._frames.fail(code, reason)
        self._flush()

    def _flush(self) -> None:
        """Send what the frames' machine has to say; where it has ended, end too."""
        frames = self._frames
        out = b"".join(frames.data_to_send())
        if self.transport.is_closing():
            return
        if out:
            self.transport.write(out)
        if frames.eof_sent and frames.close_rcvd is not None:
            self._end(_code(frames.close_rcvd))
            self.transport.close()
        elif frames.eof_sent:
            self._end(_code(frames.close_sent))
            # Closing with unread bytes resets the connection, and the sender would never see why.
            if self.transport.can_write_eof():
                self.transport.write_eof()

    def _end(self, code: int) -> None:
        if self._ended is None:
            self._ended, self._pieces = code, None
            # A timer, not the sweep: a server that stops doesn't sweep any more.
            self._loop.call_later(self._bounds.close_seconds, self.transport.abort)
            self._wake()
            self._balance()

    def _wake(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    def _balance(self) -> None:
        """Read from the connection only while there is room for what comes, and for our answers to it."""
        pause = self._ended is None and (bool(self._messages) or not self._writable.is_set())
        if pause == self._paused or self.transport.is_closing():
            return
        self._paused = pause
        if pause:
            self.transport.pause_reading()
        else:
            self.transport.resume_reading()


def _code(close: Close | None) -> int:
    return close.code if close is not None else _NO_CODE
