"""Why an invitation is refused."""

from prosa.kit.errors import NotFound, ProsaError


class InviteInvalid(ProsaError):
    """Unknown, used, revoked, too old, for another address, or made by somebody who isn't an admin any more."""

    code = "invite_invalid"
    status = 403
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__("This invitation is not valid, was used already, or is too old.", param="invite")


class InviteNotFound(NotFound):
    """There is no such invitation, or it is not the caller's to see."""

    def __init__(self) -> None:
        super().__init__("There is no such invitation.")
