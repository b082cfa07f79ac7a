"""`/api/v1/users/{user_id}/password-reset`: a link that an admin hands over, or has mailed."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from prosa.api.access import needs
from prosa.api.app.account_models import USER
from prosa.api.app.documents import problems
from prosa.api.app.paths import UserId
from prosa.api.app.routing import AppRoute
from prosa.api.app.shapes import Body, bare, example
from prosa.api.app.surroundings import People
from prosa.identity import Caller, Permission

router = APIRouter(prefix="/api/v1/users/{user_id}/password-reset", tags=["People"], route_class=AppRoute)


class ResetLink(BaseModel):
    """A link that sets a new password once. It is shown this once."""

    token: str = Field(repr=False)
    path: str = Field(description="The page of this server that takes it.", examples=["/reset#token=…"], repr=False)
    mailed: bool = Field(description="Whether it is on its way to the person by mail.", examples=[False])


class ResetLinkWish(Body):
    """How the link gets to the person."""

    model_config = example(mail=True)

    mail: bool = Field(False, description="Mail it, where this server sends mail: see `mail` of the sign-in options.")


@router.post("", operation_id="createResetLink", status_code=201, responses=problems(401, 403, 404))
async def create_reset_link(
    caller: Annotated[Caller, needs(Permission.RESET_PASSWORDS)],
    user_id: UserId,
    people: People,
    body: ResetLinkWish | None = None,
) -> ResetLink:
    """A one-time link for somebody who can't sign in, or was just added. Hand it over in a way that you trust."""
    reach, account_id = caller.reach(Permission.RESET_PASSWORDS), bare(user_id, USER)
    token = await people.accounts.issue_reset(reach, account_id)
    mailed = body is not None and body.mail and await people.accounts.mail_reset(reach, account_id, token)
    return ResetLink(token=token, path=f"/reset#token={token}", mailed=mailed)
