"""`/v1/threads/{thread_id}/runs/{thread_run_id}/steps`: what a run did, one after the other."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Response

from prosa.answers import RunPageQuery
from prosa.api.openai.routing import InvalidParameter, OpenAIRoute
from prosa.api.openai.thread_objects import step_json
from prosa.api.openai.thread_runs import Reader, RunId, Runs, include_query, page_query
from prosa.api.openai.thread_runs_bodies import (
    EXAMPLE_STEP,
    StepDocument,
    StepsDocument,
    answers_with,
)
from prosa.api.openai.threads import JSON, ThreadId

router = APIRouter(prefix="/v1/threads/{thread_id}/runs/{thread_run_id}/steps", tags=["Runs"], route_class=OpenAIRoute)

StepId = Annotated[str, Path(description="The step's id.", examples=[EXAMPLE_STEP])]
_RESULTS: Final = "step_details.tool_calls[*].file_search.results[*].content"


async def results_asked(include: Annotated[list[str], Depends(include_query)]) -> bool:
    """Whether what a search found is wanted in words. Raises InvalidParameter for anything else."""
    for name in include:
        if name != _RESULTS:
            raise InvalidParameter("include", f"expected '{_RESULTS}'")
    return bool(include)


@router.get(
    "",
    operation_id="listRunSteps",
    summary="List run steps",
    response_model=None,
    responses=answers_with(StepsDocument, 400, 401, 403, 404),
)
async def list_run_steps(
    _caller: Reader,
    thread_id: ThreadId,
    thread_run_id: RunId,
    _query: Annotated[RunPageQuery, Depends(page_query)],
    _results: Annotated[bool, Depends(results_asked)],
) -> Response:
    """A page of a run's steps, newest first where `order` doesn't say otherwise."""
    raise NotImplementedError(thread_id, thread_run_id)  # `thread_calls` answers it


@router.get(
    "/{step_id}",
    operation_id="getRunStep",
    summary="Retrieve a run step",
    response_model=None,
    responses=answers_with(StepDocument, 400, 401, 403, 404),
)
async def get_run_step(
    caller: Reader,
    thread_id: ThreadId,
    thread_run_id: RunId,
    step_id: StepId,
    runs: Runs,
    results: Annotated[bool, Depends(results_asked)],
) -> Response:
    """One step."""
    thread, run = await runs.get(caller.space, thread_id, thread_run_id)
    facts, step = await runs.step(thread, run, step_id)
    return Response(step_json(facts, step, results=results), media_type=JSON)
