"""Readers of runs over HTTP: each follows by number, comes again after every cut, and keeps every byte that it was given."""

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

TERMINAL: Final = re.compile(rb'^\{"type":"response\.(completed|failed|incomplete|cancelled)"')
_NUMBER: Final = re.compile(rb'"sequence_number":(\d+)')
PAUSE: Final = 0.05  # seconds before a reader comes again
SILENCE: Final = 3.0  # seconds without a word, after which it comes again, perhaps to somebody else


@dataclass(slots=True)
class Followed:
    """What one reader was given of one run."""

    run_id: str
    silence: float = SILENCE
    events: list[tuple[int, bytes]] = field(default_factory=list)
    ended: bool = False
    cuts: list[str] = field(default_factory=list)  # connections that broke
    left: int = 0  # connections that ended in good order before the run did
    refused: int = 0  # connections that nobody took
    statuses: list[int] = field(default_factory=list)  # of every answer
    wrong: list[str] = field(default_factory=list)
    away: list[str] = field(default_factory=list)  # what the server said when it answered 503

    @property
    def last(self) -> int:
        """The number of the newest event."""
        return self.events[-1][0] if self.events else -1

    def take(self, number: int, data: bytes) -> None:
        """One event came."""
        if number != self.last + 1:
            self.wrong.append(f"{number} after {self.last}")
        if self.ended:
            self.wrong.append(f"{number} after the end")
        self.events.append((number, data))
        self.ended = self.ended or TERMINAL.match(data) is not None


class Cut(Exception):  # not an error of the server
    """The connection broke off."""


async def ask(port: int, method: str, path: str, body: object = None, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    """One request over a connection of its own. Raises OSError, Cut."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        status, chunked, length = await _begin(reader, writer, (method, path, body), headers or {})
        if chunked:
            return status, b"".join([piece async for piece in _chunks(reader)])
        return status, await reader.readexactly(length)
    except asyncio.IncompleteReadError as error:
        raise Cut from error
    finally:
        writer.close()


async def follow(
    followed: Followed, port: Callable[[], int], path: Callable[[Followed], str], headers: dict[str, str] | None = None
) -> None:
    """Follow one run to its end, over as many connections as it takes; `port` is asked anew for each. Silence is a cut, too."""
    while not followed.ended:
        try:
            await once(followed, port(), ("GET", path(followed), None), headers or {})
        except ConnectionRefusedError:
            followed.refused += 1
        except (OSError, TimeoutError, asyncio.IncompleteReadError, Cut) as error:
            followed.cuts.append(repr(error))
        if not followed.ended:
            await asyncio.sleep(PAUSE)


async def once(followed: Followed, port: int, request: tuple[str, str, object], headers: dict[str, str]) -> None:
    """Read one answer, `(method, path, body)`, as far as it goes. Raises OSError, Cut, IncompleteReadError, TimeoutError."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        status, chunked, length = await _begin(reader, writer, request, headers)
        followed.statuses.append(status)
        if status != 200 or not chunked:
            told = followed.away if status == 503 else followed.wrong
            told.append(f"{status} {(await reader.readexactly(length))[:300]!r}")
            return
        rest = b""
        pieces = _chunks(reader)
        while piece := await asyncio.wait_for(anext(pieces, b""), followed.silence):
            *frames, rest = (rest + piece).split(b"\n\n")
            for frame in frames:
                _frame(followed, frame)
        if rest:
            followed.wrong.append(f"half a frame at the end: {rest[:100]!r}")
        if not followed.ended:
            followed.left += 1
    finally:
        writer.close()


def _frame(followed: Followed, frame: bytes) -> None:
    for line in frame.split(b"\n"):
        if line.startswith(b"data: {"):
            data = line[6:]
            found = _NUMBER.search(data)
            if found is None:
                followed.wrong.append(f"an event without its number: {data[:200]!r}")
            else:
                followed.take(int(found[1]), data)


async def _begin(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: tuple[str, str, object], headers: dict[str, str]
) -> tuple[int, bool, int]:
    """Send a request; the answer's status, whether its body comes in chunks, and its length. Raises Cut."""
    method, path, body = request
    content = b"" if body is None else json.dumps(body).encode()
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close", f"Content-Length: {len(content)}"]
    lines += ["Content-Type: application/json", *(f"{name}: {value}" for name, value in headers.items())]
    writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + content)
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1])
    length = re.search(rb"(?im)^content-length: *(\d+)", head)
    return status, b"transfer-encoding: chunked" in head.lower(), int(length[1]) if length else 0


async def _chunks(reader: asyncio.StreamReader) -> AsyncGenerator[bytes, None]:
    while True:
        line = await reader.readline()
        if not line.endswith(b"\n"):
            raise Cut
        size = int(line, 16)
        if size == 0:
            break
        yield (await reader.readexactly(size + 2))[:-2]
    await reader.readline()


def agree(followers: Sequence[Followed]) -> None:
    """Every reader of a run was given the same bytes under the same numbers, each once, without a gap."""
    whole: dict[str, dict[int, bytes]] = {}
    for followed in followers:
        assert not followed.wrong, (followed.run_id, followed.wrong[:5])
        known = whole.setdefault(followed.run_id, {})
        for number, data in followed.events:
            assert known.setdefault(number, data) == data, (followed.run_id, number, known[number], data)
