"""Office documents are zip archives of XML: looked through before anything is unpacked."""

import io
import struct
import zipfile
import zlib
from typing import Final
from xml.parsers import expat

from prosa.drivers.documents.orders import Refused

ENTRIES: Final = 10_000
UNPACKED: Final = 256 << 20  # bytes, all entries together
_RATIO: Final = 200  # times what is packed, for entries of …
_SMALL: Final = 4 << 20  # … more than this
_PROLOG: Final = 1 << 16  # bytes within which the first element begins
_TAIL: Final = struct.Struct("<4s4H2LH")  # "End of central directory record" of the zip format, 4.3.16
_ENTRY: Final = 46  # bytes at least of an entry of the directory
_XML: Final = (".xml", ".rels")


class _Begun(Exception):
    """The first element is there: no DTD comes any more."""


def opened(content: bytes) -> zipfile.ZipFile:
    """The archive, when what it says of itself is within bounds and no part of it declares entities. Raises Refused."""
    _count(content)
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries = archive.infolist()
        if sum(entry.file_size for entry in entries) > UNPACKED or any(_bomb(entry) for entry in entries):
            raise Refused("packed")
        # Entries that lie over each other would unpack the same bytes again and again.
        if len({entry.header_offset for entry in entries}) < len(entries) or sum(e.compress_size for e in entries) > len(content):
            raise Refused("packed")
        for entry in entries:
            if entry.flag_bits & 1:
                raise Refused("locked")
            if entry.filename.lower().endswith(_XML):
                _plain_xml(archive, entry)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise Refused("damaged") from error
    return archive


def part(archive: zipfile.ZipFile, name: str, most: int = 32 << 20) -> bytes | None:
    """A part's bytes; None where it isn't there. Raises Refused."""
    try:
        entry = archive.getinfo(name)
    except KeyError:
        return None
    if entry.file_size > most:
        raise Refused("packed")
    try:
        return archive.read(entry)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise Refused("damaged") from error


def _count(content: bytes) -> None:
    at = content.rfind(b"PK\5\6", max(0, len(content) - 65_557))
    if at < 0 or len(content) - at < _TAIL.size:
        raise Refused("damaged")
    entries, size = _TAIL.unpack_from(content, at)[4:6]
    if entries > ENTRIES or size > ENTRIES * (_ENTRY + 400) or size == 0xFFFFFFFF:
        raise Refused("packed")


def _bomb(entry: zipfile.ZipInfo) -> bool:
    return entry.file_size > _SMALL and entry.file_size > _RATIO * max(entry.compress_size, 1)


def _plain_xml(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """No office program writes a document type: what has one wants entities of it."""
    if entry.file_size == 0:
        return
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = _begun
    try:
        with archive.open(entry) as file:
            parser.Parse(file.read(_PROLOG), False)
    except _Begun:
        return
    except expat.ExpatError as error:
        raise Refused("damaged") from error
    raise Refused("damaged")


def _refuse(*_: object) -> None:
    raise Refused("damaged")


def _begun(*_: object) -> None:
    raise _Begun
