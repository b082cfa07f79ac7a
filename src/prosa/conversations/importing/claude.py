"""Claude's `conversations.json`: `chat_messages` of a `sender`, each with content blocks; newer ones tell what each follows.

A reply to nothing names 00000000-0000-4000-8000-000000000000. Which branch was shown last isn't told: the newest one counts.
"""

from typing import Any, Final

import msgspec

from prosa.conversations.importing.models import Draft
from prosa.conversations.importing.trees import Sprout, grow
from prosa.conversations.importing.words import attached, line, message, moment

ROOTS: Final = frozenset({"00000000-0000-4000-8000-000000000000", "00000000-0000-0000-0000-000000000000"})


class _Attachment(msgspec.Struct):
    file_name: str | None = None
    extracted_content: str | None = None


class _Block(msgspec.Struct):
    type: str = "text"
    text: str | None = None


class _Message(msgspec.Struct):
    uuid: str = ""
    sender: str = ""
    text: str | None = None
    content: list[_Block] | None = None
    created_at: str | None = None
    parent_message_uuid: str | None = None
    attachments: list[_Attachment] | None = None
    files: list[_Attachment] | None = None


class _Conversation(msgspec.Struct):
    chat_messages: list[_Message]
    uuid: str = ""
    name: str | None = None
    model: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    current_leaf_message_uuid: str | None = None
    is_starred: bool | None = None
    settings: dict[str, Any] | None = None


_decode: Final = msgspec.json.Decoder(_Conversation).decode
_THOUGHTS: Final = frozenset({"thinking", "redacted_thinking"})
_TOOLS: Final = frozenset({"tool_use", "tool_result"})


def claude(place: str, raw: bytes) -> Draft:
    """One conversation. Raises msgspec.MsgspecError."""
    found = _decode(raw)
    draft = Draft(
        place,
        "claude",
        found.uuid,
        title=line(found.name),
        created_at=moment(found.created_at),
        updated_at=moment(found.updated_at),
        model=found.model,
    )
    draft.pinned_at = draft.updated_at if found.is_starred else 0
    linked = any(told.parent_message_uuid for told in found.chat_messages)
    sprouts: list[Sprout] = []
    for number, told in enumerate(found.chat_messages):
        before = sprouts[-1].id if sprouts else None
        parent = told.parent_message_uuid if linked else before
        sprouts.append(Sprout(told.uuid or f"#{number}", parent, _body(draft, told), moment(told.created_at)))
    grow(draft, sprouts, found.current_leaf_message_uuid, ROOTS)
    return draft


def _body(draft: Draft, told: _Message) -> bytes | None:
    blocks = told.content or []
    draft.note("thoughts of a model", sum(block.type in _THOUGHTS for block in blocks))
    draft.note("calls of tools and what came of them", sum(block.type in _TOOLS for block in blocks))
    texts = [block.text for block in blocks if block.type == "text" and block.text] or ([told.text] if told.text else [])
    for file in told.attachments or ():
        texts.append(attached(file.file_name, file.extracted_content))
    for file in told.files or ():
        texts.append(attached(file.file_name))
        draft.note("pictures, sounds and files")
    return message("user" if told.sender in ("human", "user") else "assistant", texts)
