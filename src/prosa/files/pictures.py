"""How many pixels an image has, as its first bytes say, without decoding it: a few bytes may stand for gigabytes.

Sources: PNG (W3C, 11.2.1), JPEG (ITU T.81, B.2), GIF89a (18), WebP (RFC 9649, 2.5 to 2.7).
"""

import re
from typing import Final

from prosa.files.errors import ImageTooLarge

MOST_SIDE: Final = 16_384
MOST_PIXELS: Final = 100_000_000
"""Of any image that is kept: a browser that shows one takes four bytes for each."""
SMALL_SIDE: Final = 4_096
"""Of a picture that stands beside a name, and may be shown many times on one page."""
MOST_HEAD: Final = 1024 * 1024
"""Bytes before which an image must have told its size; what a camera puts before it is smaller."""

Size = tuple[int, int]


class Incomplete(Exception):  # not an error of the caller
    """The image tells its size later than in the bytes that are there."""


_SEGMENTS: Final = 500  # of a JPEG before its frame; a camera writes some twenty
_MARKER: Final = re.compile(rb"\xff([^\xff\x00\x01\xd0-\xd8])")  # but for fillers, and for those that have no length
_FRAMES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})  # markers of JPEG's frames, in all its modes
_WITHOUT: Final = frozenset({0xD9, 0xDA})  # the end, or the content, before any frame: no decoder takes that


def size_of(head: bytes, media_type: str) -> Size | None:
    """Width and height; None for other types than browsers show, and for an image that no decoder takes. Raises Incomplete."""
    read = _SIZES.get(media_type)
    return None if read is None else read(head)


def check(size: Size | None, most_side: int = MOST_SIDE) -> None:
    """Raises ImageTooLarge."""
    if size is not None and (max(size) > most_side or size[0] * size[1] > MOST_PIXELS):
        raise ImageTooLarge(f"{size[0]} × {size[1]} pixels", most_side)


def _big(data: bytes, place: int, count: int) -> int:
    return int.from_bytes(_some(data, place, count), "big")


def _little(data: bytes, place: int, count: int) -> int:
    return int.from_bytes(_some(data, place, count), "little")


def _some(data: bytes, place: int, count: int) -> bytes:
    if place + count > len(data):
        raise Incomplete
    return data[place : place + count]


def _png(head: bytes) -> Size | None:
    if _some(head, 12, 4) != b"IHDR":
        return None
    return _big(head, 16, 4), _big(head, 20, 4)


def _gif(head: bytes) -> Size:
    return _little(head, 6, 2), _little(head, 8, 2)


def _webp(head: bytes) -> Size | None:
    kind = _some(head, 12, 4)
    if kind == b"VP8X":
        return 1 + _little(head, 24, 3), 1 + _little(head, 27, 3)
    if kind == b"VP8L" and _some(head, 20, 1) == b"\x2f":
        bits = _little(head, 21, 4)
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 " and _some(head, 23, 3) == b"\x9d\x01\x2a":
        return _little(head, 26, 2) & 0x3FFF, _little(head, 28, 2) & 0x3FFF
    return None


def _jpeg(head: bytes) -> Size | None:
    place = 2
    for _ in range(_SEGMENTS):
        found = _MARKER.search(head, place)  # decoders skip what lies between two segments
        if found is None:
            break
        marker, place = found[1][0], found.end()
        if marker in _FRAMES:
            return _big(head, place + 5, 2), _big(head, place + 3, 2)
        if marker in _WITHOUT:
            return None
        place += _big(head, place, 2)
    raise Incomplete


_SIZES: Final = {"image/png": _png, "image/jpeg": _jpeg, "image/gif": _gif, "image/webp": _webp}
