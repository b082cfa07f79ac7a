"""Answers in a person's conversations, and temporary ones, which nobody keeps."""

from functools import partial
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from prosa.answers import ANSWER, CreateOptions, Given, ResponseNotFound
from prosa.api.access import needs
from prosa.api.app.answer_models import Answer, AnswerWish, TemporaryWish, answer_shown, request_of
from prosa.api.app.answers_setting import in_conversation, in_no_conversation
from prosa.api.app.conversations_desk import Desk, Reader, Responses, TheDesk, stored
from prosa.api.app.documents import problems
from prosa.api.app.errors import UnknownCursor
from prosa.api.app.paths import ConversationId
from prosa.api.app.routing import AppRoute
from prosa.api.app.run_models import EXAMPLE_FRAMES, Beside, Run, run_shown
from prosa.api.app.runs import NUMBERED
from prosa.api.app.shapes import Cursor, Limit, ListOf
from prosa.api.app.surroundings import TheExchange
from prosa.api.bodies import parsed
from prosa.api.edge import Exchange
from prosa.api.followed import Followed
from prosa.api.following import Framing
from prosa.conversations import HEAD, Parent, stored_id
from prosa.identity import Caller, Door, Permission
from prosa.runs import RunNotFound, RunQuery

RESPONSE: Final = "resp_"
# Nobody can come again for an answer that isn't stored: its reader hears that this is not the end.
PASSING: Final = Framing(
    ids=True,
    farewell=b'data: {"type":"error","code":"stream_broken","message":"The connection ends before the answer, which is not'
    b' stored: ask again.","param":null}\n\n',
)
STREAM: Final[dict[str, Any]] = {"text/event-stream": {"schema": {"type": "string"}, "example": EXAMPLE_FRAMES}}
FIELDS: Final = 40  # of a body; more than there are


class WholeRequest(Request):
    """A request that may bring pictures and all that was said: as large as a model call may be."""

    async def body(self) -> bytes:
        """The whole body. Raises PayloadTooLarge, ClientLeft."""
        exchange: Exchange = self.scope["prosa.exchange"]
        return await exchange.body()

    async def json(self) -> Any:  # as the framework's own
        """The document in it, of which no more fields are told than there could be. Raises InvalidBody."""
        document = parsed(await self.body())
        if isinstance(document, dict) and len(document) > FIELDS:
            return dict(list(document.items())[:FIELDS])
        return document


class AnswerRoute(AppRoute):
    """A route that asks a model."""

    reading = WholeRequest


router = APIRouter(prefix="/api/v1", tags=["Conversations"], route_class=AnswerRoute)

Asker = Annotated[Caller, needs(Permission.CALL_MODELS)]
FOLLOWED: Responses = {200: {"description": "The answer's events: a stream that ends with the answer.", "content": STREAM}}
BEGUN: Responses = {
    200: {
        "model": Run,
        "description": "The answer's events: a stream that ends with the answer; or its run, where `stream` is false.",
        "content": STREAM,
    }
}


@router.post(
    "/conversations/{conversation_id}/answers",
    operation_id="askInMyConversation",
    response_model=None,
    responses=BEGUN | problems(401, 403, 404, 409, 413, 429),
)
async def ask(caller: Asker, conversation_id: ConversationId, body: AnswerWish, desk: TheDesk, exchange: TheExchange) -> Response:
    """Say something in a conversation and have it answered, edit what was said, or have an answer given once more.

    The events are those of the Responses API, each with its number: the answer goes on without a reader, and
    `GET /api/v1/runs/{run_id}/events` follows it on from any number (the run's id is that of the response in the first event).
    """
    id = stored(conversation_id)
    conversation = (await desk.shelf.get(caller.space, id)).conversation
    given = await _known(exchange, desk, caller)
    if given is None:
        request, pinned = request_of(body, await in_conversation(desk, caller, conversation, body))
        exchange.record.model = request.model
        options = CreateOptions(
            exchange.object_id,
            replace=body.when_busy == "replace",
            parent=await _place(desk, caller.space, id, body),
            remembers=True,
            dialect=Door.APP,
            assisting=pinned,
        )
        given = await desk.answers.create(caller, request, options)
    await exchange.made()  # a repetition finds the run; a temporary answer isn't kept for one
    if not body.stream:
        beside = await Beside.of(desk.engine, [given.run])
        return JSONResponse(run_shown(given.run, beside).model_dump(mode="json"))
    return Followed(desk.readers, given.follow(), NUMBERED if given.stored else PASSING)


@router.get("/conversations/{conversation_id}/answers", operation_id="listMyAnswers", responses=problems(401, 403, 404))
async def list_answers(
    caller: Reader, conversation_id: ConversationId, desk: TheDesk, limit: Limit = 50, cursor: Cursor = None
) -> ListOf[Answer]:
    """The answers that were given in a conversation, in every branch, newest first, with tokens and cost."""
    id = stored(conversation_id)
    cursors = desk.cursors(caller, "answers", id)
    position = cursors.moment(cursor)
    await desk.conversations.get(caller.space, id)
    try:
        after = None if position is None else await desk.engine.get(caller.space, position[1])
    except RunNotFound:
        raise UnknownCursor from None
    found = await desk.engine.list(caller.space, RunQuery(kind=ANSWER, conversation_id=id, limit=limit + 1, after=after))
    page = found[:limit]
    costs = await desk.usage.calls_of_runs(caller.space, [run.id for run in page])
    beside = await Beside.of(desk.engine, page)
    data = [answer_shown(run, costs.get(run.id), beside) for run in page]
    return ListOf(data=data, next_cursor=cursors.give((page[-1].created_at, page[-1].id) if len(found) > limit else None))


@router.post(
    "/answers", operation_id="askTemporarily", response_model=None, responses=FOLLOWED | problems(401, 403, 404, 413, 429)
)
async def ask_temporarily(caller: Asker, body: TemporaryWish, desk: TheDesk, exchange: TheExchange) -> Response:
    """Ask in no conversation: nothing of the question and the answer is stored, and who leaves ends it."""
    request, pinned = request_of(body, await in_no_conversation(desk, caller, body))
    exchange.record.model = request.model
    given = await desk.answers.create(caller, request, CreateOptions(dialect=Door.APP, assisting=pinned))
    await exchange.made()  # so that it isn't kept for a repetition
    return Followed(desk.readers, given.follow(), PASSING)


async def _known(exchange: Exchange, desk: Desk, caller: Caller) -> Given | None:
    """What an earlier attempt of this request has begun."""
    if not exchange.repeated:
        return None
    try:
        run = await desk.answers.get(caller.space, RESPONSE + (exchange.object_id or ""))
    except ResponseNotFound:
        return None
    return Given(run, True, partial(desk.engine.follow, run))


async def _place(desk: Desk, space: str, id: str, body: AnswerWish) -> Parent:
    """What the input stands behind, or what is answered. Raises ItemNotFound."""
    if body.after is not None:
        return (await desk.nodes.get(space, id, stored_id(body.after))).node.item.id
    if body.edits is not None:
        return await desk.nodes.before(space, id, stored_id(body.edits))
    if body.regenerates is not None:
        return await desk.nodes.asked(space, id, stored_id(body.regenerates))
    return HEAD
