"""Why a caller is turned away. None of the texts tells which keys exist."""

from prosa.kit.errors import ProsaError


class TwoCredentials(ProsaError):
    """More than one credential came along, so that it is unclear whose request this is."""

    code = "two_credentials"
    status = 400
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__("Send one credential only: Authorization, X-API-Key or api-key.")


class MissingKey(ProsaError):
    """The call needs a key and brought none."""

    code = "missing_api_key"
    status = 401
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__("An API key is required. Send it as 'Authorization: Bearer KEY' or as 'X-API-Key: KEY'.")


class UnknownKey(ProsaError):
    """The key is not one of ours. S's dialect answers 403 (contracts: serverless, S21), everybody else 401."""

    code = "invalid_api_key"
    status = 401
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__("The API key is not valid.")


class UnknownKeyForbidden(UnknownKey):
    """The same in S's dialect."""

    status = 403


class PermissionDenied(ProsaError):
    """The caller is known, and may not do this: its role, or what its key was made for, doesn't reach so far."""

    code = "permission_denied"
    status = 403
    kind = "invalid_request_error"

    def __init__(self, permission: str) -> None:
        super().__init__(f"This needs the permission '{permission}', which this credential doesn't have.")


class ForgedRequest(ProsaError):
    """A request with a browser's session would change something and doesn't show that our own page sent it."""

    code = "csrf_refused"
    status = 403
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__(
            "Requests with a session cookie that change something need the header 'x-prosa-csrf: 1' and come from this server's "
            "own pages. The operator sets PROSA_PUBLIC_URL where a proxy stands before it."
        )


class CredentialEnded(UnknownKey):
    """The credential was good when the call began, and isn't any more."""


class ForeignOrigin(ProsaError):
    """A page whose origin isn't configured called without a key (B14)."""

    code = "origin_not_allowed"
    status = 403
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__("This page's origin may not call without an API key. The operator can allow it in ALLOWED_ORIGINS.")
