"""In what a question is asked: the conversation's settings, and the assistant that answers it."""

from typing import Final

from prosa.answers import Ground, Resources
from prosa.api.app.answer_models import AnswerWish, Setting, TemporaryWish
from prosa.api.app.assistants_models import changes_of
from prosa.api.app.conversation_models import settings_of
from prosa.api.app.conversations_desk import Desk
from prosa.assistants import Assistant
from prosa.conversations import CONVERSATION, Conversation, stored_id
from prosa.identity import Caller

_APPROVAL: Final = "mcp_approval_response"


async def in_conversation(desk: Desk, caller: Caller, conversation: Conversation, body: AnswerWish) -> Setting:
    """A question in a conversation. Raises AssistantUnavailable, ItemNotFound."""
    named = body.assistant
    if "assistant" not in body.model_fields_set:
        named = await _of_place(desk, caller.space, conversation, body)
    return Setting(
        Ground(conversation.id, Resources.of(conversation.face.tool_resources), offered=desk.answers.offered),
        settings=settings_of(conversation),
        model=conversation.face.model,
        beside={"conversation": CONVERSATION + conversation.id, "store": not body.temporary},
        assistant=await _asked(desk, caller, named),
    )


async def in_no_conversation(desk: Desk, caller: Caller, body: TemporaryWish) -> Setting:
    """A question of which nothing stays. Raises AssistantUnavailable, AssistantNotYours, and what a change raises."""
    ground = Ground("", Resources(), offered=desk.answers.offered)
    if body.assistant is not None and body.draft is not None:
        asked: Assistant | None = await desk.assisting.tried(caller, body.assistant, changes_of(body.draft))
    else:
        asked = await _asked(desk, caller, body.assistant)
    return Setting(ground, beside={"store": False}, assistant=asked)


async def _asked(desk: Desk, caller: Caller, named: str | None) -> Assistant | None:
    return None if named is None else await desk.assisting.usable(caller, named)


async def _of_place(desk: Desk, space: str, conversation: Conversation, body: AnswerWish) -> str | None:
    """Who answers where the question doesn't say: whoever answered where something is answered once more, edited, gone on with or
    approved; else whoever answers in the conversation. Raises ItemNotFound."""
    item = body.regenerates or body.edits
    if item is None and (body.input is None or _approves(body)):
        item = body.after or conversation.head_id
    if item is not None:
        id = item if item == conversation.head_id else stored_id(item)
        run_id = (await desk.nodes.get(space, conversation.id, id)).node.item.run_id
        found = {} if run_id is None else await desk.assisting.speakers.by_ids(space, [run_id])
        if run_id in found:
            return None if (speaker := found[run_id]) is None else speaker.assistant_id
    return await desk.assisting.named(conversation)


def _approves(body: AnswerWish) -> bool:
    """Whether it is no question, but the answer to one of a tool's."""
    said = body.input
    return isinstance(said, list) and bool(said) and all(each.get("type") == _APPROVAL for each in said)
