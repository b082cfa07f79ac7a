"""Open WebUI's export: chats with a `history` of messages by id (`parentId`, `currentId`), or a plain list of them.

Thoughts and tools stand in an answer's text as `<details type="…">`; they stay behind.
"""

import re
from typing import Any, Final

import msgspec

from prosa.conversations.importing.models import Draft
from prosa.conversations.importing.trees import Sprout, grow
from prosa.conversations.importing.words import attached, line, message, moment

_DETAILS: Final = re.compile(r'<details type="(reasoning|tool_calls|code_interpreter)"[^>]{0,2000}>')
_CLOSED: Final = "</details>"


class _Message(msgspec.Struct):
    id: str = ""
    parentId: str | None = None  # noqa: N815  # its own words
    role: str = ""
    content: str | list[dict[str, Any]] | None = None
    model: str | None = None
    timestamp: float | None = None
    files: list[dict[str, Any]] | None = None


class _History(msgspec.Struct):
    messages: dict[str, _Message] = {}
    currentId: str | None = None  # noqa: N815  # likewise


class _Chat(msgspec.Struct):
    title: str | None = None
    models: list[str] | None = None
    history: _History | None = None
    messages: list[_Message] | None = None
    timestamp: float | None = None
    tags: list[Any] | None = None
    params: dict[str, Any] | None = None
    system: str | None = None


class _Meta(msgspec.Struct):
    tags: list[Any] | None = None


class _Conversation(msgspec.Struct):
    chat: _Chat
    id: str = ""
    title: str | None = None
    created_at: float | None = None
    updated_at: float | None = None
    archived: bool | None = None
    pinned: bool | None = None
    meta: _Meta | None = None


_decode: Final = msgspec.json.Decoder(_Conversation).decode


def openwebui(place: str, raw: bytes) -> Draft:
    """One conversation. Raises msgspec.MsgspecError."""
    found = _decode(raw)
    chat = found.chat
    created = moment(found.created_at) or moment(chat.timestamp)
    draft = Draft(
        place,
        "openwebui",
        found.id,
        title=line(found.title or chat.title),
        created_at=created,
        updated_at=moment(found.updated_at) or created,
        model=chat.models[0] if chat.models else None,
        tags=_tags((found.meta.tags if found.meta else None) or chat.tags or []),
    )
    system = (chat.params or {}).get("system") or chat.system
    draft.instructions = system if isinstance(system, str) and system else None
    draft.archived_at = draft.updated_at if found.archived else 0
    draft.pinned_at = draft.updated_at if found.pinned else 0
    if chat.history is not None and chat.history.messages:
        told = list(chat.history.messages.items())
        grow(draft, [_sprout(draft, id, each, each.parentId) for id, each in told], chat.history.currentId)
    else:
        listed = chat.messages or []
        ids = [each.id or f"#{number}" for number, each in enumerate(listed)]
        parents = [None, *ids]
        grow(draft, [_sprout(draft, id, each, up) for id, each, up in zip(ids, listed, parents, strict=False)], None)
    return draft


def _sprout(draft: Draft, id: str, told: _Message, parent: str | None) -> Sprout:
    return Sprout(id, parent, _body(draft, told), moment(told.timestamp))


def _body(draft: Draft, told: _Message) -> bytes | None:
    if told.role == "system":
        said = told.content if isinstance(told.content, str) else ""
        draft.instructions = "\n\n".join(text for text in (draft.instructions, said) if text) or None
        return None
    if told.role not in ("user", "assistant"):
        draft.note("calls of tools and what came of them")
        return None
    texts = [_spoken(draft, told.content)] if isinstance(told.content, str) else _parts(draft, told.content or [])
    for file in told.files or ():
        name = file.get("name")
        texts.append(attached(name if isinstance(name, str) else None))
        draft.note("pictures, sounds and files")
    return message(told.role, texts)


def _parts(draft: Draft, content: list[dict[str, Any]]) -> list[str]:
    texts = []
    for part in content:
        text = part.get("text")
        if isinstance(text, str):
            texts.append(_spoken(draft, text))
        else:
            draft.note("pictures, sounds and files")
    return texts


def _spoken(draft: Draft, text: str) -> str:
    """The text without what was thought and done."""
    kept, at = [], 0
    while (found := _DETAILS.search(text, at)) is not None:
        end = text.find(_CLOSED, found.end())
        kept.append(text[at : found.start()])
        at = len(text) if end < 0 else end + len(_CLOSED)
        thought = found[1] == "reasoning"
        draft.note("thoughts of a model" if thought else "calls of tools and what came of them")
    return "".join([*kept, text[at:]]).strip("\n") if at else text


def _tags(told: list[Any]) -> tuple[str, ...]:
    names = [tag.get("name") if isinstance(tag, dict) else tag for tag in told[:20]]
    return tuple(dict.fromkeys(text for name in names if isinstance(name, str) and (text := line(name, 64))))
