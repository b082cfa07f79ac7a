"""B's stream: `data: {json}`, a blank line, nothing else (contracts: bitaca, §2a; B38)."""

import re
from typing import Final

import msgspec

from prosa.api.legacy.bitaca.errors import FAILED

BROKEN: Final = msgspec.json.encode({"error": {"message": FAILED, "type": "server_error"}})
_NEWLINE: Final = re.compile(rb"\r\n|\n|\r")
_EVENT_END: Final = re.compile(rb"(?:\r\n|\n|\r)(?:\r\n|\n|\r)")


class _Event(msgspec.Struct):
    error: msgspec.Raw = msgspec.Raw(b"null")


_decode: Final = msgspec.json.Decoder(_Event).decode


class Frames:
    """One stream's frames. The client reads lines that begin with `data: ` and one whole document in each; so no other
    line, no other line end and no document over several lines goes out, and of an error only that there was one."""

    __slots__ = ("_inside",)

    def __init__(self) -> None:
        self._inside = False  # of an event so large that it comes in parts

    def rewrite(self, piece: bytes) -> bytes:
        """The piece in B's grammar; mostly the very same bytes."""
        if self._inside:
            return self._go_on(piece)
        if _canonical(piece):
            return piece
        rewritten, begin = b"", 0
        for end in _EVENT_END.finditer(piece):
            rewritten += _frame(piece[begin : end.start()])
            begin = end.end()
        rest = piece[begin:]
        self._inside = bool(rest)
        return rewritten + rest

    def _go_on(self, piece: bytes) -> bytes:
        end = _EVENT_END.search(piece)
        if end is None:
            return piece
        self._inside = False
        return piece[: end.start()] + b"\n\n" + (self.rewrite(piece[end.end() :]) if end.end() < len(piece) else b"")


def _canonical(piece: bytes) -> bool:
    """Whether these are whole frames of the grammar already: every newline belongs to a frame's end. An error never is."""
    return (
        piece.startswith(b"data: ")
        and piece.endswith(b"\n\n")
        and piece.count(b"\n") == 2 * piece.count(b"\n\ndata: ") + 2
        and b"\r" not in piece
        and b'"error"' not in piece
    )


def _frame(event: bytes) -> bytes:
    """One event as a frame, b"" when it carries no data."""
    lines = [line[5:].removeprefix(b" ") for line in _NEWLINE.split(event) if line.startswith(b"data:")]
    if not lines:
        return b""
    document = b" ".join(lines)  # a newline inside a document can only stand between its tokens
    if b'"error"' in document and _is_error(document):
        document = BROKEN
    return b"data: " + document + b"\n\n"


def _is_error(document: bytes) -> bool:
    try:
        found = _decode(document)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    return bytes(found.error) != b"null"
