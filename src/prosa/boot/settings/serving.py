"""The operator's tool servers: a JSON file on disk, which no API writes (attacks.md G1)."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

import msgspec

from prosa.answers import Allowed, Approval, NamedServer, ToolServerSettings, header_lines
from prosa.boot.settings.errors import SettingRefused
from prosa.boot.settings.sources import everybody_reads
from prosa.boot.settings.table import tools
from prosa.boot.settings.values import Values
from prosa.drivers.outbound import AddressRefused, parse_url
from prosa.kit.errors import BadRequest

_MOST_BYTES: Final = 1024 * 1024
_LABEL: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9_-]{0,39}")
_SECRET: Final = re.compile("auth|key|token|secret")
_STARTED: Final = ("command", "args", "env")


class _Server(msgspec.Struct, forbid_unknown_fields=True):
    url: Annotated[str, msgspec.Meta(max_length=2048)]
    headers: dict[str, str] = {}
    authorization: str | None = None
    allowed_tools: Allowed | None = None
    require_approval: Approval | None = None
    description: Annotated[str, msgspec.Meta(max_length=4096)] | None = None
    anonymous: bool = False


_file: Final = msgspec.json.Decoder(dict[str, dict[str, msgspec.Raw]])
_encode: Final = msgspec.json.Encoder().encode


def tool_servers(values: Values) -> ToolServerSettings:
    """What requests may ask for. Raises SettingRefused, naming the server and never what stands in the file."""
    path = values.take(tools.SERVERS)
    if path is not None and everybody_reads(path):
        warning = f"PROSA_TOOL_SERVERS={str(path)!r}: other people of this machine can read it: chmod 600 {path}"
        if values.production:
            raise SettingRefused(warning)
        values.warnings.append(warning)
    private = frozenset(values.take(tools.PRIVATE_SERVERS))
    if any("/" in each or ":" not in each for each in private):
        raise SettingRefused("PROSA_TOOL_PRIVATE_HOSTS: expected hosts with their ports, such as 127.0.0.1:8931")
    return ToolServerSettings(_read(path) if path is not None else {}, values.take(tools.BY_ADDRESS), private)


def secrets_of(settings: ToolServerSettings) -> set[str]:
    """What logs have to blot out of them."""
    lines = (line for server in settings.named.values() for line in server.headers)
    return {value.removeprefix("Bearer ") for name, value in lines if _SECRET.search(name)}


def _read(path: Path) -> dict[str, NamedServer]:
    name = f"PROSA_TOOL_SERVERS={str(path)!r}"
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise SettingRefused(f"{name}: expected a readable file") from error
    try:
        found = _file.decode(data[: _MOST_BYTES + 1])
    except msgspec.MsgspecError as error:
        raise SettingRefused(f'{name}: expected a JSON object such as {{"wiki": {{"url": "https://…"}}}}') from error
    return {label: _named(label, fields, name) for label, fields in found.items()}


def _named(label: str, fields: Mapping[str, msgspec.Raw], name: str) -> NamedServer:
    where = f"{name}: {label[:40]!r}"
    if not _LABEL.fullmatch(label):
        raise SettingRefused(f"{where}: expected a name of letters, digits, - and _, which begins with a letter")
    if any(word in fields for word in _STARTED):
        raise SettingRefused(f"{where}: prosa starts no tool servers: run it behind HTTP, and give its 'url'")
    try:
        server = msgspec.json.decode(_encode(fields), type=_Server)
        parse_url(server.url, private=True)
        lines = header_lines(server.headers, server.authorization, label)
    except msgspec.MsgspecError as error:
        raise SettingRefused(f"{where}: {error}") from error
    except AddressRefused as error:
        raise SettingRefused(f"{where}: expected an http or https address as 'url'") from error
    except BadRequest as error:
        raise SettingRefused(f"{where}: {error.message}") from error
    plain = NamedServer(label, server.url)
    return NamedServer(
        label,
        server.url,
        lines,
        server.allowed_tools,
        plain.require_approval if server.require_approval is None else server.require_approval,
        server.description,
        server.anonymous,
    )
