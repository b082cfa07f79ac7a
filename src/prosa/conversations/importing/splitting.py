"""A JSON file cut into its conversations as it streams by: never more of it is held than one of them."""

import re
from collections.abc import Iterator
from typing import Final

_TOKEN: Final = re.compile(rb'["{}\[\]]')
_TEXT: Final = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
_PLAIN: Final = rb'(?:[^"{}\[\]]++|"(?:[^"\\]++|\\.)*+")'
# What doesn't change the depth: whole texts, what is no bracket, and what holds no brackets within its own.
_RUN: Final = re.compile(_PLAIN[:-1] + rb"|[{\[]" + _PLAIN + rb"*+[}\]])*+", re.DOTALL)
_GAP: Final = re.compile(rb"[ \t\r\n,]*+")
_SPACE: Final = re.compile(rb"[ \t\r\n]*+")
_BOM: Final = b"\xef\xbb\xbf"
LIST: Final = b"conversations"
"""The member of an object at the root whose elements are conversations."""
_QUOTE, _BACKSLASH, _OPEN, _CLOSE, _ARRAY, _END = b'"\\{}[]'
_HEADER: Final = 1 << 16
OVERSIZE: Final = b""
"""Stands for an element that is larger than may be."""


class Malformed(ValueError):
    """It is no JSON, or of another form; the reason is fit for a caller."""


class Splitter:
    """Feed it pieces; it gives the elements: those of an array at the root, those of the root's LIST, or else the root itself.

    The grammar of an element isn't checked: whoever decodes it does.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._held = bytearray()
        self._at = 0  # up to where it was looked at
        self._depth = 0
        self._level: int | None = None  # where elements stand
        self._root = 0
        self._in_text = False
        self._text = 0  # where the text that was seen last begins
        self._key = b""
        self._start = -1  # of the element
        self._oversize = False
        self._over = False
        self.header = b""  # what stands before the LIST

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """The elements that are whole now. Raises Malformed."""
        self._held += piece
        if not self._root and not self._begin():
            return
        yield from self._scan()
        self._trim()

    def end(self) -> None:
        """Nothing more comes. Raises Malformed where something is missing."""
        if not self._root:
            raise Malformed("it is empty")
        if not self._over:
            raise Malformed("it ends too early")

    def _begin(self) -> bool:
        if len(self._held) < len(_BOM) and _BOM.startswith(self._held):
            return False
        if self._held.startswith(_BOM):
            del self._held[: len(_BOM)]
        place = _end_of(_SPACE, self._held, 0)
        if place == len(self._held):
            return False
        del self._held[:place]
        self._root = self._held[0]
        if self._root not in (_OPEN, _ARRAY):
            raise Malformed("it is no JSON file with conversations")
        self._level = 1 if self._root == _ARRAY else None
        self._depth = self._at = 1
        self._start = -1 if self._root == _ARRAY else 0
        return True

    def _scan(self) -> Iterator[bytes]:
        held = self._held
        while self._at < len(held):
            if self._over:
                self._at = _end_of(_SPACE, held, self._at)
                if self._at < len(held):
                    raise Malformed("something stands behind its end")
            elif self._in_text:
                if not self._text_ended():
                    return
            elif self._depth == self._level and self._start < 0:
                self._between()
            else:
                yield from self._token()

    def _text_ended(self) -> bool:
        held = self._held
        self._at = _end_of(_TEXT, held, self._at)
        if self._at >= len(held) or held[self._at] == _BACKSLASH:
            return False
        if self._depth == 1 and self._level is None and self._at - self._text < _HEADER:
            self._key = bytes(held[self._text : self._at])
        self._at += 1
        self._in_text = False
        return True

    def _between(self) -> None:
        """Among the elements: the next one, or the end of them."""
        held = self._held
        self._at = _end_of(_GAP, held, self._at)
        if self._at == len(held):
            return
        sign = held[self._at]
        if sign == _OPEN:
            self._start = self._at
            self._depth += 1
        elif sign == _END:
            self._depth -= 1
            self._level = None if self._depth else self._level
            self._over = not self._depth
            self._root = 1  # the list was seen
        else:
            raise Malformed("one of its entries is no conversation")
        self._at += 1

    def _token(self) -> Iterator[bytes]:
        if self._depth == 1 and self._level is None:  # here names count
            found = _TOKEN.search(self._held, self._at)
            place = len(self._held) if found is None else found.start()
            del found
        else:
            place = _end_of(_RUN, self._held, self._at)
        self._at = place
        if place == len(self._held):
            return
        self._at += 1
        sign = self._held[place]
        if sign == _QUOTE:
            self._in_text, self._text = True, self._at
        elif sign in (_OPEN, _ARRAY):
            self._depth += 1
            if sign == _ARRAY and self._depth == 2 and self._root == _OPEN and self._key == LIST:
                self._level, self._start = 2, -1
                self.header = bytes(self._held[: self._at]) if self._at < _HEADER else b""
        else:
            self._depth -= 1
            if self._depth == self._level or not self._depth:
                yield from self._element()

    def _element(self) -> Iterator[bytes]:
        if self._start >= 0:
            yield OVERSIZE if self._oversize else bytes(self._held[self._start : self._at])
        self._start, self._oversize = -1, False
        self._over = not self._depth

    def _trim(self) -> None:
        """Let go of what isn't needed any more."""
        if self._start >= 0 and len(self._held) - self._start > self._most:
            self._oversize = True
        keep = self._at if self._start < 0 or self._oversize else self._start
        if self._in_text and self._depth == 1 and self._level is None and self._text < keep:
            self._text = keep
        del self._held[:keep]
        self._at -= keep
        self._text -= keep
        if self._start >= 0:
            self._start = 0


def _end_of(pattern: "re.Pattern[bytes]", held: bytearray, at: int) -> int:
    """Where what matches here ends; every pattern matches nothing, too."""
    found = pattern.match(held, at)
    assert found is not None
    return found.end()
