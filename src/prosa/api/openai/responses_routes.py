"""`/v1/responses/…`: reading, following and ending responses; their input; counting tokens, compacting what was said."""

from dataclasses import dataclass, replace
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Header, Path, Query, Response

from prosa.answers import AnswerService, MissingParameter, ResponseRequest
from prosa.api.access import needs
from prosa.api.edge import Exchange
from prosa.api.followed import Followed
from prosa.api.following import Readers
from prosa.api.openai.conversations_bodies import ItemsDocument, page_json
from prosa.api.openai.conversations_items import Asked, page_query
from prosa.api.openai.responses import STREAMED
from prosa.api.openai.responses_documents import (
    COMPACT_BODY,
    COUNT_BODY,
    EXAMPLE_RESPONSE,
    STREAM,
    CompactionDocument,
    DeletedDocument,
    ResponseDocument,
    TokensDocument,
    answers_with,
    deleted_json,
    tokens_json,
)
from prosa.api.openai.routing import OpenAIRoute
from prosa.api.scope import answers_of, exchange_of, readers_of, runs_of
from prosa.conversations import ItemQuery
from prosa.identity import Caller, Door, Permission
from prosa.runs import Engine

router = APIRouter(prefix="/v1/responses", tags=["Responses"], route_class=OpenAIRoute)

Asker = Annotated[Caller, needs(Permission.CALL_MODELS, Door.OPENAI)]
Reader = Annotated[Caller, needs(Permission.READ_RUNS, Door.OPENAI)]
Writer = Annotated[Caller, needs(Permission.WRITE_RUNS, Door.OPENAI)]
Answers = Annotated[AnswerService, Depends(answers_of)]
TheEngine = Annotated[Engine, Depends(runs_of)]
TheReaders = Annotated[Readers, Depends(readers_of)]
TheExchange = Annotated[Exchange, Depends(exchange_of)]
ResponseId = Annotated[str, Path(description="The response's id.", examples=[EXAMPLE_RESPONSE])]

MOST_NUMBER: Final = 2**31 - 1
JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class Following:
    """Whether a response is to be followed, and from which number on (None: it is only to be read)."""

    engine: Engine
    readers: Readers
    after: int | None


async def following_of(
    engine: TheEngine,
    readers: TheReaders,
    stream: Annotated[bool, Query(description="Follow the response's events instead of reading it.")] = False,
    starting_after: Annotated[
        int, Query(ge=-1, le=MOST_NUMBER, description="The `sequence_number` of the last event that was seen.")
    ] = -1,
    last_event_id: Annotated[
        int | None, Header(alias="Last-Event-ID", ge=-1, le=MOST_NUMBER, description="The same; it wins.")
    ] = None,
) -> Following:
    """What the address says of following."""
    return Following(engine, readers, (starting_after if last_event_id is None else last_event_id) if stream else None)


@router.post(
    "/input_tokens",
    operation_id="countInputTokens",
    summary="Count input tokens",
    response_model=None,
    responses=answers_with(TokensDocument, 400, 401, 403, 404, 413),
    openapi_extra=COUNT_BODY,
)
async def count_input_tokens(caller: Asker, answers: Answers, exchange: TheExchange) -> Response:
    """About how many tokens a model would be asked with; an estimate, since each model counts in its own way."""
    request = ResponseRequest.from_json(await exchange.body(), answers.offered)
    return Response(tokens_json(await answers.count(caller, request)), media_type=JSON)


@router.post(
    "/compact",
    operation_id="compactResponse",
    summary="Compact a conversation",
    response_model=None,
    responses=answers_with(CompactionDocument, 400, 401, 403, 404, 413, 429, 502, 503, 504),
    openapi_extra=COMPACT_BODY,
)
async def compact_response(caller: Asker, answers: Answers, exchange: TheExchange) -> Response:
    """Make what was said shorter: the user's messages, and one item for everything else. Send `output` as the next `input`."""
    request = ResponseRequest.from_json(await exchange.body(), answers.offered)
    if request.model is None:
        raise MissingParameter("model")
    return Response(await answers.compact(caller, request), media_type=JSON)


@router.get(
    "/{response_id}",
    operation_id="getResponse",
    summary="Retrieve a response",
    response_model=None,
    responses=answers_with(ResponseDocument, 400, 401, 403, 404, 410, stream=STREAM),
)
async def get_response(
    caller: Reader,
    response_id: ResponseId,
    answers: Answers,
    following: Annotated[Following, Depends(following_of)],
    asked: Asked,
) -> Response:
    """A response as it is now; with `stream=true` its events, from any number on, as often as wanted, from any process.

    A stream that ends without its terminal event was cut off: ask again with the last number.
    """
    run = await answers.get(caller.space, response_id)
    if following.after is not None:
        return Followed(following.readers, following.engine.follow(run, following.after), STREAMED)
    return Response(await answers.shown(run), media_type=JSON)


@router.delete(
    "/{response_id}",
    operation_id="deleteResponse",
    summary="Delete a response",
    response_model=None,
    responses=answers_with(DeletedDocument, 401, 403, 404),
)
async def delete_response(caller: Writer, response_id: ResponseId, answers: Answers) -> Response:
    """Delete a response for good, with its events and items; one that is being given is cancelled first."""
    await answers.delete(caller.space, response_id)
    return Response(deleted_json(response_id), media_type=JSON)


@router.post(
    "/{response_id}/cancel",
    operation_id="cancelResponse",
    summary="Cancel a response",
    response_model=None,
    responses=answers_with(ResponseDocument, 401, 403, 404),
)
async def cancel_response(caller: Writer, response_id: ResponseId, answers: Answers) -> Response:
    """End a response now, whether it was asked for in the background or not. One that has ended stays as it is."""
    return Response(await answers.cancel(caller.space, response_id), media_type=JSON)


@router.get(
    "/{response_id}/input_items",
    operation_id="listInputItems",
    summary="List input items",
    response_model=None,
    responses=answers_with(ItemsDocument, 400, 401, 403, 404),
)
async def list_input_items(
    caller: Reader,
    response_id: ResponseId,
    answers: Answers,
    query: Annotated[ItemQuery, Depends(page_query)],
    asked: Asked,
) -> Response:
    """A page of what the response answers: its own input and all that was said before it, newest first."""
    page = await answers.input_items(caller.space, response_id, replace(query, limit=query.limit - 1))
    return Response(page_json(page.items, asked, has_more=page.more), media_type=JSON)
