"""What can go wrong with sign-in links."""

from prosa.kit.errors import ProsaError


class LinkRefused(ProsaError):
    """No such link, a revoked one, or one of an account that nobody signs in with now: all three read the same."""

    code = "sign_in_link_invalid"
    status = 401
    kind = "authentication_error"

    def __init__(self) -> None:
        super().__init__("This sign-in link isn't valid, or isn't valid any more.")
