"""`/api/v1/conversations`: a person's conversations of every dialect, in order."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from prosa.api.app.conversation_models import (
    Conversation,
    ConversationBatch,
    ConversationEdit,
    ConversationsChanged,
    Dialect,
    NewConversation,
    Tag,
    changes_of,
    face_of,
)
from prosa.api.app.conversations_desk import Reader, TheDesk, Writer, stored
from prosa.api.app.documents import problems
from prosa.api.app.paths import ConversationId
from prosa.api.app.routing import AppRoute
from prosa.api.app.shapes import TAGGED, Body, Cursor, IfMatch, Limit, ListOf, bare
from prosa.api.app.surroundings import TheExchange
from prosa.conversations import CONVERSATION, FOLDER, Batch, ShelfQuery
from prosa.identity import Caller

router = APIRouter(prefix="/api/v1/conversations", tags=["Conversations"], route_class=AppRoute)

UNFILED = "none"


class ConversationQuery(Body):
    """Which conversations, and how many of them."""

    folder: Annotated[str, Field(max_length=100, description=f"Only in this folder; `{UNFILED}`: in no folder.")] | None = None
    tag: Annotated[Tag, Field(description="Only with this tag, in any writing.")] | None = None
    pinned: Annotated[bool, Field(description="Only pinned ones, or only others.")] | None = None
    archived: Annotated[bool, Field(description="The archive instead of what isn't in it.")] = False
    dialect: Annotated[Dialect, Field(description="Only those that were made there.")] | None = None
    limit: Limit = 50
    cursor: Cursor = None


@router.get("", operation_id="listMyConversations", responses=problems(401, 403))
async def list_conversations(caller: Reader, query: Annotated[ConversationQuery, Query()], desk: TheDesk) -> ListOf[Conversation]:
    """One's own conversations of every dialect, the latest activity first. What is in the trash isn't among them."""
    scope = (query.folder, query.tag, str(query.pinned), str(query.archived), query.dialect)
    cursors = desk.cursors(caller, "conversations", *scope)
    asked = ShelfQuery(
        limit=query.limit,
        after=cursors.moment(query.cursor),
        folder=_folder(query.folder),
        tag=query.tag,
        pinned=query.pinned,
        archived=query.archived,
        dialect=query.dialect,
    )
    page = await desk.shelf.list(caller.space, asked)
    return ListOf(data=await desk.all_shown(caller, page.items), next_cursor=cursors.give(page.next))


@router.post("", operation_id="createMyConversation", status_code=201, responses=problems(401, 403, 404, 413))
async def create_conversation(
    caller: Writer, body: NewConversation, desk: TheDesk, exchange: TheExchange, response: Response
) -> Conversation:
    """Begin a conversation. What is said in it is asked by `POST …/answers`."""
    folder_id = None
    await desk.assisting.check(caller, body.settings)
    if body.folder_id is not None:
        folder_id = (await desk.shelf.folders.get(caller.space, bare(body.folder_id, FOLDER), "folder_id")).id
    made = await desk.conversations.create(caller.space, id=exchange.object_id, face=face_of(body, folder_id))
    response.headers["location"] = f"{router.prefix}/{CONVERSATION}{made.id}"
    return await desk.shown(caller, made.id, response)


@router.post("/batch", operation_id="changeMyConversations", responses=problems(401, 403, 404, 413))
async def change_conversations(caller: Writer, body: ConversationBatch, desk: TheDesk) -> ConversationsChanged:
    """Do one thing to as many as a hundred conversations, at once: to all that are there, or where that can't be, to none."""
    given = {id: stored(id) for id in body.ids}
    ids = [id for id in given.values() if id]
    folder_id = None if body.folder_id is None else bare(body.folder_id, FOLDER)
    done = await desk.shelf.batch(caller.space, Batch(ids, body.action, folder_id, body.tag), desk.engine.cancel)
    return ConversationsChanged(
        data=await desk.all_shown(caller, done.items),
        not_found=[id for id, bare_id in given.items() if not bare_id or bare_id in done.missing],
    )


@router.get("/{conversation_id}", operation_id="getMyConversation", responses=TAGGED | problems(401, 403, 404))
async def get_conversation(caller: Reader, conversation_id: ConversationId, desk: TheDesk, response: Response) -> Conversation:
    """One of one's conversations. What is said in it has lists of its own."""
    return await desk.shown(caller, stored(conversation_id), response)


@router.patch(
    "/{conversation_id}", operation_id="changeMyConversation", responses=TAGGED | problems(401, 403, 404, 409, 412, 413, 428)
)
async def change_conversation(
    caller: Writer,
    conversation_id: ConversationId,
    body: ConversationEdit,
    desk: TheDesk,
    response: Response,
    if_match: IfMatch = None,
) -> Conversation:
    """Change title, model, settings, folder, tags, pin or archive.

    Two tabs may do so at the same moment, so `If-Match` is asked for.
    """
    id = stored(conversation_id)
    version = await _version(desk, caller, id, if_match)
    if body.settings is not None:
        await desk.assisting.check(caller, body.settings, await desk.conversations.get(caller.space, id))
    return await desk.tagged(caller, await desk.shelf.change(caller.space, id, changes_of(body), version), response)


@router.delete("/{conversation_id}", operation_id="deleteMyConversation", status_code=204, responses=problems(401, 403, 404, 412))
async def delete_conversation(caller: Writer, conversation_id: ConversationId, desk: TheDesk, if_match: IfMatch = None) -> None:
    """Put it into the trash. An answer that is being given in it ends."""
    await _version(desk, caller, stored(conversation_id), "*" if if_match is None else if_match)
    await desk.shelf.to_trash(caller.space, stored(conversation_id), desk.engine.cancel)


async def _version(desk: TheDesk, caller: Caller, id: str, if_match: str | None) -> int | None:
    """The version that a change has to find; None for any. Raises ConversationNotFound, EditConflict, PreconditionRequired."""
    tags, before = desk.tags(caller), (await desk.shelf.get(caller.space, id)).conversation
    tags.demand(if_match, id, before.version)
    return tags.version(if_match, before.version)


def _folder(named: str | None) -> str | None:
    """A folder as the shelf is asked for it; "-", which nothing has, for what can't be one."""
    return None if named is None else "" if named == UNFILED else bare(named, FOLDER) or "-"
