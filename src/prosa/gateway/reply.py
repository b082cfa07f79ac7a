"""An answer that has begun: a whole body, or a stream that always ends well-formed."""

import asyncio
import logging

from prosa.drivers.outbound import OutboundError, Reply
from prosa.gateway.errors import StreamBroken
from prosa.gateway.models import Attachment, PlainAnswer, StreamRelay, Usage
from prosa.gateway.settlement import CallRecord, CallStatus, Settle, question, told_or_estimated
from prosa.kit.clock import Clock
from prosa.kit.errors import ProsaError

_log = logging.getLogger(__name__)

JSON = b"application/json"
SSE = b"text/event-stream; charset=utf-8"
# After the end marker a provider has this long to end its body, so that the connection can serve the next call.
_LINGER = 0.25


class Ledger:
    """The record of one call and the one place that closes it."""

    __slots__ = ("_clock", "_settle", "_settled", "asked_bytes", "begun", "record")

    def __init__(self, record: CallRecord, asked_bytes: int, settle: Settle, clock: Clock) -> None:
        self.record = record
        self.asked_bytes = asked_bytes
        self._settle = settle
        self._clock = clock
        self._settled = False
        self.begun = clock.monotonic()

    def first_byte(self) -> None:
        """Note the moment of the answer's first byte."""
        if self.record.first_byte_seconds is None:
            self.record.first_byte_seconds = self._clock.monotonic() - self.begun

    def close(self, status: CallStatus, usage: Usage | None = None, text_chars: int = 0) -> None:
        """Settle the call, once; later calls change nothing."""
        if self._settled:
            return
        self._settled = True
        record = self.record
        record.status = status
        if status is not CallStatus.FAILED and record.first_byte_seconds is not None:
            record.usage = told_or_estimated(usage, self.asked_bytes, text_chars)
        elif status is CallStatus.CANCELLED:
            record.sent_tokens = question(self.asked_bytes)
        record.seconds = self._clock.monotonic() - self.begun
        self._settle(record)

    def failed(self, error: ProsaError) -> None:
        """Settle a call that failed before its first byte."""
        self.record.fault_code, self.record.fault = error.code, error
        self.close(CallStatus.FAILED)


class GatewayReply:
    """What a dialect gets for a call. Plain: `body`. Stream: `read` until b"", or `close` when the client has left."""

    __slots__ = ("_ended", "_held", "_ledger", "_relay", "_reply", "body", "content_type", "streaming")

    def __init__(self, ledger: Ledger, body: bytes = b"") -> None:
        self._ledger = ledger
        self.body = body
        self.content_type = JSON
        self.streaming = False
        self._ended = True
        self._held = b""
        self._reply: Reply | None = None
        self._relay: StreamRelay | None = None

    @classmethod
    def whole(cls, ledger: Ledger, answer: PlainAnswer) -> "GatewayReply":
        """A plain answer; settled here and now."""
        ledger.close(CallStatus.OK, answer.usage, answer.text_chars)
        return cls(ledger, answer.body)

    @classmethod
    def stream(cls, ledger: Ledger, reply: Reply, relay: StreamRelay, held: bytes) -> "GatewayReply":
        """A stream whose first piece, `held`, is there."""
        made = cls(ledger)
        made.content_type = SSE
        made.streaming = True
        made._ended = False
        made._held = held
        made._reply, made._relay = reply, relay
        return made

    @property
    def record(self) -> CallRecord:
        """What is known of the call so far."""
        return self._ledger.record

    @property
    def model(self) -> str:
        """The model's name as it was sent to the provider."""
        return self._ledger.record.model

    @property
    def provider(self) -> str:
        """The provider's name in this installation."""
        return self._ledger.record.provider

    @property
    def attempts(self) -> int:
        """How many tries it took."""
        return self._ledger.record.attempts

    @property
    def usage(self) -> Usage | None:
        """Tokens; of a stream only after its end."""
        return self._ledger.record.usage

    @property
    def fault(self) -> ProsaError | None:
        """Why the stream broke, if it did."""
        return self._ledger.record.fault

    @property
    def text_chars(self) -> int:
        """Characters of text relayed so far."""
        return self._relay.figures.text_chars if self._relay is not None else 0

    @property
    def attachment(self) -> Attachment | None:
        """Where the answer can be found again, known with the first piece; None for most, and once it has failed there.

        `Gateway.let_go` when it is over, or to stop it: closing this doesn't.
        """
        id = self._relay.figures.response_id if self._relay is not None else None
        return None if id is None else Attachment(self.provider, self.model, id)

    async def read(self) -> bytes:
        """The next whole events of a stream in OpenAI's SSE, b"" after its end.

        A provider's failure arrives as an error event and the end marker, never as an exception.
        """
        if self._held:
            held, self._held = self._held, b""
            self._note_end()
            return held
        while not self._ended:
            piece = await self._next()
            if piece:
                return piece
        return b""

    def close(self) -> None:
        """The client has left, or needs no more: the provider's connection is closed at once. Safe twice and after the end."""
        if self._ended:
            return
        # Who leaves with the end marker in hand has had all of it.
        whole = self._relay is not None and self._relay.figures.done and not self._held
        self._held = b""
        self._end(CallStatus.OK if whole else CallStatus.CANCELLED)

    def interrupt(self, error: ProsaError) -> bytes:
        """End the stream from our side: the provider's connection is closed; returns an error event and the end marker.

        Empty where the answer was whole, or broken, already.
        """
        assert self._relay is not None
        self.close()
        piece = self._relay.fail(error)
        if piece:
            self._ledger.record.fault, self._ledger.record.fault_code = error, error.code
        return piece

    async def _next(self) -> bytes:
        assert self._reply is not None and self._relay is not None
        relay = self._relay
        if relay.figures.done:
            await self._linger()
            return b""
        try:
            data = await self._reply.read()
            piece = relay.feed(data) if data else relay.finish()
        except OutboundError as error:
            return self._broken(StreamBroken(f"The answer broke off: {error.message}"))
        except asyncio.CancelledError:
            self._end(CallStatus.CANCELLED)
            raise
        except Exception:
            # The provider-attempt edge: an answer that a wire can't read must still end well-formed for its reader.
            _log.exception("a provider's stream could not be read")
            return self._broken(StreamBroken("The answer broke off: the provider sent something that can't be read"))
        self._note_end(last=not data)
        return piece

    def _note_end(self, *, last: bool = False) -> None:
        """Settle as soon as the answer is known to be whole or broken; a marker alone leaves the body's end to be read."""
        assert self._relay is not None
        if self._relay.figures.fault is not None:
            self._ledger.record.fault = self._relay.figures.fault
            self._ledger.record.fault_code = self._relay.figures.fault.code
            self._end(CallStatus.BROKEN)
        elif last:
            self._end(CallStatus.OK)

    async def _linger(self) -> None:
        assert self._reply is not None
        try:
            async with asyncio.timeout(_LINGER):
                await self._reply.read()
        except asyncio.CancelledError:
            self.close()
            raise
        except (OutboundError, TimeoutError):
            # The answer is whole; only the connection is lost to the next call, and closing it is what `_end` does.
            pass
        self._end(CallStatus.OK)

    def _broken(self, error: ProsaError) -> bytes:
        assert self._relay is not None
        piece = self._relay.fail(error)
        self._ledger.record.fault, self._ledger.record.fault_code = error, error.code
        self._end(CallStatus.BROKEN)
        return piece

    def _end(self, status: CallStatus) -> None:
        assert self._reply is not None and self._relay is not None
        self._ended = True
        self._reply.close()
        figures = self._relay.figures
        self._ledger.close(status, figures.usage, figures.text_chars)
