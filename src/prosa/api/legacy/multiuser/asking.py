"""One question of M's page: asked in its conversation, answered in full or not at all (contracts: multiuser, §1 `/chat`)."""

from dataclasses import dataclass
from typing import Final

import msgspec

from prosa.answers import AnswerService, CreateOptions, ResponseRequest
from prosa.api.legacy.multiuser.errors import AnswerFailed, ModelMissing
from prosa.conversations import CONVERSATION, Parent
from prosa.gateway import ModelNotFound, NoProvider
from prosa.identity import Caller, Door

# The original put such a line before every call, in these people's language.
INSTRUCTIONS: Final = "Você é um assistente prestativo. Responda de forma clara e direta."
_TITLE_WORDS: Final = 3


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. `parent`: what it is said behind; `run_id`: of a request that may come again."""

    conversation_id: str
    text: str
    model: str | None
    parent: Parent
    run_id: str | None = None


class _Part(msgspec.Struct):
    text: str = ""
    refusal: str = ""


class _Item(msgspec.Struct):
    type: str = ""
    content: list[_Part] = []


class _Failure(msgspec.Struct):
    code: str | None = None


class _Response(msgspec.Struct):
    status: str
    output: list[_Item] = []
    error: _Failure | None = None


_response: Final = msgspec.json.Decoder(_Response).decode


async def ask(answers: AnswerService, caller: Caller, question: Question) -> str:
    """The answer's text, once all of it is there; it comes to be also if the caller doesn't wait for it.

    Raises AnswerFailed, ModelMissing, and what `AnswerService.create` raises.
    """
    said = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": question.text}]}
    request = ResponseRequest(
        model=question.model,
        input=[msgspec.Raw(msgspec.json.encode(said))],
        instructions=INSTRUCTIONS,
        conversation=CONVERSATION + question.conversation_id,
        truncation="auto",
        store=True,
    )
    try:
        options = CreateOptions(id=question.run_id, parent=question.parent, remembers=True, dialect=Door.MULTIUSER)
        given = await answers.create(caller, request, options)
    except (ModelNotFound, NoProvider) as error:
        raise ModelMissing from error
    return told(await given.response())


def told(response: bytes) -> str:
    """What a response says. Raises AnswerFailed where it says nothing, or failed on its way."""
    found = _response(response)
    said = "".join(part.text or part.refusal for item in found.output if item.type == "message" for part in item.content)
    if found.status not in ("completed", "incomplete") or not said:
        raise AnswerFailed((found.error and found.error.code) or found.status)
    return said


def title_from(text: str) -> str | None:
    """What a conversation is called after its first question: its first three words (mission, decision 15)."""
    words = text.split()
    return " ".join(words[:_TITLE_WORDS]) + "..." if words else None
