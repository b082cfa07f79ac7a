"""`multipart/form-data` (RFC 7578) as it streams in: parts one after the other, nothing of them kept, everything bounded.

Strict where lenience has made holes elsewhere: no text before the first boundary, no padding behind one, one disposition a part.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from prosa.kit.errors import BadRequest

_TYPE: Final = re.compile(rb"multipart/form-data\s*;(.*)", re.IGNORECASE | re.DOTALL)
_BOUNDARY: Final = re.compile(rb"\s*boundary=(?:\"([^\"]{1,70})\"|([^\s;\",]{1,70}))\s*(?:;|$)", re.IGNORECASE)
_CHARACTERS: Final = re.compile(rb"[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]")  # RFC 2046, section 5.1.1
_PARAMETER: Final = re.compile(r';\s*([A-Za-z]+\*?)=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))\s*')
_HEADER_BYTES: Final = 8192
_HEADERS: Final = 16
_ENCODINGS: Final = frozenset({"", "binary", "8bit", "7bit"})


class MalformedForm(BadRequest):
    """The body is no `multipart/form-data` as it should be."""

    code = "malformed_form"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The body can't be read as multipart/form-data: {reason}.")


@dataclass(frozen=True, slots=True)
class FormPart:
    """The head of a part; the names are the sender's word."""

    name: str
    filename: str | None = None
    content_type: str | None = None


class Form:
    """The parts of one body, in their order. Each must be read, or is passed over, before the next is asked for."""

    def __init__(self, content_type: bytes | None, pieces: AsyncIterator[bytes], most_parts: int = 20) -> None:
        """Raises MalformedForm for another content type, or one without a boundary."""
        self._pieces = pieces
        self._delimiter = b"\r\n--" + _boundary(content_type or b"")
        self._buffer = bytearray(b"\r\n")  # the first boundary has no line before it
        self._left = most_parts
        self._inside = False
        self._begun = False

    async def next(self) -> FormPart | None:
        """The next part; None behind the last. Raises MalformedForm, and what the pieces raise."""
        if not self._begun:
            await self._open()
        while self._inside:
            await self._piece()
        if await self._exactly(2) == b"--":
            await self._end()
            return None
        if bytes(self._buffer[:2]) != b"\r\n":
            raise MalformedForm("something stands behind a boundary")
        self._left -= 1
        if self._left < 0:
            raise MalformedForm("it has too many parts")
        part = _part(await self._head())
        self._inside = True
        return part

    async def read(self) -> AsyncIterator[bytes]:
        """The content of the part, piece by piece."""
        while self._inside:
            piece = await self._piece()
            if piece:
                yield piece

    async def value(self, most: int) -> str:
        """The whole content of a small part, as text. Raises MalformedForm beyond `most` bytes, and for what is no UTF-8."""
        found = bytearray()
        async for piece in self.read():
            found += piece
            if len(found) > most:
                raise MalformedForm(f"a field has more than {most} bytes")
        try:
            return found.decode()
        except UnicodeDecodeError as error:
            raise MalformedForm("a field is no UTF-8") from error

    async def _open(self) -> None:
        if await self._exactly(len(self._delimiter)) != self._delimiter:
            raise MalformedForm("it doesn't begin with its boundary")
        del self._buffer[: len(self._delimiter)]
        self._begun = True

    async def _piece(self) -> bytes:
        """What is certain to be content of this part; ends it where the boundary stands."""
        found = self._buffer.find(self._delimiter)
        if found >= 0:
            piece = bytes(self._buffer[:found])
            del self._buffer[: found + len(self._delimiter)]
            self._inside = False
            return piece
        certain = len(self._buffer) - len(self._delimiter) + 1
        piece = b""
        if certain > 0:
            piece = bytes(self._buffer[:certain])
            del self._buffer[:certain]
        await self._more()
        return piece

    async def _head(self) -> bytes:
        """The header lines of a part, from the line end behind its boundary on."""
        while (found := self._buffer.find(b"\r\n\r\n")) < 0:
            if len(self._buffer) > _HEADER_BYTES:
                raise MalformedForm("the header of a part is too large")
            await self._more()
        if found > _HEADER_BYTES:
            raise MalformedForm("the header of a part is too large")
        head = bytes(self._buffer[2:found])
        del self._buffer[: found + 4]
        return head

    async def _end(self) -> None:
        """Behind the last boundary nothing may come but a line end."""
        del self._buffer[:2]
        async for piece in self._pieces:
            self._buffer += piece
            if len(self._buffer) > 2:
                break
        if bytes(self._buffer) not in (b"", b"\r\n"):
            raise MalformedForm("something stands behind its last boundary")

    async def _exactly(self, count: int) -> bytes:
        while len(self._buffer) < count:
            await self._more()
        return bytes(self._buffer[:count])

    async def _more(self) -> None:
        piece = b""
        while not piece:
            try:
                piece = await anext(self._pieces)
            except StopAsyncIteration:
                raise MalformedForm("it ends before its last boundary") from None
        self._buffer += piece


def _boundary(content_type: bytes) -> bytes:
    kind = _TYPE.fullmatch(content_type.strip())
    if kind is None:
        raise MalformedForm("its content type is another one")
    found = [match for part in _split(kind[1]) if (match := _BOUNDARY.fullmatch(part))]
    if len(found) != 1:
        raise MalformedForm("its content type names no boundary")
    boundary: bytes = found[0][1] or found[0][2]
    if not _CHARACTERS.fullmatch(boundary):
        raise MalformedForm("its boundary can't be one")
    return boundary


def _split(parameters: bytes) -> list[bytes]:
    return parameters.split(b";") if b'"' not in parameters else re.findall(rb"(?:[^;\"]|\"[^\"]*\")+", parameters)


def _part(head: bytes) -> FormPart:
    """A part's header fields. Raises MalformedForm."""
    try:
        lines = head.decode().split("\r\n")
    except UnicodeDecodeError as error:
        raise MalformedForm("the header of a part is no UTF-8") from error
    if len(lines) > _HEADERS:
        raise MalformedForm("a part has too many header fields")
    fields: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        name = name.lower()
        if not colon or not name or name != name.strip() or name in fields or "\r" in value or "\n" in value or "\0" in value:
            raise MalformedForm("the header of a part is malformed")
        fields[name] = value.strip()
    if fields.get("content-transfer-encoding", "").lower() not in _ENCODINGS:
        raise MalformedForm("a part is encoded in a way that RFC 7578 has given up")
    kind, _, rest = fields.get("content-disposition", "").partition(";")
    parameters = _parameters(";" + rest)
    if kind.strip().lower() != "form-data" or "name" not in parameters:
        raise MalformedForm("a part has no name")
    return FormPart(parameters["name"], parameters.get("filename"), fields.get("content-type"))


def _parameters(text: str) -> dict[str, str]:
    """Names and values behind the disposition. What browsers escape is meant as it was: a quotation mark, a line end."""
    found: dict[str, str] = {}
    place = 0
    while place < len(text) and text[place:].strip():
        match = _PARAMETER.match(text, place)
        if match is None or match[1].lower() in found:
            raise MalformedForm("the disposition of a part is malformed")
        value = re.sub(r'\\(["\\])', r"\1", match[2]) if match[2] is not None else match[3]
        found[match[1].lower()] = value.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")
        place = match.end()
    return found
