"""A client of the Model Context Protocol's tools over streamable HTTP.

https://modelcontextprotocol.io/specification/2025-06-18/basic/transports: each message is a POST; the answer is JSON, or a stream
of events of which one is the answer. What a server asks of its client beside that (sampling, elicitation, roots) was never
offered to it and is not heard. Every answer is bounded, no redirect is followed, and all of it goes through the one guarded door.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final, TypeVar

import msgspec

from prosa.drivers.mcp.errors import ToolChanged, ToolServerFailed
from prosa.drivers.mcp.models import OfferedTool, ToolAnswer, ToolServer
from prosa.drivers.outbound import OutboundError, OutboundRequest, Reply, Timeouts, Transport

VERSION: Final = "2025-06-18"
MOST_BYTES: Final = 1024 * 1024  # of one answer, whatever it holds
MOST_TOOLS: Final = 128
_MOST_PAGES: Final = 8
_SESSION: Final = "mcp-session-id"
_LONGEST_SESSION: Final = 512
_LONGEST_VERSION: Final = 40
_LONGEST_COMPLAINT: Final = 200
_HEADERS: Final = (("content-type", "application/json"), ("accept", "application/json, text/event-stream"))
_NOTHING: Final = msgspec.Raw(b"")
_encode: Final = msgspec.json.Encoder().encode
T = TypeVar("T")


class _Error(msgspec.Struct):
    code: int = 0
    message: str = ""


class _Answer(msgspec.Struct):
    id: int | str | None = None
    result: msgspec.Raw = _NOTHING
    error: _Error | None = None
    method: str | None = None


class _Begun(msgspec.Struct, rename="camel"):
    protocol_version: str


class _Page(msgspec.Struct, rename="camel"):
    tools: list[OfferedTool]
    next_cursor: str | None = None


class _Content(msgspec.Struct, rename="camel"):
    type: str
    text: str | None = None
    mime_type: str | None = None


class _Called(msgspec.Struct, rename="camel"):
    content: list[_Content] = []
    is_error: bool = False
    structured_content: msgspec.Raw = _NOTHING


_answers: Final = msgspec.json.Decoder(_Answer | list[_Answer]).decode
_begun: Final = msgspec.json.Decoder(_Begun).decode
_page: Final = msgspec.json.Decoder(_Page).decode
_called: Final = msgspec.json.Decoder(_Called).decode


class ToolClient:
    """Asks tool servers. Every method raises ToolServerFailed, and that alone."""

    def __init__(self, transport: Transport, name: str, seconds: float = 60.0) -> None:
        """`name`: how prosa calls itself; `seconds`: for one list or one call, with all that belongs to it."""
        self._transport = transport
        self._name = name
        self._seconds = seconds

    async def tools(self, server: ToolServer) -> list[OfferedTool]:
        """What the server offers, at most MOST_TOOLS."""
        async with self._session(server) as session:
            return await _listed(session)

    async def call(self, server: ToolServer, name: str, arguments: msgspec.Raw, known: str | None = None) -> ToolAnswer:
        """Call a tool with a JSON object of arguments; `known`: the print that it must still have. Raises
        ToolChanged."""
        async with self._session(server) as session:
            if known is not None and known not in [tool.print for tool in await _listed(session) if tool.name == name]:
                raise ToolChanged(server.label, name)
            called = session.read(_called, await session.ask("tools/call", {"name": name, "arguments": arguments}))
            texts = [each.text if each.text is not None else f"[{each.mime_type or each.type}]" for each in called.content]
            if not texts and bytes(called.structured_content):
                texts = [bytes(called.structured_content).decode()]
            return ToolAnswer("\n".join(texts), called.is_error)

    @asynccontextmanager
    async def _session(self, server: ToolServer) -> AsyncIterator["_Session"]:
        session = _Session(self._transport, server, self._seconds)
        try:
            async with asyncio.timeout(self._seconds):
                await session.begin(self._name)
                yield session
                await session.end()
        except TimeoutError as error:
            raise session.failed("took too long", http=504) from error
        except OutboundError as error:
            raise session.failed(f"can't be reached ({error.code})", http=error.status) from error


async def _listed(session: "_Session") -> list[OfferedTool]:
    """All tools of a server."""
    found: list[OfferedTool] = []
    cursor: str | None = None
    for _ in range(_MOST_PAGES):
        page = session.read(_page, await session.ask("tools/list", {} if cursor is None else {"cursor": cursor}))
        found += page.tools
        cursor = page.next_cursor
        if cursor is None:
            break
    if len(found) > MOST_TOOLS or cursor is not None:
        raise session.failed(f"offers more than {MOST_TOOLS} tools")
    if len({tool.name for tool in found}) != len(found):
        raise session.failed("offers two tools of one name")
    return found


class _Session:
    """One conversation with one server."""

    def __init__(self, transport: Transport, server: ToolServer, seconds: float) -> None:
        self._transport = transport
        self._server = server
        self._timeouts = Timeouts(connect=10.0, first_byte=seconds, silence=seconds, total=seconds)
        self._number = 0
        self._more: tuple[tuple[str, str], ...] = ()

    def failed(self, reason: str, *, http: int = 502, protocol: int | None = None) -> ToolServerFailed:
        """An error that names the server."""
        return ToolServerFailed(self._server.label, reason, http=http, protocol=protocol)

    def read(self, decode: Callable[[msgspec.Raw], T], result: msgspec.Raw) -> T:
        """A result in its form."""
        try:
            return decode(result)
        except (msgspec.MsgspecError, RecursionError) as error:
            raise self.failed("answers something else than was asked") from error

    async def begin(self, name: str) -> None:
        """Agree on a version, and take the session that the server may give."""
        client = {"name": name, "version": "1"}
        told = await self.ask("initialize", {"protocolVersion": VERSION, "capabilities": {}, "clientInfo": client})
        version = self.read(_begun, told).protocol_version
        if not version.isascii() or not version.isprintable() or len(version) > _LONGEST_VERSION:
            raise self.failed("speaks no known version of the protocol")
        self._more = (*self._more, ("mcp-protocol-version", version))
        reply = await self._post({"jsonrpc": "2.0", "method": "notifications/initialized"})
        reply.close()

    async def ask(self, method: str, params: dict[str, object]) -> msgspec.Raw:
        """What the server answers to a request."""
        self._number += 1
        number = self._number
        reply = await self._post({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        try:
            if reply.status != 200:
                raise self.failed(f"answers with status {reply.status}", http=reply.status)
            self._take_session(reply)
            found = await self._heard(reply, number)
        finally:
            reply.close()
        if found.error is not None:
            complaint = f"refuses {method}: {found.error.message[:_LONGEST_COMPLAINT]!r}"
            raise self.failed(complaint, protocol=found.error.code)
        if not bytes(found.result):
            raise self.failed("answers something else than was asked")
        return found.result

    async def end(self) -> None:
        """Tell the server that its session is over; it need not hear."""
        if any(name == _SESSION for name, _ in self._more):
            headers = (*self._server.headers, *self._more)
            reply = await self._transport.open(
                self._server.target, OutboundRequest("DELETE", self._server.path, headers), self._timeouts
            )
            reply.close()

    async def _post(self, message: dict[str, object]) -> Reply:
        headers = (*_HEADERS, *self._server.headers, *self._more)
        request = OutboundRequest("POST", self._server.path, headers, _encode(message))
        return await self._transport.open(self._server.target, request, self._timeouts)

    def _take_session(self, reply: Reply) -> None:
        given = reply.headers.get(_SESSION)
        if given is not None and not self._more:
            if len(given) > _LONGEST_SESSION or not given.isascii() or not given.isprintable():
                raise self.failed("gives a session that is none")
            self._more = ((_SESSION, given),)

    async def _heard(self, reply: Reply, number: int) -> _Answer:
        kind = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == "text/event-stream":
            async for data in self._events(reply):
                found = self._mine(data, number)
                if found is not None:
                    return found
            raise self.failed("ended its answer before it gave one")
        if kind != "application/json":
            raise self.failed("answers something else than JSON")
        found = self._mine(await reply.body(MOST_BYTES), number)
        if found is None:
            raise self.failed("answers something else than was asked")
        return found

    def _mine(self, data: bytes, number: int) -> _Answer | None:
        try:
            found = _answers(data)
        except (msgspec.MsgspecError, RecursionError) as error:
            raise self.failed("answers something else than JSON-RPC") from error
        each = found if isinstance(found, list) else [found]
        return next((one for one in each if one.id == number and one.method is None), None)

    async def _events(self, reply: Reply) -> AsyncIterator[bytes]:
        """The data of each event of a stream (the HTML standard's server-sent events; only `data` counts here)."""
        held, size, data = b"", 0, list[bytes]()
        while piece := await reply.read():
            size += len(piece)
            if size > MOST_BYTES:
                raise self.failed(f"answers with more than {MOST_BYTES >> 20} MB")
            *lines, held = (held + piece).replace(b"\r\n", b"\n").split(b"\n")
            for line in lines:
                if line.startswith(b"data:"):
                    data.append(line[5:].removeprefix(b" "))
                elif not line.strip(b"\r") and data:
                    yield b"\n".join(data)
                    data = []
