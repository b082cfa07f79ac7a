"""A second look at chunked bodies: requests are smuggled by what two parsers read differently, such as chunk extensions."""

_HEX = frozenset(b"0123456789abcdefABCDEF")
_SIZE_DIGITS = 15


class BadFraming(Exception):
    """A chunk's head is more than hexadecimal digits and CRLF."""


class ChunkGuard:
    """Follows the frames of one chunked body through the raw bytes; raises BadFraming at an extension or a malformed head."""

    def __init__(self) -> None:
        self._head = b""
        self._left = 0  # bytes of the current chunk and of the CRLF after it
        self._over = False

    def feed(self, data: bytes) -> None:
        """Look at the next raw bytes of the body; what follows the last chunk (trailers) is the parser's matter."""
        place = 0
        while place < len(data) and not self._over:
            if self._left:
                step = min(self._left, len(data) - place)
                self._left -= step
                place += step
                continue
            end = data.find(b"\n", place)
            self._head += data[place:] if end < 0 else data[place : end + 1]
            if len(self._head) > _SIZE_DIGITS + 2 or not _HEX.issuperset(self._head.rstrip(b"\r\n")):
                raise BadFraming
            if end < 0:
                return
            place = end + 1
            self._begin()

    def _begin(self) -> None:
        if not self._head.endswith(b"\r\n") or len(self._head) < 3:
            raise BadFraming
        size = int(self._head, 16)
        self._head = b""
        self._over = size == 0
        self._left = size + 2
