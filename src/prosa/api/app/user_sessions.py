"""`/api/v1/users/{user_id}/sessions`: where somebody is signed in, for admins who are signed in themselves."""

from typing import Annotated

from fastapi import APIRouter

from prosa.api.access import needs
from prosa.api.app.account_models import USER
from prosa.api.app.documents import problems
from prosa.api.app.paths import SessionId, UserId
from prosa.api.app.routing import AppRoute
from prosa.api.app.session_models import SESSION, Session, session_shown
from prosa.api.app.shapes import Cursor, Limit, ListOf, bare
from prosa.api.app.surroundings import People, cursors_of, within
from prosa.identity import Caller, Permission, SessionQuery

router = APIRouter(prefix="/api/v1/users/{user_id}/sessions", tags=["People"], route_class=AppRoute)

Reader = Annotated[Caller, needs(Permission.READ_EVERY_SESSION)]
Writer = Annotated[Caller, needs(Permission.WRITE_EVERY_SESSION)]


@router.get("", operation_id="listUserSessions", responses=problems(401, 403, 404))
async def list_user_sessions(
    caller: Reader, user_id: UserId, people: People, limit: Limit = 50, cursor: Cursor = None
) -> ListOf[Session]:
    """Where somebody is signed in, the newest sign-in first."""
    reach = caller.reach(Permission.READ_EVERY_SESSION)
    account = await people.accounts.get(reach, bare(user_id, USER))
    cursors = cursors_of(people, caller, "user-sessions", account.id)
    page = await people.sessions.list(within(reach, account.id), SessionQuery(limit=limit, after=cursors.moment(cursor)))
    shown = [session_shown(session, caller.credential_id) for session in page.items]
    return ListOf(data=shown, next_cursor=cursors.give(page.next))


@router.delete("/{session_id}", operation_id="endUserSession", status_code=204, responses=problems(401, 403, 404))
async def end_user_session(caller: Writer, user_id: UserId, session_id: SessionId, people: People) -> None:
    """Sign one of somebody's browsers out: within a second it is nobody there."""
    reach = within(caller.reach(Permission.WRITE_EVERY_SESSION), bare(user_id, USER))
    await people.sessions.end(reach, bare(session_id, SESSION))
