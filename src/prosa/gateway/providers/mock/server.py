"""The mock as an HTTP server of its own, so that cuts, garbage and stalls really happen on a socket."""

import asyncio
import contextlib
from collections.abc import Callable

from prosa.gateway.providers.mock.connection import Connection
from prosa.gateway.providers.mock.models import Figures
from prosa.gateway.providers.mock.script import Script
from prosa.gateway.providers.mock.stage import Stage

_STOP_SECONDS = 2.0  # how long answers under way may take to notice that the server stops


class MockServer:
    """Serves one stage over HTTP/1.1 with keep-alive."""

    def __init__(self, script: Script | None = None) -> None:
        self.stage = Stage(script)
        self._open: set[Connection] = set()
        self._server: asyncio.Server | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Listen, and tell the port (of use where 0 was asked). Raises OSError when the address is taken or unknown."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Connection(self.stage, self._open), host, port)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Listen no more and end every connection, also those in the middle of an answer."""
        if self._server is None:
            return
        self._server.close()
        ending = tuple(self._open)
        for connection in ending:
            connection.end()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_STOP_SECONDS):
                for connection in ending:
                    await connection.gone.wait()
        await self._server.wait_closed()
        self._server = None

    def figures(self) -> Figures:
        """Open answers and counts since the start."""
        return self.stage.figures

    def connections(self) -> int:
        """How many clients are connected now."""
        return len(self._open)


async def serve_mock(host: str, port: int, script: Script | None, ready: Callable[[int], None]) -> None:
    """Serve the mock until cancelled; `ready` is called with the port once it listens. Raises OSError when it can't listen."""
    server = MockServer(script)
    try:
        ready(await server.start(host, port))
        await asyncio.get_running_loop().create_future()
    finally:
        await server.stop()
