"""Tool servers as answers of one process know them."""

from collections.abc import Mapping
from typing import Final

import msgspec

from prosa.answers.responses import ResponseRequest
from prosa.answers.sealing import Sealer
from prosa.answers.servers.approvals import Approvals
from prosa.answers.servers.entries import entries_of, parted, servers_of
from prosa.answers.servers.errors import ToolServerNotFound
from prosa.answers.servers.models import Entrance, Server, ToolServerSettings
from prosa.drivers.mcp import ToolClient, ToolServerFailed
from prosa.drivers.outbound import AddressRefused
from prosa.identity import Caller

_doors: Final = msgspec.json.Decoder(dict[str, Entrance]).decode
_encode: Final = msgspec.json.Encoder().encode


class ToolServers:
    """Those that the operator names, and those that requests name. `approvals`: what was asked of callers."""

    def __init__(self, client: ToolClient, settings: ToolServerSettings, approvals: Approvals, sealer: Sealer) -> None:
        self.client = client
        self.settings = settings
        self.approvals = approvals
        self._sealer = sealer

    def parted(self, request: ResponseRequest, caller: Caller, *, lent: bool) -> tuple[ResponseRequest, dict[str, Entrance]]:
        """The request without what nobody may see, and that beside it. Raises BadRequest."""
        return parted(request, self.settings, caller, lent=lent)

    def sealed(self, run_id: str, doors: Mapping[str, Entrance]) -> str | None:
        """How servers are reached, as it is kept with a run."""
        return self._sealer.keep(run_id, _encode(doors).decode()) if doors else None

    def places(self, request: ResponseRequest, doors: Mapping[str, Entrance]) -> dict[str, str]:
        """Where the request's servers are, by their labels: for who compares."""
        return {server.label: server.place for server in servers_of(request, self.settings, doors)}

    def opened(self, request: ResponseRequest, run_id: str, sealed: str | None) -> list[Server]:
        """The servers of a kept request. Raises ToolServerFailed."""
        text = self._sealer.kept(run_id, sealed) if sealed is not None else "{}"
        labels = ", ".join(entry.server_label for _, entry in entries_of(request.tools))
        if text is None:
            raise ToolServerFailed(labels, "can't be asked any more: its credentials can't be read")
        try:
            return servers_of(request, self.settings, _doors(text))
        except (AddressRefused, ToolServerNotFound) as error:
            raise ToolServerFailed(labels, "may not be asked any more") from error
