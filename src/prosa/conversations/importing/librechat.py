"""LibreChat's export of a conversation: messages that name their parent, side by side, or within each other (`recursive`)."""

from typing import Any, Final

import msgspec

from prosa.conversations.importing.models import MOST_ITEMS_EACH, Draft
from prosa.conversations.importing.nesting import lifted, side_by_side
from prosa.conversations.importing.trees import Sprout, grow
from prosa.conversations.importing.words import attached, line, message, moment

ROOTS: Final = frozenset({"00000000-0000-0000-0000-000000000000"})


class _File(msgspec.Struct):
    filename: str | None = None


class _Message(msgspec.Struct):
    messageId: str = ""  # noqa: N815  # its own words
    parentMessageId: str | None = None  # noqa: N815  # likewise
    text: str | None = None
    content: list[dict[str, Any]] | None = None
    isCreatedByUser: bool | None = None  # noqa: N815  # likewise
    sender: str | None = None
    model: str | None = None
    createdAt: str | None = None  # noqa: N815  # likewise
    error: bool | None = None
    files: list[_File] | None = None


class _Options(msgspec.Struct):
    model: str | None = None
    promptPrefix: str | None = None  # noqa: N815  # likewise
    system: str | None = None


_NOTHING: Final = msgspec.Raw(b"")


class _Conversation(msgspec.Struct):
    conversationId: str = ""  # noqa: N815  # likewise
    title: str | None = None
    options: _Options | None = None
    messages: msgspec.Raw = _NOTHING
    messagesTree: msgspec.Raw = _NOTHING  # noqa: N815  # likewise


_decode: Final = msgspec.json.Decoder(_Conversation).decode
_message: Final = msgspec.json.Decoder(_Message).decode


class TooManyMessages(ValueError):
    """More messages than a conversation may have."""


def librechat(place: str, raw: bytes) -> Draft:
    """One conversation. Raises msgspec.MsgspecError, TooManyMessages."""
    try:
        found = _decode(raw)
        lists = bytes(found.messagesTree) or bytes(found.messages)
    except RecursionError:
        rest, lists = lifted(raw)
        found = _decode(rest)
    options = found.options or _Options()
    draft = Draft(place, "librechat", found.conversationId, title=line(found.title), model=options.model)
    draft.instructions = options.promptPrefix or options.system or None
    listed = side_by_side(lists)
    if len(listed) > MOST_ITEMS_EACH:
        raise TooManyMessages(len(listed))
    told = [_message(text) for _, text in listed]
    ids = [each.messageId or f"#{number}" for number, each in enumerate(told)]
    sprouts = [
        Sprout(
            ids[number],
            each.parentMessageId or (None if inside is None else ids[inside]),
            _body(draft, each),
            moment(each.createdAt),
        )
        for number, (each, (inside, _)) in enumerate(zip(told, listed, strict=True))
    ]
    models = [each.model for each in told if each.model and not each.isCreatedByUser]
    draft.model = draft.model or (models[-1] if models else None)
    grow(draft, sprouts, None, ROOTS)
    times = [sprout.at for sprout in sprouts if sprout.at]
    draft.created_at, draft.updated_at = min(times, default=0), max(times, default=0)
    return draft


def _body(draft: Draft, told: _Message) -> bytes | None:
    if told.error:
        draft.note("answers that failed")
        return None
    texts = [told.text] if told.text else [text for part in told.content or () if (text := _text(draft, part))]
    for file in told.files or ():
        texts.append(attached(file.filename))
        draft.note("pictures, sounds and files")
    by_user = told.isCreatedByUser if told.isCreatedByUser is not None else (told.sender or "").lower() == "user"
    return message("user" if by_user else "assistant", texts)


def _text(draft: Draft, part: dict[str, Any]) -> str:
    kind, text = part.get("type"), part.get("text")
    if kind == "text":
        value = text.get("value") if isinstance(text, dict) else text
        return value if isinstance(value, str) else ""
    if kind == "think":
        draft.note("thoughts of a model")
    elif kind == "tool_call":
        draft.note("calls of tools and what came of them")
    return ""
