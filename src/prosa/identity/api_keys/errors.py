"""What can go wrong with API keys."""

from prosa.identity.permissions import Scope
from prosa.kit.errors import NotFound, ProsaError


class KeyNotFound(NotFound):
    """No such key, or somebody else's."""

    def __init__(self) -> None:
        super().__init__("There is no such API key.")


class KeyNameTaken(ProsaError):
    """Another of the person's living keys has this name."""

    code = "key_name_taken"
    status = 409
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__("Another of this account's API keys has this name.", param="name")


class KeyEnded(ProsaError):
    """The key was revoked, replaced, or has expired: it can't be changed or rotated any more."""

    code = "key_ended"
    status = 409
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__("This API key was revoked or replaced, or has expired. Make a new one.")


class TooManyKeys(ProsaError):
    """The account has as many keys as it can have."""

    code = "too_many_keys"
    status = 409
    kind = "invalid_request_error"

    def __init__(self, most: int) -> None:
        super().__init__(f"An account can have {most} API keys. Revoke those that nobody uses.")


class ScopeNotAllowed(ProsaError):
    """A key is never made for more than its owner, and whoever makes it, may do."""

    code = "scope_not_allowed"
    status = 403
    kind = "invalid_request_error"

    def __init__(self, scope: Scope) -> None:
        super().__init__(f"The scope {scope.value!r} goes beyond what this account may do.", param="scopes")
