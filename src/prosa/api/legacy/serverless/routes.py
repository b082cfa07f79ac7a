"""`/v1/chat` and what stands beside it."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Depends, Query, Response

from prosa import __version__
from prosa.api.access import Public, needs
from prosa.api.bodies import InvalidBody, finding, judge, small_body
from prosa.api.edge import Exchange, charge
from prosa.api.legacy.serverless.models import (
    REASONS,
    Answered,
    Ask,
    Checks,
    Failure,
    Health,
    History,
    Ready,
    UserId,
    answered,
    failures,
    kept,
)
from prosa.api.scope import exchange_of, interactions_of, limits_of
from prosa.identity import Caller, Door, Permission
from prosa.interactions import InteractionService, PageRequest, PromptEmpty, PromptRefused, Question
from prosa.kit.ids import uuid_form
from prosa.usage import UsageSettings, payer_of

router = APIRouter(tags=["Serverless (S)"])

TRACE_LENGTH: Final = 128
_UNSAFE: Final = re.compile(r"[^!-~]+")
_PROMPT: Final = frozenset({"prompt"})  # never sent back in an error: it may hold personal data

FINDINGS: Final[dict[str, Any]] = {  # FastAPI's own type for a response
    "description": "What is wrong with the body, field by field.",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/HTTPValidationError"}}},
}
BAD_CURSOR: Final[dict[str, Any]] = {"model": Failure, "description": "The cursor is not one of this list."}  # likewise

TheExchange = Annotated[Exchange, Depends(exchange_of)]
Interactions = Annotated[InteractionService, Depends(interactions_of)]
Limits = Annotated[UsageSettings, Depends(limits_of)]


Asker = Annotated[Caller, needs(Permission.CALL_MODELS, Door.SERVERLESS)]  # judged before anything of the request is
Reader = Annotated[Caller, needs(Permission.READ_INTERACTIONS, Door.SERVERLESS)]


@router.post(
    "/v1/chat",
    operation_id="ask",
    summary="Ask once",
    response_model=Answered,
    responses={422: FINDINGS, **failures(*REASONS)},
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": Ask.model_json_schema()}}}},
)
async def ask(caller: Asker, exchange: TheExchange, interactions: Interactions, limits: Limits) -> Response:
    """One question, one answer, nothing of earlier ones; it is kept for `GET /v1/interactions`.

    Judged in this order: the key, the body, the limit.
    """
    asked = judge(Ask, await small_body(exchange), hidden=_PROMPT)
    try:
        prompt = interactions.clean(asked.prompt)
    except PromptRefused as error:
        raise InvalidBody([finding("value_error", ("body", "prompt"), f"Value error, {error.message}")]) from error
    except PromptEmpty as error:
        raise InvalidBody([finding("string_too_short", ("body", "prompt"), error.message)]) from error
    charge(exchange, f"{caller.space}|{asked.userId}", limits.serverless_per_minute)
    given = exchange.object_id
    made = None if given is None else uuid_form(given)
    payer = payer_of(caller, Door.SERVERLESS)
    question = Question(caller.space, asked.userId, prompt, trace_id(exchange), caller.models, made, payer)
    done = await interactions.ask(question)
    exchange.record.model = done.model
    return _json(answered(done))


@router.get(
    "/v1/interactions",
    operation_id="listInteractions",
    summary="What a user asked",
    response_model=History,
    responses={400: BAD_CURSOR, **failures(401, 403, 429, 503)},
)
async def history(
    caller: Reader,
    interactions: Interactions,
    user_id: Annotated[UserId, Query(alias="userId")],
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[str | None, Query(max_length=100)] = None,
) -> Response:
    """The exchanges of a `userId` within the key's own space, newest first.

    A visitor without a key has no history, because a `userId` proves nothing.
    """
    return _json(kept(await interactions.history(caller.space, user_id, PageRequest(limit, cursor))))


@router.get("/v1/health", operation_id="serverlessHealth", summary="Whether the server runs")
async def health(_public: Public, response: Response) -> Health:
    """Answers at once, without a key, whatever else is away."""
    response.headers["x-prosa-version"] = __version__  # the body's is the contract's literal
    return Health(timestamp=datetime.now(UTC))


@router.get("/v1/ready", operation_id="serverlessReady", summary="Whether it could answer", responses={503: {"model": Ready}})
async def ready(_public: Public, interactions: Interactions, response: Response) -> Ready:
    """What the server knows of its database, its models and its cache. Free of charge: no model is asked."""
    database = await interactions.database_ready()
    checks = Checks(database=database, llm_provider=interactions.model_ready(), cache=True)
    all_of_it = checks.database and checks.llm_provider and checks.cache
    response.status_code = 200 if all_of_it else 503
    return Ready(ready=all_of_it, checks=checks, timestamp=datetime.now(UTC))


def trace_id(exchange: Exchange) -> str | None:
    """The caller's `X-Trace-Id`, as far as it is safe to keep: printable ASCII, bounded."""
    raw = exchange.header(b"x-trace-id")
    if raw is None:
        return None
    exchange.record.trace_id = _UNSAFE.sub("", raw.decode("latin-1"))[:TRACE_LENGTH] or None
    return exchange.record.trace_id


def _json(document: dict[str, object]) -> Response:
    return Response(msgspec.json.encode(document), media_type="application/json")
