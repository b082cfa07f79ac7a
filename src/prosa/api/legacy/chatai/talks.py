"""`/api/talk-user`, `/api/talk`, `/api/messages-by-talk` and `/api/message`.

Not one's own, unknown, deleted and malformed ids are one and the same 404.
"""

from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Query, Response

from prosa.api.legacy.chatai.asking import Talkers, ask, begin, shown
from prosa.api.legacy.chatai.errors import TalkNotFound
from prosa.api.legacy.chatai.models import body_of, failures
from prosa.api.legacy.chatai.records import Record, iso, message, talk, title_of, whose
from prosa.api.legacy.chatai.scope import Asker, Parts, Reader, TheExchange, TheShelf, Writer, pace
from prosa.api.legacy.chatai.shapes import (
    FirstBody,
    MessageBody,
    MessageRecord,
    Messages,
    NameBody,
    NewTalk,
    Renamed,
    TalkRecord,
    Told,
)
from prosa.api.legacy.chatai.wishes import read_first, read_message, read_naming
from prosa.api.presence import ClientPresent
from prosa.conversations import Conversation, ConversationNotFound, ShelfChanges
from prosa.identity import Caller
from prosa.kit.errors import BadRequest, NotFound
from prosa.kit.ids import short_form

DIALECT: Final = "chatai"
_DELETED: Final = "Talk and its messages deleted successfully"
_UPDATED: Final = "Talk updated successfully"
_GONE: Final = 499  # nobody reads it: the client has left
TalkId = Annotated[
    str | None, Query(alias="talk_id", description="24 hexadecimal digits.", examples=["6750b1a1f4e2d3a4b5c6d7e8"])
]

router = APIRouter(tags=["ChatAI (C)"])


@router.get(
    "/api/talk-user",
    operation_id="chataiTalks",
    summary="One's talks",
    response_model=list[TalkRecord],
    responses=failures(401, 403, 429, 503),
)
async def list_talks(caller: Reader, exchange: TheExchange, parts: Parts) -> Response:
    """All of them, the latest activity first; deleted ones aren't listed."""
    pace(exchange, caller, parts.settings)
    return _json([talk(each, whose(caller)) for each in await parts.talks.list(caller.space)])


@router.post(
    "/api/talk",
    operation_id="chataiNewTalk",
    summary="Begin a talk",
    status_code=201,
    response_model=NewTalk,
    responses=failures(400, 401, 403, 413, 415, 429, 503),
    openapi_extra=body_of(FirstBody),
)
async def begin_talk(caller: Asker, exchange: TheExchange, parts: Parts) -> Response:
    """A first message, and the answer to it, or a sentence in its place where that takes longer or fails (`n8n_status`).

    The talk is called by the first 50 characters. Who sends the same again while it is being answered gets the same talk.
    """
    pace(exchange, caller, parts.settings)
    text = await read_first(exchange)
    with ClientPresent(exchange):
        try:
            placed, status = await begin(parts, caller, text)
        except NotFound as error:  # deleted meanwhile
            raise TalkNotFound from error
        begun = {"talk_id": short_form(placed.id), "name": title_of(placed), "created_at": iso(placed.created_at)}
        answer = {"talk": begun, "messages": await _messages(parts, caller, placed.id), "n8n_status": status}
        return _json(answer, 201)
    return Response(status_code=_GONE)


@router.put(
    "/api/talk",
    operation_id="chataiRenameTalk",
    summary="Rename a talk",
    response_model=Renamed,
    responses=failures(400, 401, 403, 404, 413, 415, 429, 503),
    openapi_extra=body_of(NameBody),
)
async def rename_talk(caller: Writer, exchange: TheExchange, parts: Parts, shelf: TheShelf) -> Response:
    """Give it another name, which no automatic title replaces. Its `update_at` moves, also where the name stays the same."""
    pace(exchange, caller, parts.settings)
    wish = await read_naming(exchange)
    found = await _found(parts, caller, wish.talk_id)
    try:
        await shelf.change(caller.space, found.id, ShelfChanges(title=wish.name))
        await parts.conversations.add_items(caller.space, found.id, ())  # nothing but that something was done with it
        found = await parts.conversations.get(caller.space, found.id)
    except ConversationNotFound as error:
        raise TalkNotFound from error
    renamed = {"talk_id": short_form(found.id), "name": title_of(found), "updated_at": iso(found.updated_at)}
    return _json({"message": _UPDATED, "talk": renamed})


@router.delete(
    "/api/talk",
    operation_id="chataiDeleteTalk",
    summary="Delete a talk",
    response_model=Told,
    responses=failures(400, 401, 403, 404, 422, 429, 503),
)
async def delete_talk(caller: Writer, exchange: TheExchange, parts: Parts, shelf: TheShelf, talk_id: TalkId = None) -> Response:
    """Put it into the trash with its messages: no route of this dialect shows it any more, and the app can restore it."""
    pace(exchange, caller, parts.settings)
    found = await _found(parts, caller, _named(talk_id))
    try:
        await shelf.to_trash(caller.space, found.id, parts.engine.cancel)
    except ConversationNotFound as error:
        raise TalkNotFound from error
    return _json({"message": _DELETED})


@router.get(
    "/api/messages-by-talk",
    operation_id="chataiMessages",
    summary="What was said in a talk",
    response_model=list[MessageRecord],
    responses=failures(400, 401, 403, 404, 422, 429, 503),
)
async def list_messages(caller: Reader, exchange: TheExchange, parts: Parts, talk_id: TalkId = None) -> Response:
    """Oldest first, none of them empty: where an answer is still being given, or has failed, a sentence says so."""
    pace(exchange, caller, parts.settings)
    found = await _found(parts, caller, _named(talk_id))
    return _json(await _messages(parts, caller, found.id))


@router.post(
    "/api/message",
    operation_id="chataiSay",
    summary="Say something in a talk",
    status_code=201,
    response_model=Messages,
    responses=failures(400, 401, 403, 404, 413, 415, 429, 503),
    openapi_extra=body_of(MessageBody),
)
async def say(caller: Asker, exchange: TheExchange, parts: Parts) -> Response:
    """A message, and all messages of the talk with the answer to it; otherwise as where a talk begins."""
    pace(exchange, caller, parts.settings)
    said = await read_message(exchange)
    found = await _found(parts, caller, said.talk_id)
    with ClientPresent(exchange):
        status = await _asked(parts, caller, found.id, said.content)
        return _json({"messages": await _messages(parts, caller, found.id), "n8n_status": status}, 201)
    return Response(status_code=_GONE)


async def _found(parts: Talkers, caller: Caller, talk_id: str) -> Conversation:
    try:
        return await parts.talks.find(caller.space, talk_id)
    except ConversationNotFound as error:
        raise TalkNotFound from error


async def _asked(parts: Talkers, caller: Caller, conversation_id: str, text: str) -> str:
    try:
        return await ask(parts, caller, conversation_id, text)
    except NotFound as error:  # deleted meanwhile
        raise TalkNotFound from error


async def _messages(parts: Talkers, caller: Caller, conversation_id: str) -> list[Record]:
    try:
        found = await shown(parts, caller.space, conversation_id)
    except ConversationNotFound as error:
        raise TalkNotFound from error
    return [message(each, short_form(conversation_id), whose(caller)) for each in found]


def _named(talk_id: str | None) -> str:
    if not talk_id:
        raise BadRequest("talk_id is required as query parameter", param="talk_id")
    return talk_id


def _json(document: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(document), status, media_type="application/json")
