"""What `prosa invite …` does."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from prosa.cli.people_work import chosen
from prosa.cli.port import BootPort
from prosa.cli.terminal import complain, say, table
from prosa.identity import OPERATOR, IdentityParts, Invite, InviteNotFound, InviteQuery, NewInvite, Role
from prosa.kit.ids import without_prefix

if TYPE_CHECKING:
    from prosa.cli.invites_commands import Create

PAGE = 200
PREFIX = "inv_"


async def create(identity: IdentityParts, port: BootPort, options: "Create") -> int:
    """Make an invitation and show its link."""
    new = NewInvite(options.email, chosen(Role, "--role", options.role), options.days)
    invite, text = await identity.invites.create(OPERATOR, None, new)
    say(f"{port.site()}/register#invite={text}")
    if not options.quiet:
        whom = invite.email or "whoever has it"
        complain(
            f"this link makes {whom} a {invite.role} here, once, until {invite.expires_at:%Y-%m-%d %H:%M} UTC; "
            f"it is not shown again (take it back: prosa invite revoke {PREFIX}{invite.id})"
        )
    return 0


async def listing(identity: IdentityParts, *, json: bool) -> int:
    """Print every invitation, newest first."""
    found, now = await _all(identity), datetime.now(UTC)
    if json:
        say(msgspec.json.format(msgspec.json.encode([_shown(invite, now) for invite in found]), indent=2).decode())
    else:
        say(table([_row(invite, now) for invite in found], "") or "no invitations")
    return 0


async def revoke(identity: IdentityParts, shown_id: str) -> int:
    """Take an invitation back."""
    bare = without_prefix(shown_id, PREFIX)
    if bare is None:
        raise InviteNotFound
    invite = await identity.invites.revoke(OPERATOR, bare)
    say(f"the invitation {shown_id} is {invite.status(datetime.now(UTC))}")
    return 0


async def _all(identity: IdentityParts) -> list[Invite]:
    found: list[Invite] = []
    query = InviteQuery(limit=PAGE)
    while True:
        page = await identity.invites.list(OPERATOR, query)
        found += page.items
        if page.next is None:
            return found
        query = replace(query, after=page.next)


def _row(invite: Invite, now: datetime) -> tuple[str, ...]:
    until = f"until {invite.expires_at:%Y-%m-%d %H:%M} UTC"
    return (PREFIX + invite.id, invite.status(now), invite.role, until, invite.email or "anybody")


def _shown(invite: Invite, now: datetime) -> dict[str, object]:
    return {
        "id": PREFIX + invite.id,
        "status": invite.status(now),
        "email": invite.email,
        "role": invite.role,
        "created_at": invite.created_at,
        "expires_at": invite.expires_at,
        "used_at": invite.used_at,
        "revoked_at": invite.revoked_at,
    }
