"""Why a password can't be chosen, or not be checked now. No text repeats a password."""

from prosa.kit.errors import BadRequest, Unavailable


class PasswordTooShort(BadRequest):
    """Fewer characters than the least."""

    code = "password_too_short"

    def __init__(self, least: int) -> None:
        super().__init__(f"The password needs at least {least} characters.", param="password")


class PasswordTooLong(BadRequest):
    """More characters than the most."""

    code = "password_too_long"

    def __init__(self, most: int) -> None:
        super().__init__(f"The password may have at most {most} characters.", param="password")


class PasswordGuessable(BadRequest):
    """Among those that are tried first: in every list of leaked ones, or made of the account's own name."""

    code = "password_too_common"

    def __init__(self) -> None:
        super().__init__("This password is among the first that somebody would try. Choose another one.", param="password")


class UnusableHash(BadRequest):
    """A hash that was brought from elsewhere and that no known scheme can check, or only at an absurd cost."""

    code = "unusable_hash"

    def __init__(self) -> None:
        super().__init__("This password hash is of no known scheme.", param="password_hash")


class PasswordsBusy(Unavailable):
    """More sign-ins at once than the server checks; nothing was tried."""

    code = "passwords_busy"

    def __init__(self) -> None:
        super().__init__("Too many sign-ins at once. Try again in a moment.", retry_after=3.0)
