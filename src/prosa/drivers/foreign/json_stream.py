"""JSON objects of a file one after the other: lines, as mongoexport writes them, an array of them, or any layout between.

The file is cut by its braces, not by its lines, so that `--jsonArray` and `--pretty` read the same. Never more than one object
is held. gzip is seen by its first bytes.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final, NamedTuple, TypeAlias, cast

import msgspec

from prosa.drivers.foreign.errors import ForeignFile

Fields: TypeAlias = dict[str, object]
LONGEST: Final = 48 * 1024 * 1024  # bytes of one object: MongoDB's own bound is 16 MiB, before it is written as text
DEEPEST: Final = 100  # levels, as MongoDB's own bound
_CHUNK: Final = 256 * 1024
_GZIP: Final = b"\x1f\x8b"
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_OUTSIDE: Final = re.compile(rb'[{}]|"(?:[^"\\]*")?')  # a text without a backslash is passed over in one step
_INSIDE: Final = re.compile(rb'["\\]')
_BETWEEN: Final = b" \t\r\n,[]"


class Document(NamedTuple):
    """One object, and the how-manieth of its file it is, from 1 on. `fields` None: it can't be read."""

    number: int
    fields: Fields | None


def documents(file: Path) -> Iterator[Document]:
    """Every object of a file. Raises ForeignFile for what is no such file; what came before the damage was given."""
    try:
        with file.open("rb") as stream:
            is_packed = stream.read(len(_GZIP)) == _GZIP
            stream.seek(0)
            yield from _documents(_unpacked(stream) if is_packed else stream)
    except (OSError, EOFError) as error:
        raise ForeignFile("it can't be read, or is cut off") from error


def _unpacked(stream: IO[bytes]) -> IO[bytes]:
    import gzip

    return cast(
        "IO[bytes]", gzip.GzipFile(fileobj=stream)
    )  # its errors are OSError and EOFError; what is damaged inside is zlib's own


def _documents(stream: IO[bytes]) -> Iterator[Document]:
    decode = msgspec.json.Decoder(Fields).decode
    for number, text in enumerate(_Cutter().cut(_chunks(stream)), 1):
        try:
            yield Document(number, decode(text))
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
            yield Document(number, None)


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    import zlib

    try:
        chunk = stream.read(_CHUNK).removeprefix(_BYTE_ORDER_MARK)
        while chunk:
            yield chunk
            chunk = stream.read(_CHUNK)
    except zlib.error as error:
        raise ForeignFile("it is damaged") from error


class _Cutter:
    """Finds where objects begin and end, over the borders of what is read at once."""

    def __init__(self) -> None:
        self._depth = 0
        self._in_text = False
        self._skip = False  # the next byte stands behind a backslash that was the last of its chunk
        self._parts: list[bytes] = []
        self._size = 0

    def cut(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """The objects' texts. Raises ForeignFile."""
        for chunk in chunks:
            yield from self._objects(chunk)
        if self._depth or self._in_text:
            raise ForeignFile("it is cut off in the middle of an object")

    def _objects(self, chunk: bytes) -> Iterator[bytes]:
        at, begun = int(self._skip), 0
        self._skip = False
        while (found := (_INSIDE if self._in_text else _OUTSIDE).search(chunk, at)) is not None:
            sign, at = found.group(), found.end()
            if sign == b"\\":
                at += 1
                self._skip = at > len(chunk)
            elif sign[:1] == b'"':
                self._in_text = len(sign) == 1 and not self._in_text
            elif sign == b"{":
                begun = self._open(chunk, begun, found.start())
            elif self._close():
                yield self._whole(chunk[begun:at])
                begun = at
        self._keep(chunk[begun:])

    def _open(self, chunk: bytes, begun: int, start: int) -> int:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ForeignFile(f"its objects are nested deeper than {DEEPEST} levels")
        if self._depth > 1:
            return begun
        self._check_between(chunk[begun:start])
        return start

    def _close(self) -> bool:
        self._depth -= 1
        if self._depth < 0:
            raise ForeignFile("it is no list of JSON objects")
        return self._depth == 0

    def _keep(self, rest: bytes) -> None:
        if not self._depth:
            self._check_between(rest)
            return
        self._parts.append(rest)
        self._size += len(rest)
        if self._size > LONGEST:
            raise ForeignFile(f"one of its objects is larger than {LONGEST >> 20} MB")

    def _whole(self, last: bytes) -> bytes:
        text = b"".join((*self._parts, last))
        self._parts, self._size = [], 0
        return text

    def _check_between(self, text: bytes) -> None:
        if self._in_text or text.strip(_BETWEEN):
            raise ForeignFile("it is no list of JSON objects")
