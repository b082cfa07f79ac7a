"""What can be wrong with a tool server."""

from prosa.kit.errors import ProsaError


class ToolServerFailed(ProsaError):
    """The tool server can't be asked, or answers what no tool server answers; the message names it by its label alone."""

    code = "tool_server_failed"
    status = 424

    def __init__(self, label: str, reason: str) -> None:
        super().__init__(f"The tool server {label!r} {reason}.")
        self.reason = reason
