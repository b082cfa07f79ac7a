"""`/api/v1/invites`: letting somebody register where that isn't open to everybody, for admins."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from prosa import identity
from prosa.api.access import needs
from prosa.api.app.account_models import USER, Email
from prosa.api.app.documents import problems
from prosa.api.app.paths import EXAMPLE_INVITE, INVITE, InviteId
from prosa.api.app.routing import AppRoute
from prosa.api.app.shapes import Body, Cursor, Limit, ListOf, Moment, bare, example
from prosa.api.app.surroundings import People, TheExchange, check_grant, cursors_of
from prosa.identity import Caller, InviteQuery, InviteStatus, NewInvite, Permission, Role

router = APIRouter(prefix="/api/v1/invites", tags=["People"], route_class=AppRoute)

Reader = Annotated[Caller, needs(Permission.READ_INVITES)]
Writer = Annotated[Caller, needs(Permission.WRITE_INVITES)]


class Invite(BaseModel):
    """An invitation, without its text: that is shown once, when it is made."""

    id: str = Field(examples=[EXAMPLE_INVITE])
    email: str | None = Field(
        description="The only address that it is good for; null: whoever has it.", examples=["ana@example.com"]
    )
    role: Role
    status: InviteStatus
    created_by: str | None = Field(description="null: the command line.", examples=[None])
    created_at: Moment
    expires_at: Moment
    used_at: datetime | None = Field(examples=[None])
    used_by: str | None = Field(examples=[None])
    revoked_at: datetime | None = Field(examples=[None])


class MadeInvite(Invite):
    """An invitation that was just made."""

    code: str = Field(description="Its text. It is shown this once and stored nowhere.", repr=False)
    path: str = Field(description="The page of this server that takes it.", examples=["/register#invite=…"], repr=False)
    mailed: bool = Field(description="Whether it is on its way to its address by mail.", examples=[False])


class InviteWish(Body):
    """Whom to invite, as what, and for how long."""

    model_config = example(email="bia@example.com", role="user", days=7)

    email: Email | None = None
    role: Role = Role.USER
    days: int = Field(7, ge=1, le=365)
    mail: bool = Field(
        False, description="Mail it to its address, where this server sends mail: see `mail` of the sign-in options."
    )


def invite_shown(invite: identity.Invite) -> Invite:
    """An invitation as the API shows it."""
    return Invite(
        id=INVITE + invite.id,
        email=invite.email,
        role=invite.role,
        status=invite.status(datetime.now(UTC)),
        created_by=None if invite.created_by is None else USER + invite.created_by,
        created_at=invite.created_at,
        expires_at=invite.expires_at,
        used_at=invite.used_at,
        used_by=None if invite.used_by is None else USER + invite.used_by,
        revoked_at=invite.revoked_at,
    )


@router.get("", operation_id="listInvites", responses=problems(401, 403))
async def list_invites(caller: Reader, people: People, limit: Limit = 50, cursor: Cursor = None) -> ListOf[Invite]:
    """Invitations, newest first, used and revoked ones too."""
    cursors = cursors_of(people, caller, "invites")
    page = await people.invites.list(caller.reach(Permission.READ_INVITES), InviteQuery(limit, cursors.moment(cursor)))
    return ListOf(data=[invite_shown(invite) for invite in page.items], next_cursor=cursors.give(page.next))


@router.post("", operation_id="createInvite", status_code=201, responses=problems(401, 403, 413))
async def create_invite(
    caller: Writer, body: InviteWish, people: People, exchange: TheExchange, response: Response
) -> MadeInvite:
    """Invite somebody. The link is in this answer, and with `mail` in a mail; hand it over in a way that you trust."""
    check_grant(caller, body.role)
    wish = NewInvite(body.email, body.role, body.days)
    invite, text = await people.invites.create(caller.reach(Permission.WRITE_INVITES), caller, wish, exchange.object_id)
    response.headers["location"] = f"{router.prefix}/{INVITE}{invite.id}"
    mailed = body.mail and await people.accounts.mail_invite(invite, text)
    return MadeInvite(**invite_shown(invite).model_dump(), code=text, path=f"/register#invite={text}", mailed=mailed)


@router.get("/{invite_id}", operation_id="getInvite", responses=problems(401, 403, 404))
async def get_invite(caller: Reader, invite_id: InviteId, people: People) -> Invite:
    """One invitation."""
    return invite_shown(await people.invites.get(caller.reach(Permission.READ_INVITES), bare(invite_id, INVITE)))


@router.delete("/{invite_id}", operation_id="revokeInvite", responses=problems(401, 403, 404))
async def revoke_invite(caller: Writer, invite_id: InviteId, people: People) -> Invite:
    """Take an invitation back. One that was used stays as it is."""
    return invite_shown(await people.invites.revoke(caller.reach(Permission.WRITE_INVITES), bare(invite_id, INVITE)))
