"""Compressed bodies, decoded piece by piece within bounds."""

import zlib

from prosa.drivers.outbound.errors import AnswerTooLarge, BadAnswer

_STEP = 256 * 1024
_UNSUSPECTED = 1024 * 1024  # below this size no ratio is looked at
_MOST_RATIO = 200  # text compresses 3 to 20 times, a bomb about 1,000 times


class Inflater:
    """Decodes one gzip or deflate body; what comes out is bounded in size and in its ratio to what went in."""

    def __init__(self, coding: str, most: int) -> None:
        """Raises BadAnswer for any other coding: prosa asked for none at all."""
        if coding not in ("gzip", "x-gzip", "deflate"):
            raise BadAnswer("The answer is compressed in a way that was not asked for.")
        self._bits = 0 if coding == "deflate" else 31
        self._stream = zlib.decompressobj(31)
        self._most = most
        self._held = b""
        self._taken = 0
        self._made = 0

    def feed(self, data: bytes) -> bytes:
        """What `data` decodes to; raises BadAnswer (no such coding, a bomb), AnswerTooLarge."""
        self._taken += len(data)
        data = self._held + data
        if len(data) < 2 and not self._bits:
            self._held = data
            return b""
        self._held = b""
        if not self._bits:
            self._bits = _wrapping(data)
            self._stream = zlib.decompressobj(self._bits)
        return b"".join(self._pieces(data))

    def finish(self) -> None:
        """Raises BadAnswer when the body ended before its compressed form did."""
        if self._taken and not self._stream.eof:
            raise BadAnswer("The compressed answer is not whole.")

    def _pieces(self, data: bytes) -> list[bytes]:
        pieces: list[bytes] = []
        while True:
            if self._stream.eof:
                if not data:
                    return pieces
                self._stream = zlib.decompressobj(self._bits)  # gzip may hold several members (RFC 1952 §2.2)
            try:
                piece = self._stream.decompress(data, _STEP)
            except zlib.error:
                raise BadAnswer("The answer is not compressed as it says.") from None
            pieces.append(piece)
            self._count(len(piece))
            data = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail
            if not (data or self._stream.eof or len(piece) == _STEP):
                return pieces

    def _count(self, size: int) -> None:
        self._made += size
        if self._made > self._most:
            raise AnswerTooLarge("The answer is larger than allowed.")
        if self._made > _UNSUSPECTED and self._made > _MOST_RATIO * self._taken:
            raise BadAnswer("The answer is compressed beyond all measure.")


def _wrapping(start: bytes) -> int:
    # "deflate" means zlib's wrapper (RFC 9110 §8.4.1.2), which some servers leave out; RFC 1950 §2.2 tells them apart.
    wrapped = start[0] & 0x0F == 8 and int.from_bytes(start[:2], "big") % 31 == 0
    return 15 if wrapped else -15
