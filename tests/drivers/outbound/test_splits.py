"""An answer reads the same however the network cuts it into pieces."""

import asyncio
from collections.abc import Iterator
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from prosa.drivers.outbound.answer import Answer
from prosa.drivers.outbound.connection import READ, Connection, Home
from prosa.drivers.outbound.models import Limits
from tests.drivers.outbound.origin import chunked, plain


class _Wire(asyncio.Transport):
    """The far end of nothing: bytes are put into the connection by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.closed = False

    def write(self, data: object) -> None:
        """Requests are not looked at here."""

    def abort(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def get_write_buffer_size(self) -> int:
        return 0

    def pause_reading(self) -> None:
        """The test feeds on: what is held may grow beyond its mark."""

    def resume_reading(self) -> None:
        """See pause_reading."""


class _Desk(Home):
    """Stands where the pool would."""

    def __init__(self) -> None:
        self.buffer = memoryview(bytearray(READ))
        self.limits = Limits()
        self.clock = lambda: 0.0
        self.reusable: bool | None = None

    def made(self, connection: Connection) -> None:
        """Nothing to do."""

    def rest(self, connection: Connection, answer: Answer, reusable: bool) -> None:
        self.reusable = reusable

    def ended(self, answer: Answer) -> None:
        """Nothing to do."""

    def lost(self, connection: Connection) -> None:
        """Nothing to do."""


def _read(pieces: Iterator[bytes]) -> tuple[int, dict[str, str], bytes, bool | None]:
    """What comes of an answer that arrives in these pieces."""
    loop = asyncio.new_event_loop()
    try:
        desk, wire = _Desk(), _Wire()
        connection = Connection(desk)
        connection.connection_made(wire)
        answer = Answer(loop, connection, 1 << 30)
        answer.time(0.0, 1.0, 1.0, float("inf"))
        connection.ask(answer, b"", b"", bare=False)
        for piece in pieces:
            desk.buffer[: len(piece)] = piece
            connection.buffer_updated(len(piece))
        body = loop.run_until_complete(answer.body(1 << 30))
        connection.connection_lost(None)
        return answer.status, answer.headers, body, desk.reusable
    finally:
        loop.close()


_BODIES = st.lists(st.binary(min_size=1, max_size=200), max_size=20)


@settings(max_examples=300, deadline=None)
@given(pieces=_BODIES, cuts=st.lists(st.integers(0, 3000), max_size=60), interim=st.booleans(), framed=st.booleans())
def test_any_split_of_an_answer_reads_the_same(pieces: list[bytes], cuts: list[int], interim: bool, framed: bool) -> None:
    whole = chunked(*pieces) if framed else plain(b"".join(pieces), "content-type: x")
    if interim:
        whole = b"HTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\n" + whole
    places = sorted({0, len(whole), *(cut for cut in cuts if cut < len(whole))})
    status, headers, body, reusable = _read(whole[start:end] for start, end in pairwise(places))
    assert (status, body, reusable) == (200, b"".join(pieces), True)
    assert "link" not in headers and len(headers) == 2


def test_every_single_byte_alone_reads_the_same() -> None:
    whole = chunked(b"data: one\n\n", b"data: two\n\n")
    assert _read(bytes([byte]) for byte in whole)[2] == b"data: one\n\ndata: two\n\n"


@settings(max_examples=300, deadline=None)
@given(noise=st.binary(min_size=1, max_size=300), cut=st.integers(0, 100))
def test_no_bytes_whatever_raise_out_of_the_connection(noise: bytes, cut: int) -> None:
    desk, wire = _Desk(), _Wire()
    loop = asyncio.new_event_loop()
    try:
        connection = Connection(desk)
        connection.connection_made(wire)
        answer = Answer(loop, connection, 1 << 30)
        answer.time(0.0, 1.0, 1.0, float("inf"))
        connection.ask(answer, b"", b"", bare=False)
        data = chunked(b"one", b"two")[:cut] + noise
        desk.buffer[: len(data)] = data
        connection.buffer_updated(len(data))
        connection.connection_lost(None)
        assert connection.dead
    finally:
        loop.close()
