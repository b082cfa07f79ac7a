"""Why a signed token is refused."""

from prosa.kit.errors import ProsaError


class TokenInvalid(ProsaError):
    """The token wasn't made here, was meant for something else, or was taken back."""

    code = "token_invalid"
    status = 401
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__("The token is not valid.")


class TokenExpired(ProsaError):
    """The token was good once."""

    code = "token_expired"
    status = 401
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__("The token has expired.")
