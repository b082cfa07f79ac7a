"""What prosa exports itself (docs/guides/export.md)."""

from typing import Any, Final

import msgspec

from prosa.conversations.importing.models import Draft
from prosa.conversations.importing.tools import SHAPES, disown, is_sound
from prosa.conversations.importing.trees import Sprout, grow
from prosa.conversations.importing.words import line, moment

# Whatever else an item may be asks for something when a model hears of it: a tool that may run, words of somebody else's.
KNOWN: Final = frozenset(
    {
        *("message", "reasoning", "function_call", "function_call_output", "custom_tool_call", "custom_tool_call_output"),
        *("web_search_call", "image_generation_call", *SHAPES),
    }
)
_TITLED: Final = frozenset({"nobody", "person", "model", "dialect"})
_MOST_METADATA, _LONGEST_KEY, _LONGEST_VALUE = 16, 64, 512


class _Item(msgspec.Struct):
    id: str
    item: dict[str, Any]
    parent: str | None = None
    created_at: str | None = None


class _Conversation(msgspec.Struct):
    items: list[_Item]
    id: str = ""
    title: str | None = None
    title_by: str = "person"
    created_at: str | None = None
    updated_at: str | None = None
    model: str | None = None
    instructions: str | None = None
    metadata: dict[str, Any] | None = None
    folder: str | None = None
    tags: list[str] = []
    pinned_at: str | None = None
    archived_at: str | None = None
    head: str | None = None


_decode: Final = msgspec.json.Decoder(_Conversation).decode
_encode: Final = msgspec.json.Encoder().encode


def own(place: str, raw: bytes) -> Draft:
    """One conversation. Raises msgspec.MsgspecError."""
    found = _decode(raw)
    draft = Draft(
        place,
        "prosa",
        found.id,
        title=line(found.title),
        title_by=found.title_by if found.title_by in _TITLED else "person",
        created_at=moment(found.created_at),
        updated_at=moment(found.updated_at),
        model=found.model,
        instructions=found.instructions,
        folder=line(found.folder, 100) or None,
        tags=tuple(dict.fromkeys(text for tag in found.tags[:20] if (text := line(tag, 64)))),
        pinned_at=moment(found.pinned_at),
        archived_at=moment(found.archived_at),
    )
    draft.metadata = _metadata(draft, found.metadata or {})
    sprouts = [Sprout(each.id, each.parent, _body(draft, each.item), moment(each.created_at)) for each in found.items]
    grow(draft, sprouts, found.head)
    return draft


def _metadata(draft: Draft, told: dict[str, Any]) -> dict[str, str]:
    kept = {
        key: value
        for key, value in told.items()
        if isinstance(value, str) and len(key) <= _LONGEST_KEY and len(value) <= _LONGEST_VALUE
    }
    kept = dict(list(kept.items())[:_MOST_METADATA])
    draft.note("metadata beyond their bounds", len(told) - len(kept))
    return kept


def _body(draft: Draft, item: dict[str, Any]) -> bytes | None:
    kind = item.get("type", "message")
    if kind not in KNOWN:
        draft.note("calls of tools and what came of them")
        return None
    if kind == "message" and item.get("role") not in ("user", "assistant"):
        if item.get("role") not in ("system", "developer"):
            draft.note("messages of nobody known")
            return None
        # What told the model how to behave is kept to be read; nobody obeys it.
        said = [part.get("text") for part in _parts(item.get("content")) if isinstance(part.get("text"), str)]
        draft.instructions = "\n\n".join([*([draft.instructions] if draft.instructions else []), *map(str, said)]) or None
        draft.note("instructions among the messages, kept as text")
        return None
    if not _is_sound(kind, item):
        draft.note("messages that can't be read")
        return None
    item.pop("id", None)
    item.pop("encrypted_content", None)
    disown(kind, item)
    for field in ("content", "output"):
        if isinstance(item.get(field), list):
            item[field] = [_local(draft, part) for part in item[field]]
    return _encode(item)


def _is_sound(kind: str, item: dict[str, Any]) -> bool:
    """Whether what it says is in a form that can be shown."""
    for field in ("content", "output", "summary"):
        told = item.get(field)
        parts = told if isinstance(told, list) else []
        if not all(isinstance(part, dict) and isinstance(part.get("type"), str) for part in parts):
            return False
        if told is not None and not isinstance(told, str | list):
            return False
    return is_sound(kind, item) and (kind != "message" or item.get("content") is not None)


def _local(draft: Draft, part: Any) -> Any:  # whatever JSON holds
    """A part that makes nobody fetch anything."""
    if not isinstance(part, dict):
        return part
    for field in ("image_url", "file_url"):
        address = part.get(field)
        if isinstance(address, dict):
            address = address.get("url")
        if isinstance(address, str) and address and not address.startswith("data:"):
            draft.note("pictures and files at other addresses, kept as text")
            return {"type": "input_text", "text": f"[{address[:2000]}]"}
    return part


def _parts(content: Any) -> list[dict[str, Any]]:  # likewise
    if isinstance(content, str):
        return [{"text": content}]
    return [part for part in content if isinstance(part, dict)] if isinstance(content, list) else []
