"""ChatGPT's `conversations.json`: for each conversation a `mapping` of nodes with parent and children, and a `current_node`.

The form is OpenAI's data export as it has been since 2023; it is documented by nobody but those who read it. What tools did and
what was thought stays behind, as does what was never shown.
"""

from typing import Any, Final

import msgspec

from prosa.conversations.importing.models import Draft
from prosa.conversations.importing.trees import Sprout, grow
from prosa.conversations.importing.words import line, message, moment


class _Author(msgspec.Struct):
    role: str = ""


class _Content(msgspec.Struct):
    content_type: str = "text"
    parts: list[str | dict[str, Any] | None] | None = None
    text: str | None = None
    user_profile: str | None = None
    user_instructions: str | None = None


class _Metadata(msgspec.Struct):
    model_slug: str | None = None
    is_visually_hidden_from_conversation: bool | None = None


class _Message(msgspec.Struct):
    author: _Author = msgspec.field(default_factory=_Author)
    content: _Content = msgspec.field(default_factory=_Content)
    create_time: float | None = None
    metadata: _Metadata | None = None
    recipient: str | None = None


class _Node(msgspec.Struct):
    message: _Message | None = None
    parent: str | None = None


class _Conversation(msgspec.Struct):
    mapping: dict[str, _Node]
    id: str | None = None
    conversation_id: str | None = None
    title: str | None = None
    create_time: float | None = None
    update_time: float | None = None
    current_node: str | None = None
    default_model_slug: str | None = None
    is_archived: bool | None = None
    is_starred: bool | None = None


_decode: Final = msgspec.json.Decoder(_Conversation).decode
_SPOKEN: Final = frozenset({"text", "multimodal_text"})
_THOUGHTS: Final = frozenset({"thoughts", "reasoning_recap"})


def chatgpt(place: str, raw: bytes) -> Draft:
    """One conversation. Raises msgspec.MsgspecError."""
    found = _decode(raw)
    draft = Draft(
        place,
        "chatgpt",
        found.conversation_id or found.id or "",
        title=line(found.title),
        created_at=moment(found.create_time),
        updated_at=moment(found.update_time),
        model=found.default_model_slug,
    )
    draft.archived_at = draft.updated_at if found.is_archived else 0
    draft.pinned_at = draft.updated_at if found.is_starred else 0
    instructions: list[str] = []
    sprouts = [
        Sprout(
            id, node.parent, _body(draft, node.message, instructions), moment(node.message.create_time if node.message else None)
        )
        for id, node in found.mapping.items()
    ]
    draft.instructions = "\n\n".join(instructions) or None
    grow(draft, sprouts, found.current_node)
    return draft


def _body(draft: Draft, told: _Message | None, instructions: list[str]) -> bytes | None:
    if told is None:
        return None
    content, role = told.content, told.author.role
    if content.content_type == "user_editable_context":
        instructions += [text for text in (content.user_profile, content.user_instructions) if text]
        return None
    if told.metadata is not None and told.metadata.is_visually_hidden_from_conversation:
        return None
    if content.content_type in _THOUGHTS:
        draft.note("thoughts of a model")
        return None
    if role == "system":
        instructions += [text for text in content.parts or () if isinstance(text, str) and text.strip()]
        return None
    if role not in ("user", "assistant") or content.content_type not in _SPOKEN or told.recipient not in (None, "all"):
        draft.note("calls of tools and what came of them")
        return None
    return message(role, _texts(draft, content))


def _texts(draft: Draft, content: _Content) -> list[str]:
    texts = []
    for part in content.parts or ():
        if isinstance(part, str):
            texts.append(part)
        elif part is not None:
            said = part.get("text")  # of a voice
            texts.append(said if isinstance(said, str) and said else f"[{_kind(part)}]")
            draft.note("pictures, sounds and files", 0 if texts[-1] is said else 1)
    return texts or ([content.text] if content.text else [])


def _kind(part: dict[str, Any]) -> str:
    kind = str(part.get("content_type", "file"))
    return "image" if kind.startswith("image") else "audio" if kind.startswith(("audio", "real_time")) else "file"
