"""`/api/v1/conversations/{id}/shares`, `/api/v1/shares` and `/api/v1/share-copies`: conversations shared by link."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from prosa import conversations as feature
from prosa.api.access import needs
from prosa.api.app.documents import problems
from prosa.api.app.paths import ConversationId
from prosa.api.app.routing import AppRoute
from prosa.api.app.shapes import Cursor, Limit, ListOf, bare
from prosa.api.app.shares_models import (
    EXAMPLE_CONVERSATION,
    LINK,
    SHARE,
    Copied,
    CopyWish,
    MadeShare,
    Share,
    ShareId,
    ShareWish,
    share_shown,
)
from prosa.api.app.surroundings import People, TheExchange, cursors_of
from prosa.api.scope import sharing_of
from prosa.conversations import CONVERSATION, Sharing, stored_id
from prosa.identity import Caller, Permission
from prosa.kit import moments

router = APIRouter(prefix="/api/v1", tags=["Shares"], route_class=AppRoute)

Reader = Annotated[Caller, needs(Permission.READ_CONVERSATIONS)]
Writer = Annotated[Caller, needs(Permission.WRITE_CONVERSATIONS)]
TheSharing = Annotated[Sharing, Depends(sharing_of)]
Of = Annotated[str | None, Query(max_length=100, description="Only of this conversation.", examples=[EXAMPLE_CONVERSATION])]


@router.post(
    "/conversations/{conversation_id}/shares",
    operation_id="createShare",
    status_code=201,
    responses=problems(401, 403, 404, 409, 413),
)
async def create_share(
    caller: Writer,
    conversation_id: ConversationId,
    body: ShareWish,
    sharing: TheSharing,
    exchange: TheExchange,
    response: Response,
) -> MadeShare:
    """Share what was said until now. The link is in this answer and nowhere else.

    Whoever has it can read the messages of the person and the model, nothing else, and nothing that is said later.
    """
    wish = feature.ShareWish(
        conversation_id=bare(conversation_id, CONVERSATION),
        files=body.files,
        leaf=None if body.leaf is None else stored_id(body.leaf),
        expires_at=None if body.expires_at is None else body.expires_at.timestamp(),
    )
    share, token = await sharing.create(caller.space, wish, exchange.object_id)
    response.headers["location"] = f"{router.prefix}/shares/{SHARE}{share.id}"
    return MadeShare(**share_shown(share).model_dump(), token=token, path=LINK + token)


@router.get("/shares", operation_id="listShares", responses=problems(401, 403))
async def list_shares(
    caller: Reader, sharing: TheSharing, people: People, conversation_id: Of = None, limit: Limit = 50, cursor: Cursor = None
) -> ListOf[Share]:
    """One's links that lead somewhere now, newest first."""
    cursors = cursors_of(people, caller, "shares", conversation_id)
    of = None if conversation_id is None else bare(conversation_id, CONVERSATION)
    page = await sharing.list(caller.space, limit, of, cursors.moment(cursor))
    return ListOf(data=[share_shown(share) for share in page.items], next_cursor=cursors.give(page.next))


@router.get("/shares/{share_id}", operation_id="getShare", responses=problems(401, 403, 404))
async def get_share(caller: Reader, share_id: ShareId, sharing: TheSharing) -> Share:
    """One of one's links."""
    return share_shown(await sharing.get(caller.space, bare(share_id, SHARE)))


@router.delete("/shares/{share_id}", operation_id="revokeShare", status_code=204, responses=problems(401, 403, 404))
async def revoke_share(caller: Writer, share_id: ShareId, sharing: TheSharing) -> None:
    """The link leads nowhere from now on, and what it showed is deleted."""
    await sharing.revoke(caller.space, bare(share_id, SHARE))


@router.post("/share-copies", operation_id="copyShare", status_code=201, responses=problems(401, 403, 404, 413))
async def copy_share(caller: Writer, body: CopyWish, sharing: TheSharing, exchange: TheExchange, response: Response) -> Copied:
    """Go on with somebody's shared conversation, in a copy of one's own: its messages without attachments."""
    made = await sharing.copy(caller.space, body.token, exchange.object_id)
    response.headers["location"] = f"{router.prefix}/conversations/{CONVERSATION}{made.id}"
    shown = moments.shown(moments.stored(made.created_at))
    return Copied(conversation_id=CONVERSATION + made.id, title=made.face.title, created_at=shown)
