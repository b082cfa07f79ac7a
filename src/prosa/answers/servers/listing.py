"""What servers offer: fetched once, and found again in what an answer goes on from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from prosa.answers.responses import ListedTool, ToolList
from prosa.answers.responses.checking import check_depth
from prosa.answers.servers.models import LONGEST_TOOL, Known, Server
from prosa.answers.servers.policy import offered
from prosa.drivers.mcp import OfferedTool, ToolClient, ToolServerFailed
from prosa.kit.errors import BadRequest

LIST: Final = "mcp_list_tools"
MOST_BYTES: Final = 256 * 1024  # of descriptions and schemas of one server's tools


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as it stands before a request. `server`: of which server, as whoever fetched it noted; None: the caller gave it."""

    server: str | None
    body: bytes


class _List(msgspec.Struct):
    type: str = ""
    server_label: str = ""
    tools: list[ListedTool] = []
    error: str | None = None


_list: Final = msgspec.json.Decoder(_List).decode


def listings_in(items: Iterable[bytes]) -> list[Listing]:
    """The lists that a request brings itself."""
    return [Listing(None, item) for item in items if b'"mcp_list_tools"' in item and _list(item).type == LIST]


def known_of(server: Server, listings: Sequence[Listing]) -> list[Known] | None:
    """The tools of a server by the last of these lists that is one of its own; None where none is.

    A list that the caller gave says nothing of the operator's servers: what is read-only there, the servers themselves say.
    """
    lists = [found for each in listings if (found := _own(server, each)) is not None]
    if not lists:
        return None
    first: dict[str, str] = {}
    for found in lists:
        for tool in found:
            first.setdefault(tool.name, tool.print)
    known = [Known(tool, changed=first[tool.name] != tool.print) for tool in lists[-1]]
    return [each for each in known if _let(server, each)]


def _own(server: Server, listing: Listing) -> list[OfferedTool] | None:
    if listing.server is None and server.named is not None:
        return None
    if listing.server is not None and listing.server != server.key:
        return None
    found = _list(listing.body)
    if found.server_label != server.label or found.error is not None:
        return None
    return [OfferedTool(tool.name, tool.input_schema, tool.description, tool.annotations) for tool in found.tools]


def _let(server: Server, known: Known) -> bool:
    by_operator = server.named is None or offered(server.named.allowed_tools, known)
    return by_operator and offered(server.entry.allowed_tools, known)


async def fetched(client: ToolClient, server: Server, id: str) -> ToolList:
    """The list of a server's tools, under this id. Raises ToolServerFailed."""
    tools = await client.tools(server.at)
    size = sum(len(bytes(each.input_schema)) + len(bytes(each.annotations)) + len(each.description or "") for each in tools)
    if size > MOST_BYTES:
        raise ToolServerFailed(server.label, f"describes its tools with more than {MOST_BYTES // 1024} KB")
    for tool in tools:
        _check(server, tool)
    return ToolList(id, server.label, [_shown(tool) for tool in tools if _let(server, Known(tool))])


def _check(server: Server, tool: OfferedTool) -> None:
    if not 0 < len(tool.name) <= LONGEST_TOOL or not tool.name.isprintable():
        raise ToolServerFailed(server.label, "offers a tool whose name is none")
    try:
        check_depth(bytes(tool.input_schema))
        check_depth(bytes(tool.annotations))
    except BadRequest as error:
        raise ToolServerFailed(server.label, "describes a tool by what is nested too deeply") from error
    if not bytes(tool.input_schema).lstrip().startswith(b"{"):
        raise ToolServerFailed(server.label, "describes a tool's arguments by what is no schema")


def _shown(tool: OfferedTool) -> ListedTool:
    return ListedTool(tool.name, tool.input_schema, tool.description, tool.annotations)
