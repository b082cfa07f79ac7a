"""M's tables `conversations` and `message_history` (contracts: multiuser, section 4). Nothing there tells a moment."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from prosa.conversations.adopting.models import Talk, Unreadable, Word
from prosa.drivers.foreign import ForeignRow, ForeignTables

NEEDED: Final = {
    "users": ("id", "username", "email", "hashed_password"),
    "conversations": ("id", "title", "user_id"),
    "message_history": ("id", "session_id", "message"),
}
UNTITLED: Final = ("Nova Conversa", "Novo Chat")  # what the original calls a conversation that nobody has named yet
_ROLES: Final = {"human": "user", "ai": "assistant"}


class _Data(msgspec.Struct):
    content: Any = None


class _Message(msgspec.Struct):
    type: str
    data: _Data


_decode: Final = msgspec.json.Decoder(_Message).decode


def owned_talks(tables: ForeignTables) -> Iterator[Talk | Unreadable]:
    """Every conversation, in the order in which they were made. Raises ForeignFile."""
    for row in tables.rows("conversations", NEEDED["conversations"]):
        key, owner, title = row["id"], row["user_id"], row["title"]
        if not isinstance(key, str) or not key:
            yield Unreadable("a conversation without an id")
            continue
        named = isinstance(title, str) and title not in UNTITLED
        yield Talk(key, None if owner is None else str(owner), str(title) if named and title else None)


def words(tables: ForeignTables) -> Iterator[Word | Unreadable]:
    """Every message, in the order in which they were said. Raises ForeignFile."""
    for row in tables.rows("message_history", NEEDED["message_history"]):
        try:
            yield _word(row)
        except Unreadable as error:
            yield error


def _word(row: ForeignRow) -> Word:
    number, text = row["id"], row["message"]
    try:
        message = _decode(text if isinstance(text, str) else "")
    except (msgspec.MsgspecError, RecursionError) as error:
        raise Unreadable(f"message {number}: it is no JSON of a message") from error
    role = _ROLES.get(message.type)
    if role is None:
        raise Unreadable(f"message {number}: it is neither of a person nor of the model")
    return Word(str(number), str(row["session_id"] or ""), None, role, _joined(message.data.content))


def _joined(content: object) -> str:
    """One text; the library that wrote it may have made a list of parts."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else ()
    return "".join(part if isinstance(part, str) else _part(part) for part in parts)


def _part(part: object) -> str:
    text = part.get("text") if isinstance(part, dict) else None
    return text if isinstance(text, str) else ""
