"""`/v1/chat/completions/{completion_id}`: completions that were stored, read, changed and deleted."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, Field

from prosa.answers import ChatService, Listing
from prosa.api.access import needs
from prosa.api.edge import Exchange
from prosa.api.openai.documents import ChatCompletion, ErrorEnvelope, Open
from prosa.api.openai.routing import OpenAIRoute
from prosa.api.openai.stored_chat_bodies import deleted_json, list_json, read_update
from prosa.api.scope import chats_of, exchange_of
from prosa.identity import Caller, Door, Permission

EXAMPLE_ID: Final = "chatcmpl-7b6821146d1743da97c764a12dd4ed93"
router = APIRouter(prefix="/v1/chat/completions", tags=["OpenAI-compatible"], route_class=OpenAIRoute)
listing_router = APIRouter(tags=["OpenAI-compatible"])

Reader = Annotated[Caller, needs(Permission.READ_RUNS, Door.OPENAI)]
Writer = Annotated[Caller, needs(Permission.WRITE_RUNS, Door.OPENAI)]
Chats = Annotated[ChatService, Depends(chats_of)]
TheExchange = Annotated[Exchange, Depends(exchange_of)]
CompletionId = Annotated[str, Path(description="The completion's id.", examples=[EXAMPLE_ID])]
Limit = Annotated[int, Query(ge=1, le=100)]
After = Annotated[str | None, Query(max_length=100, description="The id of the last one of the page before.")]
Order = Annotated[Literal["asc", "desc"], Query(description="By time.")]

_REASONS: Final = {
    400: "A field or a parameter is missing, unknown, of the wrong kind or out of its bounds; `param` names it.",
    401: "The key is missing or not valid.",
    403: "The key was not made for this.",
    404: "There is no such completion, it is not yours, or it has still to end.",
    413: "The body is too large.",
}
_BODY: Final[dict[str, Any]] = {  # FastAPI's own type for `openapi_extra`
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["metadata"],
                    "properties": {
                        "metadata": {
                            "type": ["object", "null"],
                            "additionalProperties": {"type": "string", "maxLength": 512},
                            "maxProperties": 16,
                            "description": "What replaces the metadata that were there; null takes them away.",
                        }
                    },
                    "additionalProperties": False,
                },
                "example": {"metadata": {"topic": "burros"}},
            }
        },
    }
}


class StoredCompletion(ChatCompletion):
    """A stored answer, with what of the request OpenAI shows beside it (`tools`, `temperature`, …, where they were given)."""

    metadata: dict[str, str] = Field(examples=[{"topic": "burros"}])
    incomplete_details: dict[str, str] | None = Field(
        None,
        description="Why the answer isn't whole, where it isn't: `reason` is an error's code, the finish_reason `length`.",
    )


class StoredCompletionList(BaseModel):
    """A page of stored answers."""

    object: Literal["list"]
    data: list[StoredCompletion]
    first_id: str | None = Field(examples=[EXAMPLE_ID])
    last_id: str | None = Field(description="What `after` takes for the next page.", examples=[EXAMPLE_ID])
    has_more: bool


class StoredMessage(Open):
    """A message of the request."""

    id: str = Field(examples=[EXAMPLE_ID + "-0"])
    role: str = Field(examples=["user"])
    content: str | None = Field(description="Its text.", examples=["Olá!"])
    content_parts: list[dict[str, object]] | None = Field(description="The texts and images of a message that came in parts.")
    name: str | None = None


class StoredMessageList(BaseModel):
    """A page of messages."""

    object: Literal["list"]
    data: list[StoredMessage]
    first_id: str | None
    last_id: str | None
    has_more: bool


class CompletionDeleted(BaseModel):
    """A completion that is gone."""

    object: Literal["chat.completion.deleted"]
    id: str = Field(examples=[EXAMPLE_ID])
    deleted: Literal[True]


def _answers(model: type[BaseModel], *errors: int) -> dict[int | str, dict[str, Any]]:
    """What FastAPI takes as `responses`."""
    told: dict[int | str, dict[str, Any]] = {200: {"model": model}}
    return told | {status: {"model": ErrorEnvelope, "description": _REASONS[status]} for status in (401, 403, *errors)}


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")


@listing_router.get(
    "/v1/chat/completions",
    operation_id="listChatCompletions",
    summary="List stored chat completions",
    response_model=None,
    responses=_answers(StoredCompletionList, 400, 404),
)
async def list_chat_completions(
    _caller: Reader,
    _model: Annotated[str | None, Query(alias="model", max_length=256, description="Only those that ran on this model.")] = None,
    _metadata: Annotated[
        str | None, Query(alias="metadata[key]", description="Only those with this value under the name in the brackets.")
    ] = None,
    after: After = None,
    limit: Limit = 20,
    order: Order = "asc",
) -> StoredCompletionList:
    """The caller's own chat completions that were made with `store: true`, once they have ended; oldest first."""
    raise NotImplementedError(after, limit, order)


@router.get(
    "/{completion_id}",
    operation_id="getChatCompletion",
    summary="Retrieve a stored chat completion",
    response_model=None,
    responses=_answers(StoredCompletion, 404),
)
async def get_chat_completion(caller: Reader, chats: Chats, completion_id: CompletionId) -> Response:
    """A chat completion that was made with `store: true`, once it has ended."""
    return _json(await chats.get(caller.space, completion_id))


@router.post(
    "/{completion_id}",
    operation_id="updateChatCompletion",
    summary="Change a stored chat completion",
    response_model=None,
    responses=_answers(StoredCompletion, 400, 404, 413),
    openapi_extra=_BODY,
)
async def update_chat_completion(caller: Writer, chats: Chats, completion_id: CompletionId, exchange: TheExchange) -> Response:
    """Replace its metadata; nothing else of it can be changed."""
    metadata = read_update(await exchange.body())
    return _json(await chats.describe(caller.space, completion_id, metadata))


@router.delete(
    "/{completion_id}",
    operation_id="deleteChatCompletion",
    summary="Delete a stored chat completion",
    response_model=None,
    responses=_answers(CompletionDeleted, 404),
)
async def delete_chat_completion(caller: Writer, chats: Chats, completion_id: CompletionId) -> Response:
    """Delete it with all that was asked and said. One that is still being made is cancelled first."""
    await chats.delete(caller.space, completion_id)
    return _json(deleted_json(completion_id))


@router.get(
    "/{completion_id}/messages",
    operation_id="getChatCompletionMessages",
    summary="List the messages of a stored chat completion",
    response_model=None,
    responses=_answers(StoredMessageList, 400, 404),
)
async def list_messages(
    caller: Reader,
    chats: Chats,
    completion_id: CompletionId,
    after: After = None,
    limit: Limit = 20,
    order: Order = "asc",
) -> Response:
    """The messages that it answers, in their order."""
    listing = Listing(limit, after, order == "asc")
    return _json(list_json(await chats.messages(caller.space, completion_id, listing)))
