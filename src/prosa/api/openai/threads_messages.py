"""`/v1/threads/{thread_id}/messages`: what was said in a thread. How something is added: see `thread_calls`."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Response

from prosa.answers import message_json, read_note
from prosa.api.openai.conversations import answers
from prosa.api.openai.routing import OpenAIRoute
from prosa.api.openai.threads import JSON, Reader, TheExchange, TheThreads, ThreadId, Writer
from prosa.api.openai.threads_bodies import (
    EXAMPLE_MESSAGE,
    NOTE,
    MessageDeletedDocument,
    MessageDocument,
    MessagesDocument,
    deleted_json,
    page_json,
)
from prosa.conversations import MessageQuery, Order

router = APIRouter(prefix="/v1/threads/{thread_id}/messages", tags=["Threads"], route_class=OpenAIRoute)

MessageId = Annotated[str, Path(description="The message's id.", examples=[EXAMPLE_MESSAGE])]
Edge = Annotated[str | None, Query(max_length=256, description="The id of a message at the edge of another page.")]
_OF_RUN = "Only what this run said."


async def message_query(
    limit: Annotated[int, Query(ge=1, le=100, description="How many at most.")] = 20,
    order: Annotated[Literal["asc", "desc"], Query(description="By when they were said.")] = "desc",
    after: Edge = None,
    before: Edge = None,
    run_id: Annotated[str | None, Query(max_length=256, description=_OF_RUN)] = None,
) -> MessageQuery:
    """The page that was asked for, with ids as they are shown."""
    # Older clients send these empty with the first page.
    return MessageQuery(limit, Order(order), after or None, before or None, run_id or None)


@router.get(
    "",
    operation_id="listMessages",
    summary="List messages",
    response_model=None,
    responses=answers(MessagesDocument, 400, 401, 403, 404),
)
async def list_messages(
    caller: Reader, thread_id: ThreadId, threads: TheThreads, query: Annotated[MessageQuery, Depends(message_query)]
) -> Response:
    """A page of messages, newest first where `order` doesn't say otherwise."""
    thread = await threads.get(caller.space, thread_id)
    return Response(page_json(thread, await threads.page(caller.space, thread, query)), media_type=JSON)


@router.get(
    "/{message_id}",
    operation_id="getMessage",
    summary="Retrieve a message",
    response_model=None,
    responses=answers(MessageDocument, 401, 403, 404),
)
async def get_message(caller: Reader, thread_id: ThreadId, message_id: MessageId, threads: TheThreads) -> Response:
    """One message."""
    thread = await threads.get(caller.space, thread_id)
    return Response(message_json(await threads.message(caller.space, thread, message_id), thread.shown), media_type=JSON)


@router.post(
    "/{message_id}",
    operation_id="modifyMessage",
    summary="Modify a message",
    response_model=None,
    responses=answers(MessageDocument, 400, 401, 403, 404, 413),
    openapi_extra=NOTE,
)
async def modify_message(
    caller: Writer, thread_id: ThreadId, message_id: MessageId, threads: TheThreads, exchange: TheExchange
) -> Response:
    """Replace its metadata; its words stay."""
    thread = await threads.get(caller.space, thread_id)
    item = await threads.message(caller.space, thread, message_id)
    metadata = read_note(await exchange.body())
    if metadata is not None:
        item = await threads.note(caller.space, thread, message_id, metadata)
    return Response(message_json(item, thread.shown), media_type=JSON)


@router.delete(
    "/{message_id}",
    operation_id="deleteMessage",
    summary="Delete a message",
    response_model=None,
    responses=answers(MessageDeletedDocument, 401, 403, 404),
)
async def delete_message(caller: Writer, thread_id: ThreadId, message_id: MessageId, threads: TheThreads) -> Response:
    """Delete it for good; what followed it stays."""
    thread = await threads.get(caller.space, thread_id)
    await threads.remove(caller.space, thread, message_id)
    return Response(deleted_json(message_id, "thread.message"), media_type=JSON)
