"""Why something about an account is refused. No text tells an unknown caller whether an account exists."""

from prosa.kit.errors import BadRequest, NotFound, ProsaError, Unavailable


class AccountNotFound(NotFound):
    """There is no such account, or it is not the caller's."""

    def __init__(self) -> None:
        super().__init__("There is no such account.")


class SignInFailed(ProsaError):
    """No account, a wrong password, a suspended account, none set: they all read the same and take the same time."""

    code = "sign_in_failed"
    status = 401
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__("Signing in failed: the name or e-mail address and the password don't fit together.")


class TooManySignIns(ProsaError):
    """Too many wrong passwords, or accounts made, in a minute."""

    code = "too_many_sign_ins"
    status = 429
    kind = "rate_limit_error"

    def __init__(self, retry_after: float) -> None:
        super().__init__("Too many attempts. Wait a little and try again.", retry_after=retry_after)


class WrongPassword(ProsaError):
    """A signed-in person didn't show the account's password, which this change needs."""

    code = "wrong_password"
    status = 403
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__("The current password is not right.", param="current_password")


class NotForYourself(ProsaError):
    """Something that only an admin does: a role, a suspension, somebody's reset link."""

    code = "admins_only"
    status = 403
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__("Only an admin can do this.")


class RegistrationClosed(ProsaError):
    """This server doesn't let this address make an account of its own."""

    code = "registration_closed"
    status = 403
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__("Accounts are made by invitation here. Ask an admin for one.")


class SetupCodeInvalid(ProsaError):
    """The set-up code is wrong, or the first admin is there already; nothing was made."""

    code = "setup_code_invalid"
    status = 403
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__(
            "The set-up code is not valid. The server prints the current one when it starts, until there is an admin."
        )


class EmailTaken(ProsaError):
    """Another account has this address."""

    code = "email_taken"
    status = 409
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__("An account with this e-mail address exists.", param="email")


class UsernameTaken(ProsaError):
    """Another account has this name, in whatever case."""

    code = "username_taken"
    status = 409
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__("This user name is taken.", param="username")


class CpfTaken(ProsaError):
    """Another account has this CPF."""

    code = "cpf_taken"
    status = 409
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__("This CPF belongs to another account.", param="cpf")


class InvalidField(BadRequest):
    """A field of an account is out of its bounds."""

    code = "invalid_field"

    def __init__(self, param: str, expected: str) -> None:
        super().__init__(f"Expected {expected}.", param=param)


class LastAdmin(ProsaError):
    """Without this admin there would be none."""

    code = "last_admin"
    status = 409
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__("This is the last active admin. Make somebody else an admin first.")


class EditConflict(ProsaError):
    """Somebody else changed it since it was read."""

    code = "edit_conflict"
    status = 412
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__("This was changed meanwhile. Read it again and repeat the change.")


class MailLinksImpossible(Unavailable):
    """Mail can be sent, but nobody told the server under which address links in it should lead to it."""

    code = "public_url_missing"

    def __init__(self) -> None:
        super().__init__("No link can be mailed: the operator sets PROSA_PUBLIC_URL to this server's address.")
