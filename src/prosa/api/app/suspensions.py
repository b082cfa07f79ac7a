"""`/api/v1/users/{user_id}/suspension`: shutting somebody out for a while."""

from typing import Annotated

from fastapi import APIRouter

from prosa.api.access import needs
from prosa.api.app.account_models import USER, User, user_shown
from prosa.api.app.documents import problems
from prosa.api.app.paths import UserId
from prosa.api.app.routing import AppRoute
from prosa.api.app.shapes import bare
from prosa.api.app.surroundings import People, check_grant
from prosa.identity import Caller, Permission

router = APIRouter(prefix="/api/v1/users/{user_id}/suspension", tags=["People"], route_class=AppRoute)

Writer = Annotated[Caller, needs(Permission.WRITE_USERS)]


@router.put("", operation_id="suspendUser", responses=problems(401, 403, 404, 409))
async def suspend_user(caller: Writer, user_id: UserId, people: People) -> User:
    """Suspend somebody: sessions and tokens end within a second, and no key of theirs works until they are restored."""
    return user_shown(await people.accounts.suspend(caller.reach(Permission.WRITE_USERS), bare(user_id, USER)))


@router.delete("", operation_id="restoreUser", responses=problems(401, 403, 404))
async def restore_user(caller: Writer, user_id: UserId, people: People) -> User:
    """Let somebody in again. Only a signed-in administrator lets another one in; a key can't."""
    reach = caller.reach(Permission.WRITE_USERS)
    account = await people.accounts.get(reach, bare(user_id, USER))
    check_grant(caller, account.role)
    return user_shown(await people.accounts.restore(reach, account.id))
