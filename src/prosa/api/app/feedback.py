"""`/api/v1/conversations/{id}/feedback`: what one thinks of the answers in a conversation."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, Field

from prosa.api.access import needs
from prosa.api.app.documents import problems
from prosa.api.app.paths import ConversationId
from prosa.api.app.routing import AppRoute
from prosa.api.app.shapes import EXAMPLE_ID, Body, Moment, bare, example
from prosa.api.scope import opinions_of
from prosa.conversations import CONVERSATION, LONGEST_REASON, Opinion, Opinions, Rating, stored_id
from prosa.identity import Caller, Permission
from prosa.kit import moments

router = APIRouter(prefix="/api/v1/conversations", tags=["Feedback"], route_class=AppRoute)

Reader = Annotated[Caller, needs(Permission.READ_CONVERSATIONS)]
Writer = Annotated[Caller, needs(Permission.WRITE_CONVERSATIONS)]
TheOpinions = Annotated[Opinions, Depends(opinions_of)]
EXAMPLE_ITEM = "msg_" + EXAMPLE_ID
AnswerId = Annotated[str, Path(description="An item that a model said.", examples=[EXAMPLE_ITEM])]


class Feedback(BaseModel):
    """What one thinks of an answer."""

    item_id: str = Field(examples=[EXAMPLE_ITEM])
    rating: Rating
    reason: str | None = Field(examples=["It names the wrong year."])
    created_at: Moment
    updated_at: Moment


class FeedbackList(BaseModel):
    """On all answers of a conversation, whichever branch they are on."""

    data: list[Feedback]


class FeedbackWish(Body):
    """Up or down, and perhaps why."""

    model_config = example(rating="down", reason="It names the wrong year.")

    rating: Rating
    reason: str | None = Field(default=None, max_length=LONGEST_REASON)


def feedback_shown(opinion: Opinion) -> Feedback:
    """An opinion as the API shows it."""
    return Feedback(
        item_id="msg_" + opinion.item_id,
        rating=opinion.rating,
        reason=opinion.reason,
        created_at=moments.shown(moments.stored(opinion.created_at)),
        updated_at=moments.shown(moments.stored(opinion.updated_at)),
    )


@router.get("/{conversation_id}/feedback", operation_id="listFeedback", responses=problems(401, 403, 404))
async def list_feedback(caller: Reader, conversation_id: ConversationId, opinions: TheOpinions) -> FeedbackList:
    """All of it, oldest first."""
    found = await opinions.list(caller.space, bare(conversation_id, CONVERSATION))
    return FeedbackList(data=[feedback_shown(opinion) for opinion in found])


@router.get("/{conversation_id}/items/{answer_id}/feedback", operation_id="getFeedback", responses=problems(401, 403, 404))
async def get_feedback(caller: Reader, conversation_id: ConversationId, answer_id: AnswerId, opinions: TheOpinions) -> Feedback:
    """What one thinks of one answer."""
    return feedback_shown(await opinions.get(caller.space, bare(conversation_id, CONVERSATION), stored_id(answer_id)))


@router.put("/{conversation_id}/items/{answer_id}/feedback", operation_id="putFeedback", responses=problems(401, 403, 404, 413))
async def put_feedback(
    caller: Writer, conversation_id: ConversationId, answer_id: AnswerId, body: FeedbackWish, opinions: TheOpinions
) -> Feedback:
    """Say what one thinks of an answer, in the place of what one said before. It goes with the answer, and with the account."""
    place = bare(conversation_id, CONVERSATION), stored_id(answer_id)
    return feedback_shown(await opinions.put(caller.space, *place, body.rating, body.reason))


@router.delete(
    "/{conversation_id}/items/{answer_id}/feedback",
    operation_id="deleteFeedback",
    status_code=204,
    responses=problems(401, 403, 404),
)
async def delete_feedback(caller: Writer, conversation_id: ConversationId, answer_id: AnswerId, opinions: TheOpinions) -> None:
    """Take it back."""
    await opinions.withdraw(caller.space, bare(conversation_id, CONVERSATION), stored_id(answer_id))
