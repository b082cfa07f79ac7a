"""`POST /api/chat`: one message, one answer."""

from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Depends, Response
from msgspec import Meta, Struct

from prosa.answers import Ask, Asking
from prosa.api.access import needs
from prosa.api.edge import Exchange
from prosa.api.legacy.assistant.documents import ChatAnswer, ChatBody, body_of, failures, read
from prosa.api.scope import asking_of, exchange_of
from prosa.identity import Caller, Door, Permission
from prosa.kit.errors import ProsaError

LONGEST: Final = 256_000  # characters of a message
SECONDS: Final = 300.0  # the original waits no longer

router = APIRouter(tags=["Assistants (A)"])

Asker = Annotated[Caller, needs(Permission.CALL_MODELS, Door.ASSISTANT)]
TheAsking = Annotated[Asking, Depends(asking_of)]
TheExchange = Annotated[Exchange, Depends(exchange_of)]


class _Body(Struct):
    """Fields that the contract doesn't name are let be."""

    assistant_id: Annotated[str, Meta(max_length=256)]
    message: Annotated[str, Meta(max_length=LONGEST)]
    thread_id: Annotated[str, Meta(max_length=256)] | None = None
    file_ids: Annotated[list[str], Meta(max_length=20)] = []


class NotAnswered(ProsaError):
    """The model gave no answer."""

    code = "not_answered"
    status = 502


class AnswerLate(ProsaError):
    """The answer takes longer than a client of this dialect waits."""

    code = "answer_late"
    status = 504

    def __init__(self) -> None:
        super().__init__("A resposta está demorando; ela continua e aparecerá na conversa.")


@router.post(
    "/api/chat",
    operation_id="chatOfA",
    summary="Talk to an assistant",
    response_model=ChatAnswer,
    responses=failures(400, 401, 403, 404, 409, 413, 429, 502, 503, 504),
    openapi_extra=body_of(ChatBody),
)
async def chat(caller: Asker, asking: TheAsking, exchange: TheExchange) -> Response:
    """Say something to an assistant, and wait for what it says. Where it calls functions of yours, the answer is
    `requires_action` with `run_id` and `thread_id`: send their outputs by the Assistants API
    (`POST /v1/threads/{thread_id}/runs/{run_id}/submit_tool_outputs`)."""
    body = read(await exchange.body(), _Body, ("assistant_id", "message"))
    ask = Ask(body.assistant_id, body.message, body.thread_id or None, body.file_ids, SECONDS)
    said = await asking.ask(caller, ask, exchange.object_id)
    told: dict[str, Any] = {"thread_id": said.thread_id, "assistant_id": body.assistant_id}
    if said.action is not None:
        return _json({"status": said.status, "requires_action": said.action, "run_id": said.run_id, **told})
    if said.status in ("queued", "in_progress"):
        raise AnswerLate
    if said.status != "completed" and not said.text:
        raise NotAnswered(said.error or "O modelo não respondeu.")
    return _json({"response": said.text, **told})


def _json(document: dict[str, Any]) -> Response:
    return Response(msgspec.json.encode(document), media_type="application/json")
