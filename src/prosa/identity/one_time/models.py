"""What is good for one use."""

from dataclasses import dataclass
from enum import StrEnum

from prosa.identity.models import CallerKind


class Purpose(StrEnum):
    """What a token is good for; used for anything else, it is unknown."""

    RESET = "reset"  # setting a new password
    EMAIL = "email"  # proving that a new e-mail address is one's own
    TICKET = "ticket"  # one request that can't send a header


@dataclass(frozen=True, slots=True)
class Redeemed:
    """Whose token it was, and what was noted with it."""

    account_id: str
    detail: str | None


@dataclass(frozen=True, slots=True)
class Ticket:
    """A used ticket: it is worth what the credential behind it is worth at this moment, and not more."""

    account_id: str
    kind: CallerKind  # of that credential: SESSION, KEY or TOKEN
    credential_id: str
    path: str
    until: float | None = None  # the end of a signed token, which its row doesn't tell; seconds since 1970
