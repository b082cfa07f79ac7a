"""`/api/v1/conversations/{conversation_id}/items`: what is said in a conversation, along the chosen path and in every branch."""

from collections.abc import Collection
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from prosa.api.app.conversation_item_models import (
    ItemDocument,
    ItemsDocument,
    NewItems,
    NewVersion,
    item_json,
    items_of,
    page_json,
    version_of,
)
from prosa.api.app.conversation_models import Conversation
from prosa.api.app.conversations_desk import JSON, Reader, Responses, TheDesk, Writer, stored
from prosa.api.app.cursors import Cursors
from prosa.api.app.documents import problems
from prosa.api.app.errors import UnknownCursor
from prosa.api.app.paths import ConversationId, ItemId
from prosa.api.app.routing import AppRoute
from prosa.api.app.shapes import TAGGED, Body, Cursor, IfMatch, Limit
from prosa.api.app.surroundings import TheExchange
from prosa.conversations import HEAD, Include, ItemNotFound, PathQuery, Stretch, stored_id

router = APIRouter(prefix="/api/v1/conversations/{conversation_id}", tags=["Conversations"], route_class=AppRoute)

Included = Annotated[list[Include] | None, Query(description="What an item shows beside the usual; may be repeated.")]
PAGE: Responses = {200: {"model": ItemsDocument}}
ADDED: Responses = {201: {"model": ItemsDocument}}
ONE: Responses = {200: {"model": ItemDocument}}
VERSION: Responses = {201: {"model": ItemDocument}}


class ItemsQuery(Body):
    """Which items, and how many of them."""

    leaf: Annotated[str, Field(max_length=100, description="The path that ends at this item, not the chosen one.")] | None = None
    include: list[Include] = Field(default_factory=list, max_length=16, description="What an item shows beside the usual.")
    several: list[Include] = Field(default_factory=list, max_length=16, alias="include[]", description="The same, for several.")
    limit: Limit = 50
    cursor: Cursor = None


@router.get("/items", operation_id="listMyItems", response_model=None, responses=PAGE | problems(401, 403, 404))
async def list_items(
    caller: Reader, conversation_id: ConversationId, query: Annotated[ItemsQuery, Query()], desk: TheDesk
) -> Response:
    """What is said along the chosen path, newest first; a page is shorter where its items are large."""
    id = stored(conversation_id)
    cursors = desk.cursors(caller, "items", id, query.leaf)
    leaf = None if query.leaf is None else stored_id(query.leaf)
    try:
        found = await desk.nodes.path(caller.space, id, PathQuery(query.limit, _after(cursors, query.cursor), leaf))
    except ItemNotFound:
        if query.cursor is not None:
            raise UnknownCursor from None  # what the page before ended with was deleted meanwhile
        raise
    return _page(found, cursors, [*query.include, *query.several])


@router.get("/tree", operation_id="listMyTree", response_model=None, responses=PAGE | problems(401, 403, 404))
async def list_tree(
    caller: Reader,
    conversation_id: ConversationId,
    desk: TheDesk,
    include: Included = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """All that is said in every branch, in the order in which it came; `parent_id` tells what follows what."""
    id = stored(conversation_id)
    cursors = desk.cursors(caller, "tree", id)
    try:
        found = await desk.nodes.tree(caller.space, id, _after(cursors, cursor), limit)
    except ItemNotFound:
        raise UnknownCursor from None
    return _page(found, cursors, include or ())


@router.post(
    "/items",
    operation_id="addMyItems",
    status_code=201,
    response_model=None,
    responses=ADDED | problems(401, 403, 404, 413),
)
async def add_items(
    caller: Writer, conversation_id: ConversationId, body: NewItems, desk: TheDesk, exchange: TheExchange
) -> Response:
    """Add up to 20 items, one after the other, without asking a model; they are answered in the order in which they came."""
    id = stored(conversation_id)
    await desk.conversations.get(caller.space, id)
    parent = HEAD if body.after is None else stored_id(body.after)
    added = await desk.conversations.add_items(caller.space, id, items_of(body), exchange.object_id, parent)
    placed = await desk.nodes.placed(caller.space, id, [item.id for item in added])
    return Response(page_json(placed, None), 201, media_type=JSON)


@router.get("/items/{item_id}", operation_id="getMyItem", response_model=None, responses=ONE | problems(401, 403, 404))
async def get_item(
    caller: Reader, conversation_id: ConversationId, item_id: ItemId, desk: TheDesk, include: Included = None
) -> Response:
    """One item, in whichever branch."""
    found = await desk.nodes.get(caller.space, stored(conversation_id), stored_id(item_id))
    return Response(item_json(found, include or ()), media_type=JSON)


@router.post(
    "/items/{item_id}/versions",
    operation_id="editMyItem",
    status_code=201,
    response_model=None,
    responses=VERSION | problems(401, 403, 404, 413),
)
async def edit_item(
    caller: Writer,
    conversation_id: ConversationId,
    item_id: ItemId,
    body: NewVersion,
    desk: TheDesk,
    exchange: TheExchange,
) -> Response:
    """Say something else in a message's place, which stays as it is in a branch of its own; the chosen path goes on here."""
    id = stored(conversation_id)
    before = (await desk.nodes.get(caller.space, id, stored_id(item_id))).node
    version = version_of(before.item, body)
    [added] = await desk.conversations.add_items(caller.space, id, [version], exchange.object_id, before.parent_id)
    return Response(item_json(await desk.nodes.get(caller.space, id, added.id)), 201, media_type=JSON)


@router.put("/items/{item_id}/choice", operation_id="chooseMyItem", responses=TAGGED | problems(401, 403, 404, 412))
async def choose_item(
    caller: Writer,
    conversation_id: ConversationId,
    item_id: ItemId,
    desk: TheDesk,
    response: Response,
    if_match: IfMatch = None,
) -> Conversation:
    """Let the chosen path go through an item, and from there along what was said last."""
    tags, id = desk.tags(caller), stored(conversation_id)
    before = await desk.conversations.get(caller.space, id)
    tags.check(if_match, id, before.version)
    await desk.conversations.paths.choose(caller.space, id, stored_id(item_id), tags.version(if_match, before.version))
    return await desk.shown(caller, id, response)


@router.delete("/items/{item_id}", operation_id="deleteMyBranch", responses=TAGGED | problems(401, 403, 404, 409))
async def delete_branch(
    caller: Writer, conversation_id: ConversationId, item_id: ItemId, desk: TheDesk, response: Response
) -> Conversation:
    """Delete an item for good with all that follows it in every branch.

    The chosen path goes on with the version that is left, or ends there.
    """
    id = stored(conversation_id)
    await desk.conversations.paths.delete_branch(caller.space, id, stored_id(item_id), desk.engine.delete)
    return await desk.shown(caller, id, response)


def _after(cursors: Cursors, cursor: str | None) -> str | None:
    position = cursors.moment(cursor)
    return None if position is None else position[1]


def _page(found: Stretch, cursors: Cursors, include: Collection[str]) -> Response:
    further = (0, found.items[-1].node.item.id) if found.more and found.items else None
    return Response(page_json(found.items, cursors.give(further), include), media_type=JSON)
