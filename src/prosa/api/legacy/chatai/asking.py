"""A message of C's: said in its talk, and answered in time or later (contracts: chatai, §2, §3; C58).

The original stored a sentence where its model failed. Here the question's run tells it: the sentence is shown in every list,
but the model never hears it as its own words, and an answer that comes late takes its place. Only where nothing could even be
begun, so that no run tells it, is the sentence stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from prosa.answers import AnswerService, Fate, Question, Talking
from prosa.api.legacy.chatai.records import FAILED, Message, messages, name_of, unanswered
from prosa.api.legacy.chatai.settings import ChataiSettings
from prosa.conversations import Conversation, ConversationService, Face, Talks, TitleBy
from prosa.gateway import ModelNotFound, NoProvider, ProviderFault
from prosa.identity import Caller
from prosa.kit.errors import ProsaError
from prosa.runs import Engine, RunNotFound

DIALECT: Final = "chatai"
SUCCESS: Final = "success"
ERROR: Final = "error"


@dataclass(frozen=True, slots=True)
class Talkers:
    """What the dialect talks with."""

    talking: Talking
    talks: Talks
    conversations: ConversationService
    engine: Engine
    answers: AnswerService
    settings: ChataiSettings

    def question(self, text: str) -> Question:
        """A person's text as a question."""
        return Question(text, self.settings.model, self.settings.answer_seconds)


async def begin(parts: Talkers, caller: Caller, text: str) -> tuple[Conversation, str]:
    """Begin a talk, or join it where it is being begun; otherwise as `ask`. Where nothing can be asked there is no talk."""
    face = Face(title=name_of(text), title_by=TitleBy.DIALECT, dialect=DIALECT)
    placed = await parts.talking.place(caller.space, parts.question(text), face)
    try:
        return placed, await ask(parts, caller, placed.id, text)
    except ProsaError:
        await parts.talking.discard(caller.space, placed.id)
        raise


async def ask(parts: Talkers, caller: Caller, conversation_id: str, text: str) -> str:
    """Say something in a talk and wait: whether the model has answered, as `n8n_status` tells it.

    Raises ConversationNotFound, TooManyWaiting, TooManyRuns, DatabaseUnavailable.
    """
    try:
        reply = await parts.talking.ask(caller, conversation_id, parts.question(text))
    except (ModelNotFound, NoProvider, ProviderFault):
        await parts.conversations.add_items(caller.space, conversation_id, unanswerable(text))
        return ERROR
    return SUCCESS if reply.fate is Fate.ANSWERED else ERROR


def unanswerable(text: str) -> Sequence[bytes]:
    """What a question leaves that no model could even be asked."""
    return (
        _item("user", {"type": "input_text", "text": text}),
        _item("assistant", {"type": "output_text", "text": FAILED, "annotations": []}),
    )


async def shown(parts: Talkers, space: str, conversation_id: str) -> list[Message]:
    """All messages of a talk, oldest first. Raises ConversationNotFound."""
    nodes = await parts.talks.said(space, conversation_id)
    runs = {}
    for run_id in unanswered(nodes).values():
        try:
            runs[run_id] = await parts.engine.get(space, run_id)
        except RunNotFound:
            continue  # deleted, and with it what it could have told
    if any(not run.open and run.result is not None for run in runs.values()):
        # One may have ended between the two looks: then its answer is there by now.
        nodes = await parts.talks.said(space, conversation_id)
    return messages(nodes, runs)


def _item(role: str, part: dict[str, object]) -> bytes:
    return msgspec.json.encode({"type": "message", "role": role, "content": [part]})
