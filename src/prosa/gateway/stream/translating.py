"""The relay for providers of another protocol: each record is translated into OpenAI's chunks."""

from collections.abc import Callable
from typing import Protocol

from prosa.gateway.errors import StreamBroken
from prosa.gateway.models import StreamFigures
from prosa.gateway.stream.chunks import ChunkWriter
from prosa.gateway.stream.sse import Part
from prosa.kit.errors import ProsaError

# A record is translated whole, so more of it is held than where bytes only pass through.
HOLD = 1024 * 1024


class Records(Protocol):
    """Cuts a stream into records: SSE events, or lines."""

    def feed(self, data: bytes) -> list[bytes]:
        """The records that these bytes make whole; a `Part` for a piece of one that is too large."""
        ...

    def rest(self) -> bytes:
        """What is held of an unfinished record."""
        ...


class TranslatingRelay:
    """Feeds a protocol's records to its decoder, which writes chunks to `out`; ends the stream well-formed."""

    __slots__ = ("_out", "_records", "_translate", "figures")

    def __init__(self, records: Records, translate: Callable[[bytes], bytes], out: ChunkWriter) -> None:
        self.figures: StreamFigures = out.figures
        self._records = records
        self._translate = translate
        self._out = out

    def feed(self, data: bytes) -> bytes:
        """The chunks for these bytes."""
        return self._through(self._records.feed(data))

    def finish(self) -> bytes:
        """What an unterminated last record says, and the ending."""
        if self.figures.done:
            return b""
        rest = self._records.rest()
        passed = self._through([rest]) if rest.strip() else b""
        return passed if self.figures.done else passed + self._out.end()

    def fail(self, error: ProsaError) -> bytes:
        """An error event and the end marker; a half record is forgotten."""
        return b"" if self.figures.done else self._out.broke(error)

    def _through(self, records: list[bytes]) -> bytes:
        passed: list[bytes] = []
        for record in records:
            if self.figures.done:
                break
            if isinstance(record, Part):
                passed.append(self._out.broke(StreamBroken("The answer broke off: a piece of it is too large to be translated")))
                break
            passed.append(self._translate(record))
        return b"".join(passed)
