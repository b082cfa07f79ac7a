"""`/api/v1/users/{user_id}/keys`: somebody's keys, for admins who are signed in; a key never reads or ends keys."""

from typing import Annotated

from fastapi import APIRouter

from prosa.api.access import needs
from prosa.api.app.account_models import USER
from prosa.api.app.documents import problems
from prosa.api.app.key_models import KEY, Key, key_shown
from prosa.api.app.keys import Ended, key_query
from prosa.api.app.paths import KeyId, UserId
from prosa.api.app.routing import AppRoute
from prosa.api.app.shapes import Cursor, Limit, ListOf, bare
from prosa.api.app.surroundings import People, cursors_of, within
from prosa.identity import Caller, Permission

router = APIRouter(prefix="/api/v1/users/{user_id}/keys", tags=["People"], route_class=AppRoute)


@router.get("", operation_id="listUserKeys", responses=problems(401, 403, 404))
async def list_user_keys(
    caller: Annotated[Caller, needs(Permission.READ_EVERY_KEY)],
    user_id: UserId,
    people: People,
    ended: Ended = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ListOf[Key]:
    """Somebody's keys, newest first."""
    reach = caller.reach(Permission.READ_EVERY_KEY)
    account = await people.accounts.get(reach, bare(user_id, USER))
    cursors = cursors_of(people, caller, "user-keys", account.id, str(ended))
    page = await people.keys.list(within(reach, account.id), key_query(limit, cursors.moment(cursor), ended))
    return ListOf(data=[key_shown(key) for key in page.items], next_cursor=cursors.give(page.next))


@router.delete("/{key_id}", operation_id="revokeUserKey", status_code=204, responses=problems(401, 403, 404))
async def revoke_user_key(
    caller: Annotated[Caller, needs(Permission.WRITE_EVERY_KEY)], user_id: UserId, key_id: KeyId, people: People
) -> None:
    """Revoke one of somebody's keys: it stops working within a second."""
    reach = within(caller.reach(Permission.WRITE_EVERY_KEY), bare(user_id, USER))
    await people.keys.revoke(reach, bare(key_id, KEY))
