"""What waits on a socket when its server stops is left unread: nothing new is begun."""

import asyncio

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from prosa.api.edge import Socket
from tests.boot.sockets import Opener, opened


async def test_a_message_that_waits_when_the_server_stops_is_not_taken() -> None:
    go, heard = asyncio.Event(), list[bytes]()

    async def busy(socket: Socket) -> None:
        await go.wait()
        heard.append(await socket.receive())

    app = Opener(busy)
    async with opened(app) as (port, server), connect(f"ws://127.0.0.1:{port}/") as client:
        await client.send("waits")
        await asyncio.sleep(0.2)
        server.stop()
        await asyncio.sleep(0.2)
        go.set()
        with pytest.raises(ConnectionClosed):
            await client.recv()
    assert app.endings == ["stopping"]
    assert heard == []
