"""`/api/v1/tags`: the words by which a person finds conversations."""

from fastapi import APIRouter

from prosa.api.app.conversation_models import UsedTag, UsedTags
from prosa.api.app.conversations_desk import Reader, TheDesk
from prosa.api.app.documents import problems
from prosa.api.app.routing import AppRoute

router = APIRouter(prefix="/api/v1/tags", tags=["Conversations"], route_class=AppRoute)


@router.get("", operation_id="listMyTags", responses=problems(401, 403))
async def list_tags(caller: Reader, desk: TheDesk) -> UsedTags:
    """The tags on one's conversations, the most used first."""
    found = await desk.shelf.tags(caller.space)
    return UsedTags(data=[UsedTag(name=tag.name, conversations=tag.conversations) for tag in found])
