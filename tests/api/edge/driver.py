"""Drives the front at ASGI level: one request in, what a client would see out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from prosa.api.edge import (
    OPEN,
    Access,
    ASGIApp,
    Dialects,
    EdgeParts,
    EdgeSettings,
    Exchange,
    Front,
    Handler,
    Message,
    Receive,
    Route,
    Scope,
    Send,
)
from prosa.drivers.telemetry import Metrics, RequestRecord
from prosa.identity import Authenticator, ConfiguredKey, Door, IdentitySettings, Permission
from prosa.kit.errors import ProsaError
from prosa.usage import MemoryLimiter, UsageSettings

SECRET = "sk-prosa-0123456789abcdef"
KEY = ConfiguredKey("settings-1", SECRET)
SITE = "https://site.example"
HOST = (b"host", b"127.0.0.1:3000")
HOT = "/v1/chat/completions"


class StillClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.time = 1_000_000.0

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time


class OpenAIShape:
    """An envelope that is easy to tell from the plain one."""

    name = "openai"
    content_type = b"application/json"

    def render(self, error: ProsaError, request_id: str) -> tuple[int, bytes]:
        return error.status, msgspec.json.encode({"error": {"message": error.message, "code": error.code}})


@dataclass
class Answer:
    """What came back. `whole`: the server may keep the connection."""

    status: int = 0
    fields: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    whole: bool = False
    pieces: list[bytes] = field(default_factory=list)

    def header(self, name: str) -> str | None:
        found = [value for field_name, value in self.fields if field_name == name]
        return ", ".join(found) if found else None

    def json(self) -> Any:  # the shape is what a test looks at
        return msgspec.json.decode(self.body)


@dataclass
class Asked:
    """One request. Where `lost`, the client leaves instead of sending its last piece."""

    method: str = "POST"
    path: str = HOT
    headers: Sequence[tuple[bytes, bytes]] = ()
    pieces: Sequence[bytes] = (b"{}",)
    peer: str | None = "127.0.0.1"
    query: bytes = b""
    lost: bool = False
    host: bool = True
    http_version: str = "1.1"

    def scope(self) -> Scope:
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": self.http_version,
            "method": self.method,
            "path": self.path,
            "raw_path": self.path.encode(),
            "query_string": self.query,
            "root_path": "",
            "scheme": "http",
            "headers": [HOST, *self.headers] if self.host else list(self.headers),
            "client": (self.peer, 50000) if self.peer is not None else None,
            "server": ("127.0.0.1", 3000),
            "state": {},
        }


async def ask(app: ASGIApp, asked: Asked | None = None, **changes: Any) -> Answer:
    """Send a request and gather the answer; `changes` replace fields of `asked`."""
    asked = replace(asked or Asked(), **changes)
    answer = Answer()
    waiting = list(asked.pieces)

    async def receive() -> Message:
        if not waiting:
            return {"type": "http.disconnect"}
        piece = waiting.pop(0)
        if asked.lost and not waiting:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": piece, "more_body": bool(waiting)}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.fields = [(name.decode(), value.decode()) for name, value in message["headers"]]
        else:
            answer.pieces.append(message["body"])
            answer.body += message["body"]
            answer.whole = not message.get("more_body", False)

    await app(asked.scope(), receive, send)
    return answer


@dataclass
class Edge:
    """The parts of a front under test, and what it logged."""

    identity: IdentitySettings = field(default_factory=lambda: IdentitySettings(keys=(KEY,), origins=frozenset({SITE})))
    usage: UsageSettings = field(default_factory=UsageSettings)
    settings: EdgeSettings = field(default_factory=EdgeSettings)
    clock: StillClock = field(default_factory=StillClock)
    records: list[RequestRecord] = field(default_factory=list)
    faults: list[tuple[str, BaseException]] = field(default_factory=list)

    def parts(self) -> EdgeParts:
        return EdgeParts(
            authenticator=Authenticator(self.identity),
            limiter=MemoryLimiter(self.clock),
            settings=self.settings,
            usage=self.usage,
            metrics=Metrics("0"),
            access_log=self.records.append,
            fault_log=lambda request_id, error: self.faults.append((request_id, error)),
            clock=self.clock,
            dialects=Dialects(beginnings={"/v1": OpenAIShape()}),
        )

    def front(self, handler: Handler | None = None, door: Door | None = None, fallback: ASGIApp | None = None) -> Front:
        """A front with one hot route: it tells who came through `door`, or does what `handler` does, guarded by a given door."""
        access = access_of(door or Door.OPENAI) if handler is None or door is not None else OPEN
        return Front({("POST", HOT): Route(handler or echo, access, OpenAIShape())}, fallback or nothing_there, self.parts())


def access_of(door: Door) -> Access:
    """What a model call asks of who comes through this door."""
    return Access(Permission.CALL_MODELS, door)


async def echo(exchange: Exchange) -> None:
    """A handler that tells who calls."""
    caller = exchange.caller
    assert caller is not None
    body = await exchange.body()
    told = {"kind": caller.kind, "space": caller.space, "address": caller.address, "bytes": len(body)}
    await exchange.respond(200, msgspec.json.encode(told))


async def nothing_there(scope: Scope, receive: Receive, send: Send) -> None:
    """An application without routes."""
    body = b'{"detail":"Not Found"}'
    await send({"type": "http.response.start", "status": 404, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body})


def bearer(secret: str = SECRET) -> tuple[bytes, bytes]:
    """The header field of a key."""
    return (b"authorization", b"Bearer " + secret.encode())


def headers(fields: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Header fields as ASGI has them."""
    return [(name.encode(), value.encode("latin-1")) for name, value in fields.items()]
