"""The calls of `thread_calls` as the API document tells them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from prosa.api.openai.conversations import answers
from prosa.api.openai.thread_calls import MESSAGES, RUN, RUNS, THREADS_AND_RUNS
from prosa.api.openai.thread_runs import Asker, Reader, RunId, include_query
from prosa.api.openai.thread_runs_bodies import RUN_BODY, THREAD_RUN_BODY, RunDocument, answers_with
from prosa.api.openai.threads import ThreadId, Writer
from prosa.api.openai.threads_bodies import MessageDocument, message_creation

router = APIRouter()


@router.post(
    THREADS_AND_RUNS,
    tags=["Runs"],
    operation_id="createThreadAndRun",
    summary="Create a thread and run it",
    response_model=None,
    responses=answers_with(RunDocument, 400, 401, 403, 404, 413, 429, 503, stream=True),
    openapi_extra=THREAD_RUN_BODY,
)
async def create_thread_and_run(_caller: Asker) -> Response:
    """Begin a thread, and an assistant's run in it, at once."""
    raise NotImplementedError


@router.post(
    RUNS,
    tags=["Runs"],
    operation_id="createRun",
    summary="Create a run",
    response_model=None,
    responses=answers_with(RunDocument, 400, 401, 403, 404, 413, 429, 503, stream=True),
    openapi_extra=RUN_BODY,
)
async def create_run(_caller: Asker, thread_id: ThreadId, _include: Annotated[list[str], Depends(include_query)]) -> Response:
    """Have an assistant answer the thread. It goes on whoever leaves: `GET …/runs/{thread_run_id}/events` finds it again, from
    any number on. One run at a time is at work in a thread."""
    raise NotImplementedError(thread_id)


@router.get(
    RUN,
    tags=["Runs"],
    operation_id="getThreadRun",
    summary="Retrieve a run",
    response_model=None,
    responses=answers_with(RunDocument, 401, 403, 404),
)
async def get_run(_caller: Reader, thread_id: ThreadId, thread_run_id: RunId) -> Response:
    """A run as it is now."""
    raise NotImplementedError(thread_id, thread_run_id)


@router.post(
    MESSAGES,
    tags=["Threads"],
    operation_id="createMessage",
    summary="Create a message",
    response_model=None,
    responses=answers(MessageDocument, 400, 401, 403, 404, 413),
    openapi_extra=message_creation(),
)
async def create_message(_caller: Writer, thread_id: ThreadId) -> Response:
    """Add a message at the thread's end. While a run is at work in the thread, nothing is added."""
    raise NotImplementedError(thread_id)
