"""`/v1/threads/{thread_id}/runs`: an assistant answers a thread. How runs begin: see `thread_calls`."""

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Path, Query, Response

from prosa.answers import Outputs, RunEdit, RunPageQuery, Standing, Stretch, ThreadRuns
from prosa.api.access import needs
from prosa.api.edge import Exchange
from prosa.api.followed import Followed
from prosa.api.following import Readers
from prosa.api.openai.responses_routes import MOST_NUMBER
from prosa.api.openai.routing import OpenAIRoute
from prosa.api.openai.thread_calls import STREAMED
from prosa.api.openai.thread_objects import runs_json
from prosa.api.openai.thread_runs_bodies import (
    EDIT_BODY,
    EXAMPLE_RUN,
    OUTPUTS_BODY,
    RunDocument,
    RunsDocument,
    answers_with,
)
from prosa.api.openai.threads import JSON, ThreadId
from prosa.api.scope import exchange_of, readers_of, thread_runs_of
from prosa.identity import Caller, Door, Permission

router = APIRouter(prefix="/v1/threads", tags=["Runs"], route_class=OpenAIRoute)

Asker = Annotated[Caller, needs(Permission.CALL_MODELS, Door.OPENAI)]
Reader = Annotated[Caller, needs(Permission.READ_RUNS, Door.OPENAI)]
Writer = Annotated[Caller, needs(Permission.WRITE_RUNS, Door.OPENAI)]
Runs = Annotated[ThreadRuns, Depends(thread_runs_of)]
TheReaders = Annotated[Readers, Depends(readers_of)]
TheExchange = Annotated[Exchange, Depends(exchange_of)]
RunId = Annotated[str, Path(description="The run's id.", examples=[EXAMPLE_RUN])]
Edge = Annotated[str | None, Query(max_length=256, description="The id of an object at the edge of another page.")]
_AFTER: Final = "The number of the last event that was seen: its `id`."


async def page_query(
    limit: Annotated[int, Query(ge=1, le=100, description="How many at most.")] = 20,
    order: Annotated[Literal["asc", "desc"], Query(description="By when they began.")] = "desc",
    after: Edge = None,
    before: Edge = None,
) -> RunPageQuery:
    """The page that was asked for, with ids as they are shown."""
    return RunPageQuery(limit, order == "desc", after, before)


async def include_query(
    brackets: Annotated[list[str] | None, Query(alias="include[]", max_length=8)] = None,
    plain: Annotated[list[str] | None, Query(alias="include", max_length=8)] = None,
) -> list[str]:
    """What an answer holds beside the usual; the official SDKs write `include[]`."""
    return [*(brackets or ()), *(plain or ())]


@router.get(
    "/{thread_id}/runs",
    operation_id="listThreadRuns",
    summary="List runs",
    response_model=None,
    responses=answers_with(RunsDocument, 400, 401, 403, 404),
)
async def list_runs(
    caller: Reader, thread_id: ThreadId, runs: Runs, query: Annotated[RunPageQuery, Depends(page_query)]
) -> Response:
    """A page of a thread's runs, newest first where `order` doesn't say otherwise."""
    return Response(runs_json(await runs.page(caller.space, thread_id, query)), media_type=JSON)


@router.post(
    "/{thread_id}/runs/{thread_run_id}",
    operation_id="modifyRun",
    summary="Modify a run",
    response_model=None,
    responses=answers_with(RunDocument, 400, 401, 403, 404, 413),
    openapi_extra=EDIT_BODY,
)
async def modify_run(caller: Writer, thread_id: ThreadId, thread_run_id: RunId, runs: Runs, exchange: TheExchange) -> Response:
    """Replace a run's metadata."""
    await runs.get(caller.space, thread_id, thread_run_id)
    edit = RunEdit.from_json(await exchange.body())
    return Response(await runs.change(caller.space, thread_id, thread_run_id, edit), media_type=JSON)


@router.post(
    "/{thread_id}/runs/{thread_run_id}/cancel",
    operation_id="cancelThreadRun",
    summary="Cancel a run",
    response_model=None,
    responses=answers_with(RunDocument, 400, 401, 403, 404),
)
async def cancel_run(caller: Writer, thread_id: ThreadId, thread_run_id: RunId, runs: Runs) -> Response:
    """End a run now; it is cancelled when this answers. What was said until then stays in the thread."""
    return Response(await runs.cancel(caller.space, thread_id, thread_run_id), media_type=JSON)


@router.post(
    "/{thread_id}/runs/{thread_run_id}/submit_tool_outputs",
    operation_id="submitToolOutputs",
    summary="Submit tool outputs",
    response_model=None,
    responses=answers_with(RunDocument, 400, 401, 403, 404, 413, 429, stream=True),
    openapi_extra=OUTPUTS_BODY,
)
async def submit_tool_outputs(
    caller: Asker, thread_id: ThreadId, thread_run_id: RunId, runs: Runs, exchange: TheExchange, readers: TheReaders
) -> Response:
    """Answer the functions that a run waits for, all of them at once; the run goes on."""
    await runs.get(caller.space, thread_id, thread_run_id)
    outputs = Outputs.from_json(await exchange.body())
    stretch = await runs.submitted(caller, thread_id, thread_run_id, outputs) if exchange.repeated else None
    again = stretch is not None
    stretch = stretch or await runs.submit(caller, thread_id, thread_run_id, outputs)
    if not outputs.stream:
        standing = None if again else Standing("queued")
        return Response(runs.shown(stretch.thread, stretch.run, standing), media_type=JSON)
    await exchange.made()
    return Followed(readers, runs.follow(stretch), STREAMED)


@router.get(
    "/{thread_id}/runs/{thread_run_id}/events",
    operation_id="followThreadRun",
    summary="Follow a run",
    response_model=None,
    responses=answers_with(RunDocument, 400, 401, 403, 404, 410, stream=True),
)
async def follow_run(
    caller: Reader,
    thread_id: ThreadId,
    thread_run_id: RunId,
    runs: Runs,
    readers: TheReaders,
    starting_after: Annotated[int, Query(ge=-1, le=MOST_NUMBER, description=_AFTER)] = -1,
) -> Response:
    """prosa's own: a run's events, from any number on, as often as wanted, from any process; to its end, also where it waits for
    outputs in between. A stream that ends without `done` was cut off: ask again with the last number."""
    thread, run = await runs.get(caller.space, thread_id, thread_run_id)
    return Followed(readers, runs.follow(Stretch(thread, run, starting_after), through=True), STREAMED)
