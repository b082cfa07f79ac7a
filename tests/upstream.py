"""A model provider made for a test: it says what it is told to say, on a real socket, and remembers what it was asked."""

import asyncio
import itertools
import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came: header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def fields(self) -> Any:
        """The body's JSON."""
        return json.loads(self.body)


@dataclass(slots=True)
class Upstream:
    """A running provider: its base URL, what it was asked, whether anybody came, and whether one hung up before the end."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)

    def env(self, name: str = "OPENAI", key: str = "sk-operator-secret-1234567890") -> dict[str, str]:
        """The settings with which prosa knows it as this vendor."""
        return {f"{name}_API_KEY": key, f"{name}_BASE_URL": self.url}


Answer = Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def upstream(answer: Answer, keep: bool = False) -> AsyncIterator[Upstream]:
    """A provider that answers every request in this way; with `keep`, one after the other on a connection."""
    provider = Upstream()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            for _ in itertools.count() if keep else (1,):
                asked = await read(reader)
                provider.asked.append(asked)
                provider.reached.set()
                if keep:
                    await answer(asked, writer)
                else:
                    await attended(answer(asked, writer), reader, provider)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            provider.hung_up.set()
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    provider.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield provider
    finally:
        server.close()


async def attended(answer: Awaitable[None], reader: asyncio.StreamReader, provider: Upstream) -> None:
    """Answer, and notice a caller that leaves meanwhile: nothing more is said to it."""
    answering = asyncio.ensure_future(answer)
    watching = asyncio.ensure_future(hang_up(reader, provider))
    try:
        await asyncio.wait((answering, watching), return_when=asyncio.FIRST_COMPLETED)
        if answering.done():
            answering.result()
    finally:
        for task in (answering, watching):
            task.cancel()
        await asyncio.gather(answering, watching, return_exceptions=True)


async def hang_up(reader: asyncio.StreamReader, provider: Upstream) -> None:
    """Return when the caller has left."""
    try:
        while await reader.read(1):
            pass
    except ConnectionError:
        pass
    provider.hung_up.set()


async def read(reader: asyncio.StreamReader) -> Asked:
    """One request."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, path, _ = head[0].split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    return Asked(method, path, headers, await reader.readexactly(int(headers.get("content-length", "0"))))


def head(status: int, kind: str, more: str = "") -> bytes:
    """An answer's head; its body ends with the connection."""
    return f"HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\nconnection: close\r\n{more}\r\n".encode()


def saying(document: object, status: int = 200, more: str = "") -> Answer:
    """Answers each request with this JSON document."""

    async def answer(_asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(head(status, "application/json", more) + json.dumps(document).encode())

    return answer


def streaming(*pieces: bytes, pause: float = 0.0, forever: bool = False) -> Answer:
    """Answers each request with these bytes as an event stream; `forever` never ends it."""

    async def answer(_asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(head(200, "text/event-stream"))
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)
        if forever:
            await asyncio.sleep(60)

    return answer


def raw(*pieces: bytes, pause: float = 0.0, reset: bool = False) -> Answer:
    """Answers each request with these bytes, head and all; with `reset` the connection ends as a crash ends it."""

    async def answer(_asked: Asked, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)
        if reset:
            crash(writer)

    return answer


def crash(writer: asyncio.StreamWriter) -> None:
    """End the connection with a reset instead of an orderly end."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def silent() -> Answer:
    """Takes each request and says nothing."""

    async def answer(_asked: Asked, _writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    return answer


def in_turn(*answers: Answer) -> Answer:
    """Answers the first request in the first way, and so on; all after them in the last way."""
    line = itertools.chain(answers, itertools.repeat(answers[-1]))

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await next(line)(asked, writer)

    return answer


def completion(content: str | None = "Oi!", **message: object) -> dict[str, object]:
    """A whole chat answer."""
    said = {"role": "assistant", "content": content} | message
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1760000000,
        "model": "said-by-provider",
        "choices": [{"index": 0, "message": said, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5},
    }


def chunk(content: str | None = None, finish: str | None = None, **delta: object) -> bytes:
    """One event of a chat stream."""
    said = ({"content": content} if content is not None else {}) | delta
    choice = {"index": 0, "delta": said, "finish_reason": finish}
    document = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return b"data: " + json.dumps(document, ensure_ascii=False).encode() + b"\n\n"


DONE = b"data: [DONE]\n\n"
