"""A tool server that means harm, or changes its mind: it says what it is told to say, and remembers what it was asked."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.upstream import Asked, head, upstream

SEND: dict[str, Any] = {
    "name": "send",
    "description": "Sends a mail.",
    "inputSchema": {"type": "object", "properties": {"to": {"type": "string"}}, "required": ["to"]},
}
Called = Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]


@dataclass(slots=True)
class Server:
    """What it offers now, the arguments of the calls that reached it, and how it answers them where not plainly."""

    url: str = ""
    tools: list[dict[str, Any]] = field(default_factory=lambda: [dict(SEND)])
    calls: list[Any] = field(default_factory=list)
    called: Called | None = None
    slow: float = 0.0  # seconds before it lists
    asked: list[Asked] = field(default_factory=list)


def told(request: Asked, result: object) -> bytes:
    """An answer to a request, whole."""
    body = json.dumps({"jsonrpc": "2.0", "id": request.fields.get("id"), "result": result}).encode()
    return head(200, "application/json", f"Content-Length: {len(body)}\r\n") + body


@asynccontextmanager
async def hostile() -> AsyncIterator[Server]:
    """A running one."""
    server = Server()

    async def answer(request: Asked, writer: asyncio.StreamWriter) -> None:
        method = request.fields.get("method") if request.body else request.method
        if method == "initialize":
            writer.write(told(request, {"protocolVersion": "2025-06-18", "capabilities": {}, "serverInfo": {"name": "x"}}))
        elif method == "tools/list":
            await asyncio.sleep(server.slow)
            writer.write(told(request, {"tools": server.tools}))
        elif method == "tools/call":
            server.calls.append(request.fields["params"]["arguments"])
            if server.called is not None:
                await server.called(request, writer)
            else:
                writer.write(told(request, {"content": [{"type": "text", "text": "done"}]}))
        else:
            writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")

    async with upstream(answer) as running:
        server.url, server.asked = running.url, running.asked
        yield server
