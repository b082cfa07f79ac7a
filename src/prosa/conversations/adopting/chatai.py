"""C's collections `talk` and `message` (contracts: chatai, section 6)."""

from collections.abc import Mapping
from enum import Enum
from typing import Final

from prosa.conversations.adopting.models import Talk, Unreadable, Word
from prosa.drivers.foreign import moment_of, object_id, plain_id, text_of
from prosa.kit import moments

Fields = Mapping[str, object]
_ROLES: Final = {"user": "user", "bot": "assistant"}
_SECONDS: Final = 8  # digits of an ObjectId that tell when it was made


class Sort(Enum):
    """Which collection a document is of, by what it holds: files come under whatever names."""

    USER = "user"
    TALK = "talk"
    MESSAGE = "message"


def sort_of(fields: Fields) -> Sort | None:
    """The collection of a document; None for one of another."""
    if "talk_id" in fields:
        return Sort.MESSAGE
    if "email" in fields or "password" in fields:
        return Sort.USER
    return Sort.TALK if "user_id" in fields else None


def read_talk(fields: Fields) -> Talk:
    """A document of `talk`. Raises Unreadable."""
    key = plain_id(fields.get("_id"))
    if key is None:
        raise Unreadable("it has no _id")
    created = _moment(fields.get("create_at"), fields)
    return Talk(
        key=key,
        owner=plain_id(fields.get("user_id")),
        title=text_of(fields.get("name")) or None,
        created_at=created,
        updated_at=moment_of(fields.get("update_at")) or created,
        deleted=fields.get("is_deleted") is True,
    )


def read_word(fields: Fields) -> Word:
    """A document of `message`. Raises Unreadable."""
    key, talk = plain_id(fields.get("_id")), plain_id(fields.get("talk_id"))
    if key is None:
        raise Unreadable("it has no _id")
    content = fields.get("content")
    if content is not None and not isinstance(content, str):
        raise Unreadable("its content is no text")
    role = _ROLES.get(str(fields.get("type")))
    if role is None:
        raise Unreadable("its type is neither user nor bot")
    said = _moment(fields.get("create_at"), fields)
    return Word(
        key=key,
        talk=talk or "",
        author=plain_id(fields.get("user_id")),
        role=role,
        text=content or "",
        said_at=said,
        updated_at=moment_of(fields.get("update_at")) or said,
        deleted=fields.get("is_deleted") is True,
    )


def _moment(value: object, fields: Fields) -> int | None:
    """The date that is told, else the one in the document's own id."""
    found = moment_of(value)
    digits = object_id(fields.get("_id"))
    if found is not None or digits is None:
        return found
    return int(digits[:_SECONDS], 16) * moments.SECOND
