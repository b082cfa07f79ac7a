"""The servers that a request names: read, judged, and parted from their secrets before anything is kept or shown."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit

import msgspec
from msgspec import Raw

from prosa.answers.responses import MCP, InvalidValue, ResponseRequest, UnsupportedParameter
from prosa.answers.responses.checking import checked
from prosa.answers.servers.errors import LabelNamedTwice, ToolServerAddressRefused, ToolServerNotFound
from prosa.answers.servers.models import MOST_SERVERS, Entrance, NamedServer, Server, ServerEntry, ToolServerSettings
from prosa.drivers.mcp import ToolServer
from prosa.drivers.outbound import AddressRefused, Target, parse_url
from prosa.identity import Caller, CallerKind

REDACTED: Final = "<redacted>"
_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}")
_VALUE: Final = re.compile(r"[\x20-\x7e]{0,16384}")
# What the client of the protocol and the connection say themselves.
_OWN: Final = frozenset(
    {
        *(
            "host",
            "content-length",
            "content-type",
            "content-encoding",
            "accept",
            "accept-encoding",
            "connection",
            "te",
            "trailer",
        ),
        *("transfer-encoding", "upgrade", "expect", "keep-alive", "proxy-authorization", "proxy-connection", "cookie"),
        *("mcp-session-id", "mcp-protocol-version", "last-event-id"),
    }
)
_ELSEWHERE: Final = "Name the server's address as 'server_url', or one of the operator's servers by its 'server_label' alone."


class _Typed(msgspec.Struct):
    type: str


_typed: Final = msgspec.json.Decoder(_Typed).decode
_entry: Final = msgspec.json.Decoder(ServerEntry)
_encode: Final = msgspec.json.Encoder().encode


def entries_of(tools: Sequence[Raw] | None) -> list[tuple[int, ServerEntry]]:
    """The servers among a request's tools, with their places. Raises BadRequest."""
    found = []
    for index, raw in enumerate(tools or ()):
        if _typed(raw).type == MCP:
            found.append((index, checked(_entry, raw, f"tools[{index}]")))
    return found


def parted(
    request: ResponseRequest, settings: ToolServerSettings, caller: Caller, *, lent: bool
) -> tuple[ResponseRequest, dict[str, Entrance]]:
    """The request as it is kept and shown, and beside it how the servers are reached that it names by their URLs.

    `lent`: an assistant answers, whose servers may be gone. Raises BadRequest, ToolServerNotFound, ToolServerAddressRefused,
    LabelNamedTwice.
    """
    entries = entries_of(request.tools)
    if not entries:
        return request, {}
    if len(entries) > MOST_SERVERS:
        raise InvalidValue("tools", f"at most {MOST_SERVERS} tool servers")
    tools: list[Raw | None] = list(request.tools or ())
    doors: dict[str, Entrance] = {}
    labels = set[str]()
    for index, entry in entries:
        place = f"tools[{index}]"
        if entry.server_label in labels:
            raise LabelNamedTwice(entry.server_label, f"{place}.server_label")
        labels.add(entry.server_label)
        _refuse_elsewhere(entry, place)
        if entry.server_url is not None:
            doors[entry.server_label] = _door(entry, settings, place)
            tools[index] = Raw(_encode(_shown(entry)))
        elif entry.headers is not None or entry.authorization is not None:
            raise InvalidValue(f"{place}.server_url", "the address to which 'headers' and 'authorization' go")
        elif not _lent_to(settings.named.get(entry.server_label), caller):
            if not lent:
                raise ToolServerNotFound(entry.server_label, f"{place}.server_label")
            tools[index] = None
    return msgspec.structs.replace(request, tools=[tool for tool in tools if tool is not None]), doors


def servers_of(request: ResponseRequest, settings: ToolServerSettings, doors: Mapping[str, Entrance]) -> list[Server]:
    """The servers that a kept request names. Raises AddressRefused, ToolServerNotFound for what the operator names no more."""
    found = []
    for index, entry in entries_of(request.tools):
        label, door = entry.server_label, doors.get(entry.server_label)
        named = settings.named.get(label) if entry.server_url is None else None
        if named is not None:
            target, path = parse_url(named.url, private=True)
            place = _hash("named", label, named.url)
            key = _hash(place, _encode(entry.allowed_tools), _encode(named.allowed_tools))
            found.append(Server(entry, ToolServer(label, target, path, named.headers), place, key, named))
        elif door is not None:
            target, path = _target(door.url, settings)
            place = _hash("url", door.url)
            headers = tuple((name, value) for name, value in door.headers)
            found.append(
                Server(entry, ToolServer(label, target, path, headers), place, _hash(place, _encode(entry.allowed_tools)))
            )
        else:
            raise ToolServerNotFound(label, f"tools[{index}].server_label")
    return found


def header_lines(headers: Mapping[str, str] | None, authorization: str | None, place: str) -> tuple[tuple[str, str], ...]:
    """What goes to a server beside the protocol's own lines; names in small letters. Raises InvalidValue."""
    lines = {}
    for name, value in (headers or {}).items():
        small = name.lower()
        if not _NAME.fullmatch(name) or small in _OWN or small in lines:
            raise InvalidValue(f"{place}.headers", "names of headers that are the caller's to send, each once")
        if not _VALUE.fullmatch(value):
            raise InvalidValue(f"{place}.headers", "values of visible ASCII characters and spaces")
        lines[small] = value.strip()
    if authorization is not None:
        if "authorization" in lines or not _VALUE.fullmatch(authorization):
            raise InvalidValue(f"{place}.authorization", "a token, and no header 'Authorization' beside it")
        lines["authorization"] = f"Bearer {authorization.strip()}"
    return tuple(lines.items())


def _lent_to(named: NamedServer | None, caller: Caller) -> bool:
    """Whether the operator's credentials may be used for this caller."""
    return named is not None and (named.anonymous or caller.kind is not CallerKind.VISITOR)


def _refuse_elsewhere(entry: ServerEntry, place: str) -> None:
    for name in ("connector_id", "tunnel_id"):
        if getattr(entry, name) is not None:
            raise UnsupportedParameter(f"{place}.{name}", _ELSEWHERE)
    if entry.defer_loading:
        raise UnsupportedParameter(f"{place}.defer_loading", "Name the tools that the model is to know as 'allowed_tools'.")


def _door(entry: ServerEntry, settings: ToolServerSettings, place: str) -> Entrance:
    url = entry.server_url or ""
    if not settings.by_address:
        raise ToolServerAddressRefused(f"{place}.server_url", "one of the operator's servers, by its 'server_label' alone")
    if REDACTED in url:
        raise ToolServerAddressRefused(f"{place}.server_url", "the whole address, which isn't kept and comes with each request")
    try:
        _target(url, settings)
    except AddressRefused:
        raise ToolServerAddressRefused(f"{place}.server_url") from None
    return Entrance(url, list(header_lines(entry.headers, entry.authorization, place)))


def _target(url: str, settings: ToolServerSettings) -> tuple[Target, str]:
    """Where a server is that a request names. Raises AddressRefused."""
    inner, path = parse_url(url, private=True)
    host = f"[{inner.host}]" if ":" in inner.host else inner.host
    if f"{host}:{inner.port}" in settings.private:
        return inner, path
    target, path = parse_url(url, private=False)
    if target.scheme != "https":
        raise AddressRefused("Credentials would go in the clear.")
    return target, path


def _shown(entry: ServerEntry) -> ServerEntry:
    """As a response shows it: an address may hold a key in its path, and names no more than its host."""
    parts = urlsplit(entry.server_url or "")
    url = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/{REDACTED}"
    return msgspec.structs.replace(entry, server_url=url, headers=None, authorization=None, allowed_callers=None)


def _hash(*parts: str | bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()[:32]
