"""The nouns of tool servers: those that the operator names, those that a request names, and what they offer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Raw, Struct

from prosa.drivers.mcp import OfferedTool, ToolServer

MOST_SERVERS: Final = 16
MOST_FILTERED: Final = 128
LONGEST_TOOL: Final = 128  # characters of a tool's name, as the protocol recommends

Label = Annotated[str, Meta(min_length=1, max_length=40, pattern="^[a-zA-Z][a-zA-Z0-9_-]*$")]
ToolName = Annotated[str, Meta(min_length=1, max_length=LONGEST_TOOL)]


class ToolFilter(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """Tools by their names, by whether they say that they only read, or both."""

    read_only: bool | None = None
    tool_names: Annotated[list[ToolName], Meta(max_length=MOST_FILTERED)] | None = None


class ApprovalFilter(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """Which tools are called once somebody has approved, and which at once."""

    always: ToolFilter | None = None
    never: ToolFilter | None = None


Allowed = Annotated[list[ToolName], Meta(max_length=MOST_FILTERED)] | ToolFilter
Approval = Literal["always", "never"] | ApprovalFilter
READING_FREE: Final = ApprovalFilter(never=ToolFilter(read_only=True))
"""Where nothing is said of one of the operator's servers."""


@dataclass(frozen=True, slots=True)
class NamedServer:
    """A server of the operator's. `anonymous`: callers without a key may use it too; `headers` are for it alone."""

    label: str
    url: str
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    allowed_tools: Allowed | None = None
    require_approval: Approval = READING_FREE
    description: str | None = None
    anonymous: bool = False


@dataclass(frozen=True, slots=True)
class ToolServerSettings:
    """`named`: the operator's servers by their labels; `by_address`: whether a request may name one by its URL; `private`: hosts
    as `host:port` of this machine and network where such a one may be."""

    named: Mapping[str, NamedServer] = field(default_factory=dict)
    by_address: bool = True
    private: frozenset[str] = frozenset()


class ServerEntry(Struct, tag="mcp", tag_field="type", forbid_unknown_fields=True, omit_defaults=True):
    """A server among a request's tools (`openai.types.responses.tool.Mcp`)."""

    server_label: Label
    server_url: Annotated[str, Meta(min_length=1, max_length=2048)] | None = None
    server_description: Annotated[str, Meta(max_length=4096)] | None = None
    allowed_tools: Allowed | None = None
    require_approval: Approval | None = None
    headers: Annotated[dict[str, str], Meta(max_length=32)] | None = None
    authorization: Annotated[str, Meta(min_length=1, max_length=16_384)] | None = None
    connector_id: object = None
    tunnel_id: object = None
    defer_loading: bool | None = None
    allowed_callers: Raw | None = None


class Entrance(Struct, frozen=True):
    """How a server is reached that a request names by its URL: secrets, sealed wherever they are kept."""

    url: str
    headers: list[tuple[str, str]] = []


class Decision(Struct, frozen=True):
    """What the caller said to an approval request (its stored id), of a call that stands as it was asked."""

    request_id: str
    label: str
    name: str
    arguments: str
    approve: bool


@dataclass(frozen=True, slots=True)
class Server:
    """A server within one answer. `place` names where it is, `key` that and what of it is asked for, both by a hash."""

    entry: ServerEntry
    at: ToolServer
    place: str
    key: str
    named: NamedServer | None = None

    @property
    def label(self) -> str:
        """Its label."""
        return self.entry.server_label


class _Annotations(Struct, rename="camel"):
    read_only_hint: bool | None = None
    idempotent_hint: bool | None = None
    open_world_hint: bool | None = None


_annotations: Final = msgspec.json.Decoder(_Annotations | None).decode
_NOTHING: Final = _Annotations()


@dataclass(frozen=True, slots=True)
class Known:
    """A tool as it was listed. `changed`: it was described otherwise when the conversation first heard of it."""

    tool: OfferedTool
    changed: bool = False

    @property
    def name(self) -> str:
        """Its name at its server."""
        return self.tool.name

    @property
    def read_only(self) -> bool:
        """Whether its server says that it changes nothing."""
        return self._hints.read_only_hint is True

    @property
    def idempotent(self) -> bool:
        """Whether a second call does no harm, as its server says."""
        return self.read_only or self._hints.idempotent_hint is True

    @property
    def harmless(self) -> bool:
        """Whether it changes nothing, and isn't said to carry anything further."""
        return self.read_only and self._hints.open_world_hint is not True

    @property
    def _hints(self) -> _Annotations:
        try:
            return _annotations(self.tool.annotations) or _NOTHING
        except msgspec.MsgspecError:
            return _NOTHING
