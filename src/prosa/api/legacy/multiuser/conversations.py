"""`/session`, `/chat`, `/history/{id}` and `/conversation/{id}`.

To the last two, and to give a conversation its name, the page sends no token: there the cookie counts that signing in has set
(contracts: multiuser, §3). Not one's own, unknown and malformed ids are one and the same 404.
"""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Path, Request, Response

from prosa.answers import AnswerService
from prosa.api.access import needs
from prosa.api.edge import Exchange
from prosa.api.legacy.multiuser.asking import Question, ask, title_from
from prosa.api.legacy.multiuser.bodies import read
from prosa.api.legacy.multiuser.models import (
    AnswerGiven,
    ChatBody,
    Conversation,
    Listed,
    NewSession,
    Renamed,
    TitleBody,
    body_of,
    failures,
)
from prosa.api.legacy.multiuser.settings import MultiuserSettings
from prosa.api.scope import answers_of, conversations_of, exchange_of, identity_of, roll_of, shelf_of
from prosa.conversations import ConversationNotFound, ConversationService, Face, Roll, Shelf, TitleBy
from prosa.identity import Caller, Door, IdentityParts, Permission, Reach
from prosa.kit.ids import uuid_form

EXAMPLE_UUID = "30eec382-1295-43c0-8e99-e8294d5bc73a"
RENAMED = "Título atualizado."
ROLES = {"user": "human", "assistant": "ai"}
router = APIRouter(tags=["Multiuser (M)"])


async def settings_of(request: Request) -> MultiuserSettings:
    """What the dialect was told at start."""
    settings: MultiuserSettings = request.app.state.parts.multiuser
    return settings


Asker = Annotated[Caller, needs(Permission.CALL_MODELS, Door.MULTIUSER)]
Maker = Annotated[Caller, needs(Permission.WRITE_CONVERSATIONS, Door.MULTIUSER)]
Reader = Annotated[Caller, needs(Permission.READ_CONVERSATIONS, Door.MULTIUSER, narrow=True)]
Renamer = Annotated[Caller, needs(Permission.WRITE_CONVERSATIONS, Door.MULTIUSER, narrow=True)]
TheExchange = Annotated[Exchange, Depends(exchange_of)]
TheSettings = Annotated[MultiuserSettings, Depends(settings_of)]
Conversations = Annotated[ConversationService, Depends(conversations_of)]
TheRoll = Annotated[Roll, Depends(roll_of)]
TheShelf = Annotated[Shelf, Depends(shelf_of)]
Identity = Annotated[IdentityParts, Depends(identity_of)]
Answers = Annotated[AnswerService, Depends(answers_of)]
Number = Annotated[str, Path(description="The `user_id` that signing in told.", examples=["7"])]
Name = Annotated[str, Path(description="The `sessionId` of a conversation.", examples=[EXAMPLE_UUID])]


@router.post(
    "/session",
    operation_id="multiuserSession",
    summary="Begin a conversation",
    response_model=NewSession,
    responses=failures(401, 403, 429, 503),
)
async def begin(caller: Maker, exchange: TheExchange, conversations: Conversations, settings: TheSettings) -> Response:
    """An empty conversation. `user_id` in the query counts for nothing: whose it is the token says."""
    made = await conversations.create(caller.space, id=exchange.object_id, face=Face(dialect="multiuser"))
    return _json({"sessionId": uuid_form(made.id), "title": settings.new_title})


@router.post(
    "/chat",
    operation_id="multiuserChat",
    summary="Ask, and wait for the whole answer",
    response_model=AnswerGiven,
    responses=failures(400, 401, 403, 404, 413, 429, 502, 503),
    openapi_extra=body_of(ChatBody),
)
async def chat(
    caller: Asker, exchange: TheExchange, answers: Answers, roll: TheRoll, shelf: TheShelf, settings: TheSettings
) -> Response:
    """The model hears the conversation's earlier turns. Where it fails, nothing of the question is shown afterwards."""
    asked = await read(ChatBody, exchange)
    found = await roll.find(caller.space, asked.conversation_id)
    parent = await roll.standing(caller.space, found.id)
    question = Question(found.id, asked.message, settings.model, parent, exchange.object_id)
    answer = await ask(answers, caller, question)
    if found.title is None and (title := title_from(asked.message)) is not None:
        await _entitle(shelf, caller.space, found.id, title)
    return _json({"answer": answer})


@router.get(
    "/history/{person_number}",
    operation_id="multiuserHistory",
    summary="One's conversations",
    response_model=list[Listed],
    responses=failures(401, 403, 404, 429, 503),
)
async def history(caller: Reader, person_number: Number, identity: Identity, roll: TheRoll, settings: TheSettings) -> Response:
    """Oldest first, all of them. The number has to be one's own."""
    if caller.account_id is None:
        raise ConversationNotFound
    account = await identity.accounts.get(Reach(caller.account_id), caller.account_id)
    if person_number != str(account.number):
        raise ConversationNotFound
    return _json([{"id": each.name, "title": each.title or settings.new_title} for each in await roll.listed(caller.space)])


@router.get(
    "/conversation/{conversation_uuid}",
    operation_id="multiuserConversation",
    summary="What was said in a conversation",
    response_model=Conversation,
    responses=failures(401, 403, 404, 429, 503),
)
async def conversation(caller: Reader, conversation_uuid: Name, roll: TheRoll) -> Response:
    """Oldest first, all of it; a question without an answer is left out."""
    found = await roll.find(caller.space, conversation_uuid)
    said = [{"role": ROLES[turn.role], "content": turn.text} for turn in await roll.turns(caller.space, found.id)]
    return _json({"sessionId": found.name, "history": said})


@router.put(
    "/conversation/{conversation_uuid}",
    operation_id="multiuserRename",
    summary="Give a conversation a title",
    response_model=Renamed,
    responses=failures(401, 403, 404, 413, 429, 503),
    openapi_extra=body_of(TitleBody),
)
async def rename(
    caller: Renamer, conversation_uuid: Name, exchange: TheExchange, roll: TheRoll, shelf: TheShelf, settings: TheSettings
) -> Response:
    """It keeps the title from then on."""
    wish = await read(TitleBody, exchange)
    found = await roll.find(caller.space, conversation_uuid)
    await shelf.entitle(caller.space, found.id, wish.title, TitleBy.PERSON)
    title = (await roll.find(caller.space, found.name)).title
    return _json({"message": RENAMED, "title": title or settings.new_title})


async def _entitle(shelf: Shelf, space: str, id: str, title: str) -> None:
    """The first words become the title, unless it got one meanwhile; the answer is told whatever becomes of that."""
    try:
        await shelf.entitle(space, id, title, TitleBy.MODEL)  # which takes the place of no title that a person gave
    except ConversationNotFound:
        return


def _json(document: object) -> Response:
    return Response(msgspec.json.encode(document), media_type="application/json")
