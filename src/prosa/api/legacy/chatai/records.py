"""C's records: MongoDB's extended JSON, relaxed (contracts: chatai, §1)."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from prosa.answers import Saying, saying
from prosa.conversations import Conversation, Node
from prosa.identity import Caller
from prosa.kit import moments
from prosa.kit.ids import short_form
from prosa.runs import Run, RunState

Record = dict[str, object]

NAMELESS: Final = "Nova conversa"  # what the app hasn't given a title yet
ATTACHED: Final = "[anexo]"  # a message of pictures or files alone: an empty one would make the page fail
# What stands where an answer should; none of it is stored.
PREPARING: Final = "A resposta ainda está sendo preparada e aparecerá aqui assim que ficar pronta."
FAILED: Final = "Desculpe, não consegui responder agora. Envie a mensagem novamente daqui a pouco."
CANCELLED: Final = "A resposta foi interrompida."
_TYPES: Final = {"user": "user", "assistant": "bot"}
_LONGEST_NAME: Final = 50


@dataclass(frozen=True, slots=True)
class Message:
    """Something said, as it is shown; `at` is in seconds since 1970."""

    id: str
    type: str
    content: str
    at: float


def name_of(text: str) -> str:
    """What a talk is called that begins with this text (C56)."""
    return text if len(text) <= _LONGEST_NAME else text[:_LONGEST_NAME] + "..."


def whose(caller: Caller) -> str:
    """The caller's 24 digits; those of a key of the settings are made up, and always the same."""
    if caller.account_id is not None:
        return short_form(caller.account_id)
    return hashlib.blake2b(caller.space.encode(), digest_size=12).hexdigest()


def oid(digits: str) -> Record:
    """An ObjectId."""
    return {"$oid": digits}


def date(seconds: float) -> Record:
    """A date, with milliseconds where there are any."""
    return {"$date": iso(seconds)}


def iso(seconds: float) -> str:
    """A moment in ISO 8601, in UTC with its `Z`."""
    moment = datetime.fromtimestamp(seconds, UTC)
    if not moment.microsecond // 1000:
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def title_of(conversation: Conversation) -> str:
    """What it is called; always a text."""
    return conversation.face.title or NAMELESS


def talk(conversation: Conversation, user_id: str) -> Record:
    """A talk as lists show it."""
    return {
        "_id": oid(short_form(conversation.id)),
        "name": title_of(conversation),
        "user_id": oid(user_id),
        "create_at": date(conversation.created_at),
        "update_at": date(conversation.updated_at),
        "is_deleted": False,
    }


def message(found: Message, talk_id: str, user_id: str) -> Record:
    """A message; a bot's carries the person whom it answers."""
    return {
        "_id": oid(found.id),
        "content": found.content,
        "type": found.type,
        "talk_id": oid(talk_id),
        "user_id": oid(user_id),
        "create_at": date(found.at),
        "update_at": date(found.at),
        "is_deleted": False,
    }


def messages(nodes: Sequence[Node], runs: Mapping[str, Run]) -> list[Message]:
    """What was said along a path, oldest first, none of it empty; with a sentence where a question has no answer.

    `runs` are those of the questions that `unanswered` names.
    """
    shown: list[Message] = []
    waiting = unanswered(nodes)
    latest = 0.0
    for node in nodes:
        found = _shown(node)
        if found is None:
            continue
        latest = max(latest, found.at)  # an answer stands before what was asked meanwhile, and dates must not run back
        shown.append(Message(found.id, found.type, found.content, latest))
        run = runs.get(waiting.get(node.item.id, ""))
        if run is not None:
            at = max(latest, (run.ended_at or 0) / moments.SECOND)
            shown.append(Message(short_form(run.id), "bot", _instead(run), at))
            latest = at
    return shown


def unanswered(nodes: Sequence[Node]) -> dict[str, str]:
    """The questions behind which nobody answers: an item's id to that of its run."""
    found: dict[str, str] = {}
    question: str | None = None
    for node in nodes:
        said = _shown(node)
        if said is None:
            continue
        if said.type == "bot" and question is not None:
            found.pop(question, None)
        question = node.item.id if said.type == "user" else None
        if question is not None and node.item.run_id is not None:
            found[question] = node.item.run_id
    return found


def _shown(node: Node) -> Message | None:
    """The item as a message; None for what isn't one that people see."""
    said: Saying = saying(node.item)
    type = _TYPES.get(said.role)
    text = said.text if said.text.strip() else ATTACHED if type == "user" else ""
    return Message(short_form(node.item.id), type, text, node.item.created_at) if type is not None and text else None


def _instead(run: Run) -> str:
    if run.open:
        return PREPARING
    return CANCELLED if run.state is RunState.CANCELLED else FAILED
