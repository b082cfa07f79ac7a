"""Invitations: links, good once, by which somebody may make an account where registration isn't open."""

from prosa.identity.invites.errors import InviteInvalid, InviteNotFound
from prosa.identity.invites.models import Invite, InvitePage, InviteQuery, InviteStatus, NewInvite
from prosa.identity.invites.service import InviteService

__all__ = [
    "Invite",
    "InviteInvalid",
    "InviteNotFound",
    "InvitePage",
    "InviteQuery",
    "InviteService",
    "InviteStatus",
    "NewInvite",
]
