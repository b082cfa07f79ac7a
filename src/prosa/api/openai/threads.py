"""`/v1/threads`: conversations, as the Assistants API has them."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Response

from prosa.answers import ThreadService, read_thread, read_thread_change
from prosa.api.access import needs
from prosa.api.edge import Exchange
from prosa.api.openai.conversations import answers
from prosa.api.openai.routing import OpenAIRoute
from prosa.api.openai.thread_objects import thread_json
from prosa.api.openai.threads_bodies import (
    CHANGE,
    CREATION,
    EXAMPLE_THREAD,
    ThreadDeletedDocument,
    ThreadDocument,
    deleted_json,
)
from prosa.api.scope import exchange_of, threads_of
from prosa.identity import Caller, Door, Permission

router = APIRouter(prefix="/v1/threads", tags=["Threads"], route_class=OpenAIRoute)

Reader = Annotated[Caller, needs(Permission.READ_CONVERSATIONS, Door.OPENAI)]
Writer = Annotated[Caller, needs(Permission.WRITE_CONVERSATIONS, Door.OPENAI)]
TheThreads = Annotated[ThreadService, Depends(threads_of)]
TheExchange = Annotated[Exchange, Depends(exchange_of)]
ThreadId = Annotated[str, Path(description="The thread's id.", examples=[EXAMPLE_THREAD])]
JSON: Final = "application/json"


@router.post(
    "",
    operation_id="createThread",
    summary="Create a thread",
    response_model=None,
    responses=answers(ThreadDocument, 400, 401, 403, 404, 413),
    openapi_extra=CREATION,
)
async def create_thread(caller: Writer, threads: TheThreads, exchange: TheExchange) -> Response:
    """Begin a thread, with messages or without, and without a body too. It is a conversation: the app and `/v1/conversations`
    show the same one."""
    new = read_thread(await exchange.body(), exchange.object_id)
    return Response(thread_json(await threads.create(caller, new)), media_type=JSON)


@router.get(
    "/{thread_id}",
    operation_id="getThread",
    summary="Retrieve a thread",
    response_model=None,
    responses=answers(ThreadDocument, 401, 403, 404),
)
async def get_thread(caller: Reader, thread_id: ThreadId, threads: TheThreads) -> Response:
    """One thread, without its messages. The id of any conversation is one, with `thread_` in the place of `conv_`."""
    return Response(thread_json(await threads.get(caller.space, thread_id)), media_type=JSON)


@router.post(
    "/{thread_id}",
    operation_id="modifyThread",
    summary="Modify a thread",
    response_model=None,
    responses=answers(ThreadDocument, 400, 401, 403, 404, 413),
    openapi_extra=CHANGE,
)
async def modify_thread(caller: Writer, thread_id: ThreadId, threads: TheThreads, exchange: TheExchange) -> Response:
    """Replace its metadata, or what a tool gets; what isn't named stays."""
    await threads.get(caller.space, thread_id)  # who may not see it learns nothing of the body's faults
    edit = read_thread_change(await exchange.body())
    return Response(thread_json(await threads.change(caller, thread_id, edit)), media_type=JSON)


@router.delete(
    "/{thread_id}",
    operation_id="deleteThread",
    summary="Delete a thread",
    response_model=None,
    responses=answers(ThreadDeletedDocument, 401, 403, 404, 409),
)
async def delete_thread(caller: Writer, thread_id: ThreadId, threads: TheThreads) -> Response:
    """Delete it for good, with its messages and its runs. A run that is at work ends."""
    await threads.delete(caller.space, thread_id)
    return Response(deleted_json(thread_id, "thread"), media_type=JSON)
