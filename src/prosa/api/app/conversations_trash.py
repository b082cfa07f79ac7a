"""`/api/v1/trash`: conversations that were deleted and can still be had back."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from prosa.api.app.conversation_models import Conversation, TrashedConversation, trashed_shown
from prosa.api.app.conversations_desk import Reader, TheDesk, Writer, stored
from prosa.api.app.documents import problems
from prosa.api.app.paths import TrashedId
from prosa.api.app.routing import AppRoute
from prosa.api.app.shapes import TAGGED, Cursor, Limit, ListOf
from prosa.api.app.surroundings import TheAdministration
from prosa.conversations import ShelfQuery

router = APIRouter(prefix="/api/v1/trash", tags=["Conversations"], route_class=AppRoute)

MOST_AT_ONCE: Final = 100
Most = Annotated[int, Query(alias="limit", ge=1, le=MOST_AT_ONCE, description="How many at most.")]


class TrashEmptied(BaseModel):
    """What is left in the trash."""

    empty: bool = Field(description="False: there is more; ask again.")


@router.get("", operation_id="listTrash", responses=problems(401, 403))
async def list_trash(
    caller: Reader, desk: TheDesk, administration: TheAdministration, limit: Limit = 50, cursor: Cursor = None
) -> ListOf[TrashedConversation]:
    """What is in the trash, what was deleted last first."""
    cursors = desk.cursors(caller, "trash")
    page = await desk.shelf.trash.list(caller.space, ShelfQuery(limit=limit, after=cursors.moment(cursor)))
    tags, days = desk.tags(caller), _days(administration)
    return ListOf(data=[trashed_shown(each, tags, days) for each in page.items], next_cursor=cursors.give(page.next))


@router.delete("", operation_id="emptyTrash", responses=problems(401, 403))
async def empty_trash(caller: Writer, desk: TheDesk, most: Most = MOST_AT_ONCE) -> TrashEmptied:
    """Delete for good what is in the trash, a hundred conversations at most, what came into it first."""
    return TrashEmptied(empty=await desk.shelf.trash.empty(caller.space, most, desk.engine.cancel))


@router.get("/{trashed_id}", operation_id="getTrashed", responses=problems(401, 403, 404))
async def get_trashed(
    caller: Reader, trashed_id: TrashedId, desk: TheDesk, administration: TheAdministration
) -> TrashedConversation:
    """A conversation in the trash. What was said in it can be read once it is restored."""
    found = await desk.shelf.trash.get(caller.space, stored(trashed_id))
    return trashed_shown(found, desk.tags(caller), _days(administration))


@router.post("/{trashed_id}/restoration", operation_id="restoreTrashed", responses=TAGGED | problems(401, 403, 404))
async def restore_trashed(caller: Writer, trashed_id: TrashedId, desk: TheDesk, response: Response) -> Conversation:
    """Take a conversation out of the trash, as it was."""
    return await desk.tagged(caller, await desk.shelf.trash.restore(caller.space, stored(trashed_id)), response)


@router.delete("/{trashed_id}", operation_id="deleteTrashed", status_code=204, responses=problems(401, 403, 404, 409))
async def delete_trashed(caller: Writer, trashed_id: TrashedId, desk: TheDesk) -> None:
    """Delete a conversation for good, with all that was said in it and the answers' events."""
    await desk.shelf.trash.delete(caller.space, stored(trashed_id), desk.engine.cancel)


def _days(administration: TheAdministration) -> int:
    """For how many days the trash keeps what is in it, as is in force now; 0: for ever."""
    return int(administration.values.value("upkeep.trash_days") or 0)
