"""What C's clients send to talk (contracts: chatai, §2); the texts of the errors are the original's."""

from dataclasses import dataclass
from typing import Final

from prosa.api.edge import Exchange
from prosa.api.legacy.chatai.bodies import read_document
from prosa.drivers.sql import storable
from prosa.kit.errors import BadRequest

MOST_CHARACTERS: Final = 100_000  # its page stops at 4,000
TOO_LONG: Final = f"A mensagem é longa demais: no máximo {MOST_CHARACTERS} caracteres."


@dataclass(frozen=True, slots=True)
class Said:
    """A message for a talk."""

    talk_id: str
    content: str


@dataclass(frozen=True, slots=True)
class Naming:
    """Another name for a talk."""

    talk_id: str
    name: str


async def read_first(exchange: Exchange) -> str:
    """The message with which a talk begins. Raises BadRequest, NotJson."""
    return text_of((await _body(exchange)).get("message"), "message", "Message is required")


async def read_message(exchange: Exchange) -> Said:
    """A message for a talk: a person's, for nobody writes the bot's words. Raises BadRequest, NotJson."""
    body = await _body(exchange)
    talk_id = _required(body, "talk_id")
    content = text_of(body.get("content"), "content", "content is required")
    if body.get("type", "user") != "user":
        raise BadRequest("type must be user", param="type")
    return Said(talk_id, content)


async def read_naming(exchange: Exchange) -> Naming:
    """A talk and its new name. Raises BadRequest, NotJson."""
    body = await _body(exchange)
    return Naming(_required(body, "talk_id"), _required(body, "name"))


async def read_question(exchange: Exchange) -> str:
    """The text that is to be answered without a talk; what else the body names belongs to the browser. Raises as above."""
    return text_of((await _body(exchange)).get("message"), "message", "Message is required")


def text_of(found: object, param: str, missing: str) -> str:
    """A text with something in it. Raises BadRequest."""
    if not isinstance(found, str) or not found.strip():
        raise BadRequest(missing, param=param)
    if len(found) > MOST_CHARACTERS:
        raise BadRequest(TOO_LONG, param=param)
    return storable(found)


async def _body(exchange: Exchange) -> dict[str, object]:
    document = await read_document(exchange)
    if not document:
        raise BadRequest("Request body is required")
    return document


def _required(body: dict[str, object], name: str) -> str:
    found = body.get(name)
    if not isinstance(found, str) or not found.strip():
        raise BadRequest(f"{name} is required", param=name)
    return found
