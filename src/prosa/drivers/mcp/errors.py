"""What can be wrong with a tool server."""

from prosa.kit.errors import ProsaError


class ToolServerFailed(ProsaError):
    """The tool server can't be asked, or answers what no tool server answers; the message names it by its label alone."""

    code = "tool_server_failed"
    status = 424

    def __init__(self, label: str, reason: str, *, http: int = 502, protocol: int | None = None) -> None:
        """`http`: the status that tells it best; `protocol`: the server's own number for its refusal."""
        super().__init__(f"The tool server {label!r} {reason}.")
        self.reason = reason
        self.http = http
        self.protocol = protocol


class ToolChanged(ToolServerFailed):
    """The tool is described otherwise than when it was listed, or is there no more: it isn't called."""

    code = "tool_changed"

    def __init__(self, label: str, name: str) -> None:
        super().__init__(label, f"describes its tool {name[:100]!r} otherwise than before", http=409)
