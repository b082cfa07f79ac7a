"""What can go wrong with sessions, and with any sign-in after its password was found right."""

from prosa.kit.errors import NotFound, ProsaError


class SessionNotFound(NotFound):
    """No such session, or somebody else's, or one that has ended."""

    def __init__(self) -> None:
        super().__init__("There is no session with this id.")


class SignInOutdated(ProsaError):
    """Between the check of the password and the sign-in the account was suspended, deleted or given another password."""

    code = "sign_in_outdated"
    status = 401
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__("Please sign in again.")
