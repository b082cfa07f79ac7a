"""What can be wrong with a share."""

from prosa.kit.errors import BadRequest, NotFound, ProsaError


class ShareNotFound(NotFound):
    """There is no such share: never was, not in this space, revoked, or past its time."""

    def __init__(self) -> None:
        super().__init__("There is no share here, or not any more.")


class NothingToShare(BadRequest):
    """Nobody has said anything that a reader could see."""

    code = "nothing_to_share"

    def __init__(self) -> None:
        super().__init__("Nothing was said in the conversation that could be shown to others.")


class ShareTooLarge(BadRequest):
    """More than one page can show."""

    code = "share_too_large"

    def __init__(self, messages: int, mebibytes: int) -> None:
        super().__init__(f"At most {messages} messages and {mebibytes} MiB of text can be shared at once.")


class TooManyShares(ProsaError):
    """As many links as one owner can have."""

    code = "too_many_shares"
    status = 409
    kind = "invalid_request_error"

    def __init__(self, most: int) -> None:
        super().__init__(f"There are {most} shares already; revoke some of them.")


class SharingDisabled(ProsaError):
    """The operator lets nobody share."""

    code = "sharing_disabled"
    status = 403
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__("Sharing by link is switched off on this server.")
