"""Events as they are appended and read: a few at once."""

from collections.abc import Iterator
from typing import Final

from prosa.runs.models import Event

WHOLE_BYTES: Final = 64 * 1024  # of a batch, up to which its frames are made together and kept for all readers
_TYPE: Final = b'{"type":"'


class Batch:
    """Events `first` to `last` of a log: `payload` holds a line of JSON each. `final`: the last one ends the run;
    `ended_at`: when, in microseconds since 1970, where that is known."""

    __slots__ = ("__weakref__", "_framed", "_numbered", "ended_at", "final", "first", "last", "payload")

    def __init__(self, first: int, last: int, payload: bytes, *, final: bool) -> None:
        self.first = first
        self.last = last
        self.payload = payload
        self.final = final
        self.ended_at: int | None = None
        self._framed: bytes | None = None
        self._numbered: bytes | None = None

    def events(self) -> list[Event]:
        """Each event with its number."""
        return [Event(self.first + index, line) for index, line in enumerate(self.payload.split(b"\n"))]

    def after(self, number: int) -> "Batch":
        """What of it follows this event."""
        if number < self.first:
            return self
        left = self.payload.split(b"\n")[number + 1 - self.first :]
        return Batch(number + 1, self.last, b"\n".join(left), final=self.final)

    def frames(self, *, ids: bool = False) -> Iterator[bytes]:
        """The same as `sse`, in pieces of whole frames: of what is large, a slow reader's connection holds one event."""
        if len(self.payload) <= WHOLE_BYTES:
            yield self.sse(ids=ids)
            return
        number, begin = self.first, 0
        while begin <= len(self.payload):
            end = self.payload.find(b"\n", begin)
            end = len(self.payload) if end < 0 else end
            yield (b"id: %d\n" % number if ids else b"") + _frame(self.payload[begin:end])
            number, begin = number + 1, end + 1

    def sse(self, *, ids: bool = False) -> bytes:
        """Frames of a `text/event-stream`, made once for all readers (WHATWG HTML §9.2)."""
        if ids:
            if self._numbered is None:
                lines = enumerate(self.payload.split(b"\n"), self.first)
                self._numbered = b"".join([b"id: %d\n" % number + _frame(line) for number, line in lines])
            return self._numbered
        if self._framed is None:
            self._framed = b"".join([_frame(line) for line in self.payload.split(b"\n")])
        return self._framed


def _frame(line: bytes) -> bytes:
    if line.startswith(_TYPE):
        end = line.find(b'"', len(_TYPE))
        return b"event: " + line[len(_TYPE) : end] + b"\ndata: " + line + b"\n\n"
    return b"data: " + line + b"\n\n"
