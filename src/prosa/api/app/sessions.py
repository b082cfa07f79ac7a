"""`/api/v1/sessions`: the browsers in which one is signed in."""

from typing import Annotated

from fastapi import APIRouter

from prosa.api.access import needs
from prosa.api.app.documents import problems
from prosa.api.app.paths import SessionId
from prosa.api.app.routing import AppRoute
from prosa.api.app.session_models import SESSION, Session, session_shown
from prosa.api.app.shapes import Cursor, Limit, ListOf, bare
from prosa.api.app.surroundings import People, cursors_of, own
from prosa.identity import Caller, Permission, SessionQuery

router = APIRouter(prefix="/api/v1/sessions", tags=["My account"], route_class=AppRoute)

Reader = Annotated[Caller, needs(Permission.READ_SESSIONS)]
Writer = Annotated[Caller, needs(Permission.WRITE_SESSIONS)]


@router.get("", operation_id="listSessions", responses=problems(401, 403))
async def list_sessions(caller: Reader, people: People, limit: Limit = 50, cursor: Cursor = None) -> ListOf[Session]:
    """Where one is signed in, the newest sign-in first."""
    cursors = cursors_of(people, caller, "sessions")
    page = await people.sessions.list(own(caller), SessionQuery(limit=limit, after=cursors.moment(cursor)))
    shown = [session_shown(session, caller.credential_id) for session in page.items]
    return ListOf(data=shown, next_cursor=cursors.give(page.next))


@router.get("/{session_id}", operation_id="getSession", responses=problems(401, 403, 404))
async def get_session(caller: Reader, session_id: SessionId, people: People) -> Session:
    """One of one's sessions."""
    session = await people.sessions.get(own(caller), bare(session_id, SESSION))
    return session_shown(session, caller.credential_id)


@router.delete("/{session_id}", operation_id="endSession", status_code=204, responses=problems(401, 403, 404))
async def end_session(caller: Writer, session_id: SessionId, people: People) -> None:
    """Sign a browser out: within a second it is nobody there."""
    await people.sessions.end(own(caller), bare(session_id, SESSION))
