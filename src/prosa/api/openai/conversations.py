"""`/v1/conversations`: what was said, kept on the server, so that a response can go on from it by an id alone."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Path, Response
from pydantic import BaseModel

from prosa.api.access import needs
from prosa.api.edge import Exchange
from prosa.api.openai.conversations_bodies import (
    EXAMPLE_ID,
    EXAMPLE_MESSAGE,
    METADATA_SCHEMA,
    ConversationDocument,
    DeletedDocument,
    body_document,
    conversation_json,
    deleted_json,
    items_schema,
    read_edit,
    read_new_conversation,
)
from prosa.api.openai.documents import ErrorEnvelope
from prosa.api.openai.routing import InvalidParameter, OpenAIRoute
from prosa.api.scope import conversations_of, exchange_of, runs_of
from prosa.conversations import Conversation, ConversationChanged, ConversationService
from prosa.identity import Caller, Door, Permission
from prosa.runs import Engine

router = APIRouter(prefix="/v1/conversations", tags=["Conversations"], route_class=OpenAIRoute)

Reader = Annotated[Caller, needs(Permission.READ_CONVERSATIONS, Door.OPENAI)]
Writer = Annotated[Caller, needs(Permission.WRITE_CONVERSATIONS, Door.OPENAI)]
Conversations = Annotated[ConversationService, Depends(conversations_of)]
TheExchange = Annotated[Exchange, Depends(exchange_of)]
TheRuns = Annotated[Engine, Depends(runs_of)]
ConversationId = Annotated[str, Path(description="The conversation's id.", examples=[EXAMPLE_ID])]
IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match", max_length=100, description="The `ETag` of what was read: the change is refused where it changed since."
    ),
]

REASONS: Final = {
    400: "A field is missing, unknown, of the wrong kind or out of its bounds; `param` names it.",
    401: "The key is missing or not valid.",
    403: "The key was not made for this.",
    404: "There is no such conversation, or it is not yours.",
    409: "Answers keep beginning in it; try again.",
    412: "It was changed since it was read.",
    413: "The body is too large.",
}
TAGGED: Final = {"ETag": {"description": "Which state this is; for `If-Match`.", "schema": {"type": "string"}}}


def answers(model: type[BaseModel], *errors: int, tagged: bool = False) -> dict[int | str, dict[str, Any]]:
    """What FastAPI takes as `responses`: the answer, with an entity tag or without one, and these errors."""
    found: dict[int | str, dict[str, Any]] = {200: {"model": model} | ({"headers": TAGGED} if tagged else {})}
    found |= {status: {"model": ErrorEnvelope, "description": REASONS[status]} for status in errors}
    return found | {
        "4XX": {"model": ErrorEnvelope, "description": "Any other refusal, such as 429."}
    }  # else FastAPI tells of its 422


def shown(conversation: Conversation) -> Response:
    """A conversation as an answer."""
    tag = f'"{conversation.version}"'
    return Response(conversation_json(conversation), media_type="application/json", headers={"ETag": tag})


@router.post(
    "",
    operation_id="createConversation",
    summary="Create a conversation",
    response_model=None,
    responses=answers(ConversationDocument, 400, 401, 403, 413, tagged=True),
    openapi_extra=body_document(
        {"items": items_schema(0) | {"type": ["array", "null"]}, "metadata": METADATA_SCHEMA},
        {"items": [EXAMPLE_MESSAGE], "metadata": {"topic": "burros"}},
        required=False,
    ),
)
async def create_conversation(caller: Writer, conversations: Conversations, exchange: TheExchange) -> Response:
    """Begin a conversation, with up to 20 items in it. Name it in `conversation` of `POST /v1/responses`."""
    metadata, items = read_new_conversation(await exchange.body())
    return shown(await conversations.create(caller.space, metadata, items, exchange.object_id))


@router.get(
    "/{conversation_id}",
    operation_id="getConversation",
    summary="Retrieve a conversation",
    response_model=None,
    responses=answers(ConversationDocument, 401, 403, 404, tagged=True),
)
async def get_conversation(caller: Reader, conversation_id: ConversationId, conversations: Conversations) -> Response:
    """One conversation, without what was said in it."""
    return shown(await conversations.get(caller.space, await conversations.behind(caller.space, conversation_id)))


@router.post(
    "/{conversation_id}",
    operation_id="updateConversation",
    summary="Update a conversation",
    response_model=None,
    responses=answers(ConversationDocument, 400, 401, 403, 404, 412, 413, tagged=True),
    openapi_extra=body_document({"metadata": METADATA_SCHEMA}, {"metadata": {"topic": "mulas"}}, required=True),
)
async def update_conversation(
    caller: Writer, conversation_id: ConversationId, conversations: Conversations, exchange: TheExchange, if_match: IfMatch = None
) -> Response:
    """Replace its metadata."""
    id = await conversations.behind(caller.space, conversation_id)
    await conversations.get(caller.space, id)
    version = _version(if_match)
    metadata = read_edit(await exchange.body())
    return shown(await conversations.change(caller.space, id, metadata, version))


@router.delete(
    "/{conversation_id}",
    operation_id="deleteConversation",
    summary="Delete a conversation",
    response_model=None,
    responses=answers(DeletedDocument, 401, 403, 404, 409),
)
async def delete_conversation(
    caller: Writer, conversation_id: ConversationId, conversations: Conversations, runs: TheRuns
) -> Response:
    """Delete it for good, with all that was said in it and the responses made in it. An answer that is being given ends."""
    id = await conversations.behind(caller.space, conversation_id)
    await conversations.delete(caller.space, id, runs.delete)
    return Response(deleted_json(id), media_type="application/json")


def _version(if_match: str | None) -> int | None:
    """The version that `If-Match` names; None for any. Raises ConversationChanged for a tag that was never one."""
    if if_match is None or if_match.strip() == "*":
        return None
    digits = if_match.strip().removeprefix("W/").strip('"')
    if "," in if_match:
        raise InvalidParameter("If-Match", "expected one tag, or *")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        raise ConversationChanged
    return int(digits)
