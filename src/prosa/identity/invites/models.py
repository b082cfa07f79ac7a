"""The nouns of invitations."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from prosa.identity.permissions import Role


class InviteStatus(StrEnum):
    """Where an invitation stands."""

    OPEN = "open"
    USED = "used"
    REVOKED = "revoked"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class NewInvite:
    """An invitation to make: for one address or (None) whoever has the link; `days` from 1 to 365."""

    email: str | None = None
    role: Role = Role.USER
    days: int = 7


@dataclass(frozen=True, slots=True)
class Invite:
    """An invitation. `created_by` is an account's id, None for the command line."""

    id: str
    email: str | None
    role: Role
    created_by: str | None
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    used_by: str | None
    revoked_at: datetime | None

    def status(self, now: datetime) -> InviteStatus:
        """Where it stands at this moment."""
        if self.used_at is not None:
            return InviteStatus.USED
        if self.revoked_at is not None:
            return InviteStatus.REVOKED
        return InviteStatus.OPEN if now < self.expires_at else InviteStatus.EXPIRED


@dataclass(frozen=True, slots=True)
class InviteQuery:
    """A page of invitations, newest first: those older than the position `after` (as `InvitePage.next` gave it)."""

    limit: int = 50
    after: tuple[int, str] | None = None


@dataclass(frozen=True, slots=True)
class InvitePage:
    """Invitations; `next` is the position to ask on from, None on the last page."""

    items: tuple[Invite, ...]
    next: tuple[int, str] | None
