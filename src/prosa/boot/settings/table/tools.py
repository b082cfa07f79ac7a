"""Servers of tools that models may call."""

from pathlib import Path

from prosa.boot.settings.kinds import PATH, PRIVATE, SWITCH
from prosa.boot.settings.rows import Row

SERVERS: Row[Path | None] = Row(
    "PROSA_TOOL_SERVERS",
    "tools.servers",
    PATH,
    None,
    "A JSON file with the tool servers (MCP over HTTP) that everybody may use by their names; see the guide. No API adds any.",
)
BY_ADDRESS = Row(
    "PROSA_TOOL_SERVER_URLS",
    "tools.by_address",
    SWITCH,
    True,
    "Whether a request may name a tool server by its public https address.",
)
PRIVATE_SERVERS: Row[tuple[str, ...]] = Row(
    "PROSA_TOOL_PRIVATE_HOSTS",
    "tools.private_hosts",
    PRIVATE,
    (),
    "`host:port` of this machine and network where such an address may lie, and over plain http: `127.0.0.1:8931`.",
)
