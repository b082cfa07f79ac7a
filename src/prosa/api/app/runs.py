"""`/api/v1/runs`: what takes its time, an answer that is being made above all: to find it again, follow it, end it.

To start one is to ask for what it makes, at the door that knows it: `POST /v1/responses` for an answer.
"""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import JSONResponse

from prosa.answers import ANSWER, AnswerService
from prosa.api.access import needs
from prosa.api.app.documents import problems
from prosa.api.app.errors import UnknownCursor
from prosa.api.app.paths import RunId
from prosa.api.app.routing import AppRoute
from prosa.api.app.run_events import Page, page_of
from prosa.api.app.run_models import (
    CONVERSATION,
    EXAMPLE_FRAMES,
    RUN,
    After,
    Beside,
    EventLimit,
    EventPage,
    LastEventId,
    Run,
    Wait,
    WholeRun,
    page_shown,
    run_shown,
    whole_run_shown,
)
from prosa.api.app.shapes import Cursor, Limit, ListOf, bare
from prosa.api.app.surroundings import People, TheExchange, cursors_of
from prosa.api.edge import Exchange
from prosa.api.followed import Followed
from prosa.api.following import Framing, Readers
from prosa.api.scope import answers_of, conversations_of, readers_of, runs_of
from prosa.conversations import ConversationService
from prosa.identity import Caller, Permission
from prosa.kit.ids import brought_id
from prosa.runs import Engine, RunNotFound, RunQuery
from prosa.runs import Run as StoredRun

router = APIRouter(prefix="/api/v1/runs", tags=["Runs"], route_class=AppRoute)

Reader = Annotated[Caller, needs(Permission.READ_RUNS)]
Writer = Annotated[Caller, needs(Permission.WRITE_RUNS)]
TheEngine = Annotated[Engine, Depends(runs_of)]
TheConversations = Annotated[ConversationService, Depends(conversations_of)]
Answers = Annotated[AnswerService, Depends(answers_of)]
TheReaders = Annotated[Readers, Depends(readers_of)]
Open = Annotated[bool, Query(alias="open", description="Only those that have still to end.")]
Kind = Annotated[str | None, Query(max_length=100, description="Only of this kind.", examples=["answer"])]
Conversation = Annotated[str | None, Query(max_length=100, description="Only of this conversation.")]

NUMBERED: Final = Framing(ids=True)
EVENTS: Final[dict[int | str, dict[str, Any]]] = {  # of FastAPI's own type for `responses`
    200: {
        "model": EventPage,
        "description": "The events: a stream that ends with the run, or a page where `Accept: application/json` asks for it.",
        "content": {"text/event-stream": {"schema": {"type": "string"}, "example": EXAMPLE_FRAMES}},
    }
}


async def chosen(
    open_only: Open = False, kind: Kind = None, conversation_id: Conversation = None
) -> tuple[bool, str | None, str | None]:
    """Which runs a list shows."""
    return open_only, kind, conversation_id


async def asked_page(after: After = -1, last_event_id: LastEventId = None, limit: EventLimit = 100, wait: Wait = 0.0) -> Page:
    """From where on, and how much at once."""
    return Page(after if last_event_id is None else last_event_id, limit, wait)


async def found_run(caller: Reader, run_id: RunId, engine: TheEngine, conversations: TheConversations) -> StoredRun:
    """The caller's run, unless its conversation lies in the trash. Raises RunNotFound."""
    run = await engine.get(caller.space, brought_id(run_id, RUN) or "")
    if run.conversation_id is not None and await conversations.trashed(caller.space, run.conversation_id):
        raise RunNotFound
    return run


Found = Annotated[StoredRun, Depends(found_run)]


@router.get("", operation_id="listRuns", responses=problems(401, 403))
async def list_runs(
    caller: Reader,
    engine: TheEngine,
    people: People,
    which: Annotated[tuple[bool, str | None, str | None], Depends(chosen)],
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ListOf[Run]:
    """One's own runs, newest first; `open=true` finds the answers that are being made now."""
    open_only, kind, conversation_id = which
    cursors = cursors_of(people, caller, "runs", str(open_only), kind, conversation_id)
    position = cursors.moment(cursor)
    query = RunQuery(
        kind=kind,
        open_only=open_only,
        conversation_id=None if conversation_id is None else bare(conversation_id, CONVERSATION),
        limit=limit + 1,
        after=None if position is None else await _begun_after(engine, caller, position[1]),
    )
    found = await engine.list(caller.space, query)
    shown = found[:limit]
    further = (shown[-1].created_at, shown[-1].id) if len(found) > limit else None
    beside = await Beside.of(engine, shown)
    return ListOf(data=[run_shown(run, beside) for run in shown], next_cursor=cursors.give(further))


@router.get("/{run_id}", operation_id="getRun", responses=problems(401, 403, 404))
async def get_run(run: Found, answers: Answers, engine: TheEngine) -> WholeRun:
    """One of one's runs, with what came of it."""
    return await _whole(engine, answers, run)


@router.delete("/{run_id}", operation_id="deleteRun", status_code=204, responses=problems(401, 403, 404))
async def delete_run(caller: Writer, run_id: RunId, engine: TheEngine) -> None:
    """Cancel a run if it is open, and delete it with its events and what came of it."""
    await engine.delete(caller.space, brought_id(run_id, RUN) or "")


@router.put("/{run_id}/cancellation", operation_id="cancelRun", responses=problems(401, 403, 404))
async def cancel_run(caller: Writer, run_id: RunId, engine: TheEngine, answers: Answers) -> WholeRun:
    """End a run now: final when this is answered. One that has ended stays as it is."""
    return await _whole(engine, answers, await engine.cancel(caller.space, brought_id(run_id, RUN) or ""))


@router.get(
    "/{run_id}/events",
    operation_id="followRun",
    response_model=None,
    responses=EVENTS | problems(401, 403, 404, 410),
)
async def follow_run(
    run: Found,
    engine: TheEngine,
    readers: TheReaders,
    exchange: TheExchange,
    page: Annotated[Page, Depends(asked_page)],
) -> Response:
    """The events of a run's log after the one that was named, as they come, in any number of readers and from any process.

    A stream ends with the run. One that ends without its last event was cut off: ask again with the last number, as a browser's
    EventSource does by itself.
    """
    if _wants_page(exchange):
        events, ended = await page_of(engine, run, page)
        return JSONResponse(page_shown(list(events), page.after, ended).model_dump(mode="json"))
    return Followed(readers, engine.follow(run, page.after), NUMBERED)


async def _whole(engine: Engine, answers: AnswerService, run: StoredRun) -> WholeRun:
    """The run with its result; an answer's items are kept beside it."""
    beside = await Beside.of(engine, [run])
    if run.open:
        return whole_run_shown(run, None, beside)
    if run.kind == ANSWER:
        return whole_run_shown(run, await answers.shown(run), beside)
    return whole_run_shown(run, (run.result or "null").encode(), beside)


def _wants_page(exchange: Exchange) -> bool:
    accepted = exchange.header(b"accept") or b""
    return b"application/json" in accepted and b"text/event-stream" not in accepted


async def _begun_after(engine: Engine, caller: Caller, run_id: str) -> StoredRun:
    """The run with which the page before ended. Raises UnknownCursor where it was deleted meanwhile."""
    try:
        return await engine.get(caller.space, run_id)
    except RunNotFound:
        raise UnknownCursor from None
