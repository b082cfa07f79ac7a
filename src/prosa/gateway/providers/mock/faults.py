"""Lays faults over an answer: in the stream's events, in their framing, in the bytes."""

from collections.abc import Iterator

import msgspec

from prosa.gateway.providers.mock.completion import Payload
from prosa.gateway.providers.mock.errors import envelope
from prosa.gateway.providers.mock.models import Beat
from prosa.gateway.providers.mock.vocabulary import Directions

GARBAGE = bytes(range(256)) + '{"no json [ \u00fe\r\n\r\ndata: {broken\n\n'.encode("latin-1")
HTML = (
    b"<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>"
    b"<body><center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center></body></html>\n"
)
_ENDS = {"lf": b"\n", "crlf": b"\r\n", "cr": b"\r"}


def streamed(payloads: Iterator[Payload], directions: Directions) -> Iterator[Beat]:
    """A stream's body, beat by beat, one event each unless `split` says otherwise."""
    beats = _framed(_disordered(payloads, directions), directions)
    if directions.bom:
        beats = _marked(beats)
    return broken(beats, directions)


def plain(body: bytes, directions: Directions) -> Iterator[Beat]:
    """A whole body; with `stall` its second half comes late."""
    half = len(body) // 2
    beats = [Beat(0.0, body[:half]), Beat(directions.stall, body[half:])] if directions.stall else [Beat(0.0, body)]
    return broken(iter(beats), directions)


def broken(beats: Iterator[Beat], directions: Directions) -> Iterator[Beat]:
    """The same bytes in other pieces, and only as many as `cut_after` lets through."""
    if directions.split is not None:
        beats = _split(beats, directions.split, directions.split_delay)
    if directions.cut_after is not None:
        beats = _cut(beats, directions.cut_after)
    return beats


def instead(directions: Directions, body: bytes) -> tuple[bytes, str]:
    """What is sent in place of a body, and its content type."""
    forms: dict[str | None, tuple[bytes, str]] = {
        "html": (HTML, "text/html"),
        "garbage": (GARBAGE, "application/octet-stream"),
        "error": (msgspec.json.encode(envelope(500, directions.error, code=directions.error_code)), "application/json"),
        "empty": (b"", "application/json"),
        "null_body": (b"null", "application/json"),
        "truncated": (body[: len(body) // 2], "application/json"),
    }
    return forms[directions.instead]


def _disordered(payloads: Iterator[Payload], directions: Directions) -> Iterator[Payload]:
    held: Payload | None = None
    for number, payload in enumerate(payloads, 1):
        if number == directions.swap:
            held = payload
            continue
        yield payload
        if held is not None:
            yield held
            held = None
        if number == directions.duplicate:
            yield payload
    if held is not None:
        yield held


def _framed(payloads: Iterator[Payload], directions: Directions) -> Iterator[Beat]:
    end = _ENDS[directions.framing]
    waits = _Waits(directions, end)
    sent = 0
    for sent, payload in enumerate(payloads, 1):
        yield from waits.before(sent - 1)
        if waits.over:
            return
        yield Beat(payload.pause, _event(payload.data, directions, sent, end))
    yield from waits.last(sent)
    if directions.done and not waits.over:
        yield Beat(0.0, _event(b"[DONE]", directions, sent + 1, end))


class _Waits:
    """What happens between events: comments, garbage, the stall, the error that ends the stream."""

    def __init__(self, directions: Directions, end: bytes) -> None:
        self._directions = directions
        self._end = end
        self._stalled = not directions.stall
        self.over = False

    def before(self, sent: int) -> Iterator[Beat]:
        directions = self._directions
        if directions.comments and sent % directions.comments == 0:
            yield Beat(0.0, b": ping" + self._end * 2)
        if directions.garbage_after == sent:
            yield Beat(0.0, GARBAGE)
        if not self._stalled and directions.stall_after == sent:
            yield self._stall()
        if directions.error_after == sent:
            yield self._error(sent)

    def last(self, sent: int) -> Iterator[Beat]:
        """What was to come after more events than there are comes at the end: no fault is lost."""
        directions = self._directions
        if self.over:
            return
        if directions.garbage_after is not None and directions.garbage_after >= sent:
            yield Beat(0.0, GARBAGE)
        if not self._stalled:
            yield self._stall()
        if directions.error_after is not None and directions.error_after >= sent:
            yield self._error(sent)

    def _stall(self) -> Beat:
        self._stalled = True
        return Beat(self._directions.stall, b"")

    def _error(self, sent: int) -> Beat:
        self.over = True
        error = envelope(500, self._directions.error, code=self._directions.error_code)
        return Beat(0.0, _event(msgspec.json.encode(error), self._directions, sent + 1, self._end))


def _event(data: bytes, directions: Directions, number: int, end: bytes) -> bytes:
    opening = b"data: " if directions.space else b"data:"
    if directions.sse_fields:
        opening = b"id: %d%sevent: message%sretry: 3000%s" % (number, end, end, end) + opening
    return opening + data + end + end


def _marked(beats: Iterator[Beat]) -> Iterator[Beat]:
    yield Beat(0.0, b"\xef\xbb\xbf")
    yield from beats


def _split(beats: Iterator[Beat], size: int, delay: float) -> Iterator[Beat]:
    first = True
    for beat in beats:
        pause = beat.pause
        for start in range(0, len(beat.data) or 1, size):
            yield Beat(pause if first or pause else delay, beat.data[start : start + size])
            pause, first = 0.0, False


def _cut(beats: Iterator[Beat], most: int) -> Iterator[Beat]:
    left = most
    for beat in beats:
        if len(beat.data) >= left:
            yield Beat(beat.pause, beat.data[:left], cut=True)
            return
        left -= len(beat.data)
        yield beat
    yield Beat(0.0, b"", cut=True)
