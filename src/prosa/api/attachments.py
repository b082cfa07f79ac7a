"""Stored content as it is given out: always to be saved, never to be shown by a browser as a page of ours; whole or in ranges."""

import re
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from starlette.responses import Response, StreamingResponse

from prosa.kit.errors import ProsaError

MOST_RANGES: Final = 5
_RANGES: Final = re.compile(r"bytes=\s*((?:\d{0,18}-\d{0,18}\s*,\s*)*\d{0,18}-\d{0,18})\s*")
_LONGEST: Final = 200  # characters of a Range field that is looked at
_PLAIN: Final = re.compile(r"[^A-Za-z0-9!#$&+.^_`~ -]")  # what a quoted name may not be made of, to be safe with every client

Part = tuple[int, int]  # first byte, count
Reader = Callable[[int, int | None], AsyncIterator[bytes]]


class RangeUnsatisfiable(ProsaError):
    """No byte of the content is in the range asked for, or there are too many ranges."""

    code = "range_not_satisfiable"
    status = 416
    kind = "invalid_request_error"

    def __init__(self, size: int) -> None:
        super().__init__(f"The content has {size} bytes; at most {MOST_RANGES} ranges of them can be asked for.")


@dataclass(frozen=True, slots=True)
class Attachment:
    """What is given out: `read(start, length)` gives its bytes, all of them for (0, None). `tag` changes with the content."""

    name: str
    media_type: str
    size: int
    tag: str
    read: Reader


def disposition(name: str) -> str:
    """`Content-Disposition` for a file's name (RFC 6266, the real name as RFC 8187 writes it); no control character survives."""
    clean = "".join(sign for sign in name if sign.isprintable()) or "file"
    return f"attachment; filename=\"{_PLAIN.sub('_', clean)}\"; filename*=UTF-8''{quote(clean, safe='', errors='replace')}"


SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"


def attached(attachment: Attachment, asked: str | None, only_if: str | None) -> Response:
    """The answer for a `Range` field (or none) and an `If-Range`. Raises RangeUnsatisfiable.

    Nothing of it runs or frames anything, whatever the content is: attachment, `nosniff` (the edge's), a sandbox without rights.
    """
    headers = {
        "content-disposition": disposition(attachment.name),
        "content-security-policy": SANDBOX,
        "accept-ranges": "bytes",
        "etag": f'"{attachment.tag}"',
    }
    parts = _parts(asked, attachment.size) if only_if in (None, headers["etag"]) else None
    if parts is None:
        headers["content-length"] = str(attachment.size)
        return StreamingResponse(attachment.read(0, None), 200, headers, attachment.media_type)
    if len(parts) == 1:
        start, count = parts[0]
        headers |= {"content-length": str(count), "content-range": f"bytes {start}-{start + count - 1}/{attachment.size}"}
        return StreamingResponse(attachment.read(start, count), 206, headers, attachment.media_type)
    boundary = secrets.token_hex(16)
    return StreamingResponse(_several(attachment, parts, boundary), 206, headers, f"multipart/byteranges; boundary={boundary}")


async def _several(attachment: Attachment, parts: list[Part], boundary: str) -> AsyncIterator[bytes]:
    """Several ranges (RFC 9110, section 14.6)."""
    for start, count in parts:
        place = f"bytes {start}-{start + count - 1}/{attachment.size}"
        yield f"--{boundary}\r\nContent-Type: {attachment.media_type}\r\nContent-Range: {place}\r\n\r\n".encode()
        async for piece in attachment.read(start, count):
            yield piece
        yield b"\r\n"
    yield f"--{boundary}--\r\n".encode()


def _parts(asked: str | None, size: int) -> list[Part] | None:
    """The ranges of a `Range` field; None where it means nothing, so that all is given (RFC 9110, section 14.2)."""
    if asked is None:
        return None
    if len(asked) > _LONGEST and asked.startswith("bytes="):
        raise RangeUnsatisfiable(size)
    found = _RANGES.fullmatch(asked) if len(asked) <= _LONGEST else None
    if found is None:
        return None
    wanted = [each.strip().split("-") for each in found[1].split(",")]
    if any(not first and not last for first, last in wanted) or any(
        first and last and int(first) > int(last) for first, last in wanted
    ):
        return None
    parts = [part for first, last in wanted if (part := _part(first, last, size)) is not None]
    if not parts or len(wanted) > MOST_RANGES or sum(count for _, count in parts) > size:
        raise RangeUnsatisfiable(size)
    return parts


def _part(first: str, last: str, size: int) -> Part | None:
    if not first:
        count = min(int(last), size)
        return (size - count, count) if count else None
    start = int(first)
    end = min(int(last), size - 1) if last else size - 1
    return (start, end - start + 1) if start <= end else None
