"""What can be wrong with tool servers that a request names, and with approvals of their calls."""

from prosa.kit.errors import BadRequest, ProsaError


class ToolServerNotFound(BadRequest):
    """No server of the operator's has this label, or not for this caller."""

    code = "tool_server_not_found"

    def __init__(self, label: str, param: str | None) -> None:
        super().__init__(f"There is no tool server named {label[:64]!r} here; name yours by its 'server_url'.", param=param)


class ToolServerAddressRefused(BadRequest):
    """The address isn't one at which a tool server is asked."""

    code = "tool_server_address_refused"

    def __init__(self, param: str, expected: str = "a public https address") -> None:
        super().__init__(f"No tool server is asked at this address: expected {expected}.", param=param)


class LabelNamedTwice(BadRequest):
    """Two tool servers under one label."""

    code = "tool_server_named_twice"

    def __init__(self, label: str, param: str) -> None:
        super().__init__(f"Two tool servers are labelled {label[:64]!r}.", param=param)


class ApprovalRequestNotFound(BadRequest):
    """What is answered was never asked of this caller, or too long ago, or not in what the request goes on from."""

    code = "approval_request_not_found"

    def __init__(self, param: str) -> None:
        super().__init__("There is no approval request with this id in what the request goes on from.", param=param)


class ApprovalMismatch(BadRequest):
    """The request that is answered isn't the one that was asked: another tool, other arguments, another server."""

    code = "approval_mismatch"

    def __init__(self, param: str) -> None:
        super().__init__(
            "An approval is for the tool, the arguments and the server that were asked about; these are others.", param=param
        )


class ApprovalUsed(ProsaError):
    """An approval is for one call, and this one was answered before."""

    code = "approval_used"
    status = 409
    kind = "invalid_request_error"

    def __init__(self, param: str) -> None:
        super().__init__("This approval request was answered before: an approval is for one call.", param=param)
