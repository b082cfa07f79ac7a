"""`/api/v1/users/{user_id}/password-reset`: a link that an admin hands over, where no mail is sent."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from prosa.api.access import needs
from prosa.api.app.account_models import USER
from prosa.api.app.documents import problems
from prosa.api.app.paths import UserId
from prosa.api.app.routing import AppRoute
from prosa.api.app.shapes import bare
from prosa.api.app.surroundings import People
from prosa.identity import Caller, Permission

router = APIRouter(prefix="/api/v1/users/{user_id}/password-reset", tags=["People"], route_class=AppRoute)


class ResetLink(BaseModel):
    """A link that sets a new password once. It is shown this once."""

    token: str = Field(repr=False)
    path: str = Field(description="The page of this server that takes it.", examples=["/reset#token=…"], repr=False)


@router.post("", operation_id="createResetLink", status_code=201, responses=problems(401, 403, 404))
async def create_reset_link(
    caller: Annotated[Caller, needs(Permission.RESET_PASSWORDS)], user_id: UserId, people: People
) -> ResetLink:
    """A one-time link for somebody who can't sign in. Hand it over in a way that you trust."""
    token = await people.accounts.issue_reset(caller.reach(Permission.RESET_PASSWORDS), bare(user_id, USER))
    return ResetLink(token=token, path=f"/reset#token={token}")
