"""`/v1/conversations/{conversation_id}/items`: what was said in a conversation."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response

from prosa.api.openai.conversations import (
    ConversationId,
    Conversations,
    Reader,
    TheExchange,
    Writer,
    answers,
    shown,
)
from prosa.api.openai.conversations_bodies import (
    EXAMPLE_ITEM,
    EXAMPLE_MESSAGE,
    ConversationDocument,
    ItemDocument,
    ItemsDocument,
    body_document,
    items_schema,
    page_json,
    read_new_items,
)
from prosa.api.openai.routing import OpenAIRoute
from prosa.conversations import (
    ConversationService,
    Include,
    Item,
    ItemNotFound,
    ItemQuery,
    Order,
    public_id,
    stored_id,
    view,
)
from prosa.identity import Caller

router = APIRouter(prefix="/v1/conversations/{conversation_id}/items", tags=["Conversations"], route_class=OpenAIRoute)

ItemId = Annotated[str, Path(description="The item's id.", examples=[EXAMPLE_ITEM])]
_ASKED = "What an item shows beside the usual; may be repeated."
Included = Annotated[list[Include] | None, Query(alias="include[]", description=_ASKED)]
AlsoIncluded = Annotated[list[Include] | None, Query(alias="include", description=_ASKED)]


async def included(brackets: Included = None, plain: AlsoIncluded = None) -> frozenset[Include]:
    """What was asked for beside the usual; the official SDKs write `include[]`."""
    return frozenset([*(brackets or ()), *(plain or ())])


Asked = Annotated[frozenset[Include], Depends(included)]


async def page_query(
    limit: Annotated[int, Query(ge=1, le=100, description="How many at most.")] = 20,
    order: Annotated[Order, Query(description="By when they were added: `asc` or `desc`.")] = Order.NEWEST_FIRST,
    after: Annotated[str | None, Query(max_length=100, description="`last_id` of the page before.")] = None,
) -> ItemQuery:
    """The page that was asked for, with one item more, which tells whether there is another."""
    return ItemQuery(limit + 1, None if after is None else stored_id(after), order)


@router.post(
    "",
    operation_id="createConversationItems",
    summary="Create items",
    response_model=None,
    responses=answers(ItemsDocument, 400, 401, 403, 404, 413),
    openapi_extra=body_document({"items": items_schema(1)}, {"items": [EXAMPLE_MESSAGE]}, required=True),
)
async def create_items(
    caller: Writer, conversation_id: ConversationId, conversations: Conversations, exchange: TheExchange, asked: Asked
) -> Response:
    """Add up to 20 items at the conversation's end; they are answered in the order in which they came."""
    id = await conversations.behind(caller.space, conversation_id)
    await conversations.get(caller.space, id)
    added = await conversations.add_items(caller.space, id, read_new_items(await exchange.body()), exchange.object_id)
    return Response(page_json(added, asked, has_more=False), media_type="application/json")


@router.get(
    "",
    operation_id="listConversationItems",
    summary="List items",
    response_model=None,
    responses=answers(ItemsDocument, 400, 401, 403, 404),
)
async def list_items(
    caller: Reader,
    conversation_id: ConversationId,
    conversations: Conversations,
    query: Annotated[ItemQuery, Depends(page_query)],
    asked: Asked,
) -> Response:
    """A page of what was said, newest first where `order` doesn't say otherwise."""
    found = await conversations.items(caller.space, await conversations.behind(caller.space, conversation_id), query)
    page = found[: query.limit - 1]
    return Response(page_json(page, asked, has_more=len(found) > len(page)), media_type="application/json")


@router.get(
    "/{item_id}",
    operation_id="getConversationItem",
    summary="Retrieve an item",
    response_model=None,
    responses=answers(ItemDocument, 400, 401, 403, 404),
)
async def get_item(
    caller: Reader, conversation_id: ConversationId, item_id: ItemId, conversations: Conversations, asked: Asked
) -> Response:
    """One item."""
    item = await _named(conversations, caller, conversation_id, item_id)
    return Response(view(item, asked), media_type="application/json")


@router.delete(
    "/{item_id}",
    operation_id="deleteConversationItem",
    summary="Delete an item",
    response_model=None,
    responses=answers(ConversationDocument, 401, 403, 404, tagged=True),
)
async def delete_item(caller: Writer, conversation_id: ConversationId, item_id: ItemId, conversations: Conversations) -> Response:
    """Delete one item for good; the answer is the conversation."""
    item = await _named(conversations, caller, conversation_id, item_id)
    whole = await conversations.behind(caller.space, conversation_id)
    return shown(await conversations.delete_item(caller.space, whole, item.id))


async def _named(conversations: ConversationService, caller: Caller, conversation_id: str, item_id: str) -> Item:
    """The item with this very id, its prefix and all. Raises ConversationNotFound, ItemNotFound."""
    item = await conversations.item(caller.space, await conversations.behind(caller.space, conversation_id), stored_id(item_id))
    if public_id(item) != item_id:
        raise ItemNotFound
    return item
