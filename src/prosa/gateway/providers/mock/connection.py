"""One client's connection to the mock server: requests in, scenes out, faults on the socket itself."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import cast

import httptools
import msgspec

from prosa.gateway.providers.mock.errors import envelope
from prosa.gateway.providers.mock.models import Scene
from prosa.gateway.providers.mock.scenes import json_scene
from prosa.gateway.providers.mock.stage import Stage

_MOST_HEADER = 64 * 1024
_MOST_BODY = 128 * 1024 * 1024
_MOST_WAITING = 64  # requests that a client may send ahead
_CORS = {
    "access-control-allow-origin": "*",
    "access-control-allow-headers": "*",
    "access-control-allow-methods": "GET, POST, OPTIONS",
    "access-control-expose-headers": "x-request-id, retry-after",
}


@dataclass(slots=True)
class _Request:
    method: str = ""
    url: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)
    header_size: int = 0
    keep_alive: bool = True
    chunks: bool = True  # HTTP/1.1: takes a chunked answer


class Connection(asyncio.Protocol):
    """Parses requests with httptools and answers them in order; a client that leaves stops the scene at once."""

    def __init__(self, stage: Stage, registry: set["Connection"]) -> None:
        self._stage = stage
        self._registry = registry
        self._waiting: deque[_Request] = deque()
        self._request = _Request()
        self._task: asyncio.Task[None] | None = None
        self.gone = asyncio.Event()
        self._may_write = asyncio.Event()
        self._may_write.set()
        self._lost = False

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's own classes don't derive from asyncio's
        self._parser = httptools.HttpRequestParser(self)
        self._registry.add(self)

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._transport.close()
        except httptools.HttpParserError:
            self._refuse(400)

    def connection_lost(self, exc: Exception | None) -> None:
        self._lost = True
        self._may_write.set()
        self._registry.discard(self)
        if self._task:
            self._task.cancel()
        else:
            self.gone.set()

    def pause_writing(self) -> None:
        self._may_write.clear()

    def resume_writing(self) -> None:
        self._may_write.set()

    # What httptools calls.

    def on_message_begin(self) -> None:
        self._request = _Request()

    def on_url(self, url: bytes) -> None:
        self._request.url += url
        self._measure(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        self._request.headers[name.decode("latin-1").lower()] = value.decode("latin-1")
        self._measure(len(name) + len(value))

    def on_headers_complete(self) -> None:
        self._request.method = self._parser.get_method().decode("latin-1")
        self._request.keep_alive = self._parser.should_keep_alive()
        self._request.chunks = self._parser.get_http_version() == "1.1"
        if self._request.headers.get("expect", "").lower() == "100-continue":
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        if len(self._request.body) + len(body) > _MOST_BODY:
            self._refuse(413)
        else:
            self._request.body += body

    def on_message_complete(self) -> None:
        self._waiting.append(self._request)
        if len(self._waiting) > _MOST_WAITING:
            self._refuse(429)
        elif self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._answer_all())
            self._task.add_done_callback(self._done)

    # What the server calls.

    def end(self) -> None:
        """End the connection, also in the middle of an answer; `gone` is set once it has ended."""
        if self._task:
            self._task.cancel()
        self._transport.abort()

    # Answering.

    def _measure(self, more: int) -> None:
        self._request.header_size += more
        if self._request.header_size > _MOST_HEADER:
            self._refuse(431)

    def _refuse(self, status: int) -> None:
        """An answer to what is no acceptable request, and the end of the connection."""
        if not self._transport.is_closing():
            body = msgspec.json.encode(envelope(status, HTTPStatus(status).phrase))
            head = _head(
                Scene(status, {"content-type": "application/json"}, (), length=len(body)), keep_alive=False, chunked=False
            )
            self._transport.write(head + body)
            self._transport.close()

    def _done(self, task: asyncio.Task[None]) -> None:
        if self._task is task:  # cancelled before it began
            self._task = None
        if self._lost:
            self.gone.set()
        if not task.cancelled() and (error := task.exception()):
            self._transport.abort()
            asyncio.get_running_loop().call_exception_handler(
                {"message": "The mock's answer failed.", "exception": error, "task": task}
            )

    async def _answer_all(self) -> None:
        try:
            while self._waiting and not self._transport.is_closing():
                await self._answer(self._waiting.popleft())
        finally:
            self._task = None

    async def _answer(self, request: _Request) -> None:
        figures = self._stage.figures
        scene = _preflight() if request.method == "OPTIONS" else self._scene(request)
        figures.open += 1
        finished = False
        try:
            await self._play(scene, request)
            finished = not self._lost
        finally:
            figures.open -= 1
            figures.finished += finished
            figures.left += not finished

    def _scene(self, request: _Request) -> Scene:
        path = request.url.decode("latin-1")
        if request.method == "GET" and path.partition("?")[0] in ("/", "/health"):
            return json_scene(200, b'{"status":"ok","name":"prosa mock"}')
        scene = self._stage.perform(request.method, path, request.headers, bytes(request.body))
        scene.headers = _CORS | scene.headers
        return scene

    async def _play(self, scene: Scene, request: _Request) -> None:
        if scene.wait:
            await asyncio.sleep(scene.wait)
        if scene.refuse or scene.drop:
            self._transport.abort()
            return
        chunked = scene.length is None and request.chunks
        keep_alive = request.keep_alive and not scene.close and (scene.length is not None or chunked)
        self._transport.write(_head(scene, keep_alive=keep_alive, chunked=chunked))
        for beat in scene.beats:
            await self._pause(beat.pause)
            if beat.data:
                self._transport.write(b"%x\r\n%b\r\n" % (len(beat.data), beat.data) if chunked else beat.data)
            if beat.cut:
                await self._cut()
                return
        if chunked:
            self._transport.write(b"0\r\n\r\n")
        if not keep_alive:
            self._transport.close()

    async def _pause(self, seconds: float) -> None:
        await self._may_write.wait()
        await asyncio.sleep(seconds)

    async def _cut(self) -> None:
        """End the connection after what was written has left this process."""
        self._transport.set_write_buffer_limits(high=0)
        await self._may_write.wait()
        self._transport.abort()


def _preflight() -> Scene:
    return Scene(204, dict(_CORS), (), length=0)


def _head(scene: Scene, *, keep_alive: bool, chunked: bool) -> bytes:
    try:
        words = HTTPStatus(scene.status).phrase
    except ValueError:
        words = "Status"
    lines = [f"HTTP/1.1 {scene.status} {words}", "server: prosa-mock"]
    lines += [f"{name}: {value}" for name, value in scene.headers.items()]
    if chunked:
        lines.append("transfer-encoding: chunked")
    elif scene.length is not None and scene.status not in (204, 304):
        lines.append(f"content-length: {scene.length}")
    if not keep_alive:
        lines.append("connection: close")
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")
