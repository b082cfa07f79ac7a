"""`/api/v1/conversations/{conversation_id}/summaries`, and what the model of an answer was sent."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from prosa.answers import ANSWER, AnswerService, ResponseNotFound
from prosa.api.app.conversations_desk import Reader, Writer, stored
from prosa.api.app.documents import problems
from prosa.api.app.memories import MEMORY, TheMemory
from prosa.api.app.paths import ConversationId, RunId, SummaryId
from prosa.api.app.routing import AppRoute
from prosa.api.app.shapes import Body, ListOf, Moment, example
from prosa.api.scope import answers_of
from prosa.conversations import CONVERSATION, LONGEST_SUMMARY, public_id, stored_id
from prosa.conversations import Summary as StoredSummary
from prosa.kit import moments

router = APIRouter(prefix="/api/v1", tags=["Memory"], route_class=AppRoute)

Answers = Annotated[AnswerService, Depends(answers_of)]
EXAMPLE_ITEMS = ["msg_7b6821146d1743da97c764a12dd4ed93"]


class Summary(BaseModel):
    """What stands for the older part of a conversation when a model is asked: all up to the item `covers`."""

    id: str = Field(examples=["item_7b6821146d1743da97c764a12dd4ed93"])
    conversation_id: str
    covers: str = Field(description="The last item of which it tells.", examples=EXAMPLE_ITEMS)
    text: str
    edited: bool = Field(description="Whether a person has changed the model's words.")
    created_at: Moment


class SummaryChange(Body):
    """Other words for a summary; they count from the next question on."""

    model_config = example(text="A pessoa quer um plano de viagem barato para Fortaleza em julho.")

    text: Annotated[str, Field(min_length=1, max_length=LONGEST_SUMMARY)]


class AnswerContext(BaseModel):
    """What the model of an answer was sent, beside its instructions and tools, by ids."""

    run_id: str
    whole: bool = Field(description="Whether it was simply all that came before.")
    items: list[str] = Field(description="The items that were told word for word, oldest first.", examples=[EXAMPLE_ITEMS])
    summary: str | None = Field(description="The summary that stood before them.")
    memories: list[str] = Field(description="What the person wanted to be known, by ids.")
    gone: int = Field(description="How many of the items that were told have been deleted since.")
    instructions: str | None = Field(description="The instructions of the request.")
    model: str


@router.get("/conversations/{conversation_id}/summaries", operation_id="listSummaries", responses=problems(401, 403, 404))
async def list_summaries(caller: Reader, conversation_id: ConversationId, memory: TheMemory) -> ListOf[Summary]:
    """The summaries that were made of a conversation, in every branch, newest first."""
    found = await memory.summaries(caller.space, stored(conversation_id))
    return ListOf(data=[shown(each) for each in found], next_cursor=None)


@router.patch(
    "/conversations/{conversation_id}/summaries/{summary_id}",
    operation_id="editSummary",
    responses=problems(401, 403, 404, 413),
)
async def edit_summary(
    caller: Writer, conversation_id: ConversationId, summary_id: SummaryId, body: SummaryChange, memory: TheMemory
) -> Summary:
    """Correct a summary."""
    id = stored(conversation_id)
    return shown(await memory.edit_summary(caller.space, id, stored_id(summary_id), body.text))


@router.delete(
    "/conversations/{conversation_id}/summaries/{summary_id}",
    operation_id="deleteSummary",
    status_code=204,
    responses=problems(401, 403, 404),
)
async def delete_summary(caller: Writer, conversation_id: ConversationId, summary_id: SummaryId, memory: TheMemory) -> None:
    """Delete a summary: the older part is told word for word again, as far as it fits."""
    await memory.delete_summary(caller.space, stored(conversation_id), stored_id(summary_id))


@router.get("/runs/{run_id}/context", operation_id="getRunContext", responses=problems(401, 403, 404))
async def get_context(caller: Reader, run_id: RunId, answers: Answers) -> AnswerContext:
    """What the model of one's own answer was sent of what came before."""
    if not run_id.startswith("run_"):
        raise ResponseNotFound
    run = await answers.get(caller.space, "resp_" + run_id.removeprefix("run_"))
    assert run.kind == ANSWER
    sent = await answers.sent(run)
    return AnswerContext(
        run_id=run_id,
        whole=sent.whole,
        items=[public_id(item) for item in sent.items],
        summary=None if sent.summary is None else "item_" + sent.summary,
        memories=[MEMORY + id for id in sent.memories],
        gone=sent.gone,
        instructions=sent.instructions,
        model=sent.model,
    )


def shown(summary: StoredSummary) -> Summary:
    """A summary as the API shows it."""
    return Summary(
        id=public_id(summary.item),
        conversation_id=CONVERSATION + (summary.item.conversation_id or ""),
        covers="msg_" + summary.covers,
        text=summary.text,
        edited=summary.edited,
        created_at=moments.shown(moments.stored(summary.item.created_at)),
    )
