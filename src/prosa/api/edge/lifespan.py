"""ASGI's lifespan: the server's start and stop, handed to two functions."""

from collections.abc import Awaitable, Callable

from prosa.api.edge.asgi import Receive, Send
from prosa.kit.errors import ProsaError

Hook = Callable[[], Awaitable[None]]


async def run_lifespan(receive: Receive, send: Send, start: Hook | None, stop: Hook | None) -> None:
    """Run `start` and `stop` when the server says so; a start that fails on purpose tells why and the server ends."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            try:
                if start is not None:
                    await start()
            except ProsaError as error:
                await send({"type": "lifespan.startup.failed", "message": error.message})
                return
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            if stop is not None:
                await stop()
            await send({"type": "lifespan.shutdown.complete"})
            return
