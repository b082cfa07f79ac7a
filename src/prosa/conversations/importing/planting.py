"""Drafts become their importer's conversations: new ids, no rights, tools off, instructions as mere text (attacks.md A15)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import msgspec

from prosa.conversations.importing.identities import Identities
from prosa.conversations.importing.models import Draft, DraftItem
from prosa.conversations.importing.store import Filed, additions, creation, tagging
from prosa.conversations.importing.tools import NAMED, renamed
from prosa.conversations.importing.words import attached
from prosa.conversations.models import Conversation, Face, Item, TitleBy, type_of
from prosa.conversations.shelf.words import folded
from prosa.drivers.journal import Part
from prosa.kit import moments

DIALECT: Final = "app"
LONGEST_INSTRUCTIONS: Final = 100_000
_LONGEST_MODEL: Final = 200
MANY: Final = 500  # items that are written at once, some ten milliseconds of the database's time
FILE: Final = "file-"
_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(dict[str, Any]).decode


@dataclass(frozen=True, slots=True)
class Soil:
    """Where drafts are planted: the space, ids, the files that messages may name (None: there is none), now in microseconds."""

    identities: Identities
    files: Mapping[str, str | None]
    now: int


def planted(draft: Draft, soil: Soil) -> tuple[Conversation, tuple[Part, ...], tuple[Part, ...]]:
    """The conversation, its own rows, and those of its items; of more than MANY it is not to be seen before it is finished."""
    conversation = _conversation(draft, soil)
    if len(draft.items) > MANY:
        conversation = replace(conversation, deleted_at=soil.now / moments.SECOND)
    folder = None
    if draft.folder:
        folder = Filed(soil.identities.item(conversation.id, "folder"), draft.folder, folded(draft.folder))
    tags = {folded(tag): tag for tag in draft.tags}
    parts = (*creation(conversation, folder), *tagging(soil.identities.space, conversation.id, tags))
    return conversation, parts, additions(_items(draft, soil, conversation))


def _conversation(draft: Draft, soil: Soil) -> Conversation:
    id = soil.identities.conversation(draft)
    created = _within(draft.created_at, soil.now) or min((item.at for item in draft.items if item.at), default=soil.now)
    created = min(created, soil.now)
    updated = max(created, _within(draft.updated_at, soil.now))
    face = Face(
        title=draft.title or None,
        title_by=TitleBy(draft.title_by) if draft.title else TitleBy.NOBODY,
        dialect=DIALECT,
        model=draft.model[:_LONGEST_MODEL] if draft.model else None,
        settings=_settings(draft),
    )
    return Conversation(
        id=id,
        space=soil.identities.space,
        metadata=_encode(draft.metadata),
        created_at=created / moments.SECOND,
        updated_at=updated / moments.SECOND,
        face=face,
        head_id=None if draft.head is None else soil.identities.item(id, draft.head),
        pinned_at=_moment(draft.pinned_at, soil.now),
        archived_at=_moment(draft.archived_at, soil.now),
    )


def _settings(draft: Draft) -> bytes | None:
    """What the model was told is kept beside the settings that count, to be read and, if its owner wants, taken over."""
    if not draft.instructions:
        return None
    return _encode({"imported": {"source": draft.source, "instructions": draft.instructions[:LONGEST_INSTRUCTIONS]}})


def _items(draft: Draft, soil: Soil, conversation: Conversation) -> list[tuple[Item, str | None]]:
    found = []
    moment = moments.stored(conversation.created_at)
    for told in draft.items:
        moment = _within(told.at, soil.now) or moment
        body = _local(told, soil, conversation.id)
        id = soil.identities.item(conversation.id, told.id)
        parent = None if told.parent is None else soil.identities.item(conversation.id, told.parent)
        at = moment / moments.SECOND
        found.append((Item(conversation.space, type_of(body), body, at, id=id, conversation_id=conversation.id), parent))
    return found


def _local(told: DraftItem, soil: Soil, conversation_id: str) -> bytes:
    """The item with its files, and the request that it answers, as named here; a file that isn't here leaves its name."""
    if b'"file_id"' not in told.body and NAMED.encode() not in told.body:
        return told.body
    body = renamed(_decode(told.body), partial(soil.identities.item, conversation_id))
    for field in ("content", "output"):
        if isinstance(body.get(field), list):
            body[field] = [_part(part, soil) for part in body[field]]
    return _encode(body)


def _part(part: Any, soil: Soil) -> Any:  # whatever JSON holds
    named = part.get("file_id") if isinstance(part, dict) else None
    if named is None:
        return part
    found = soil.files.get(named) if isinstance(named, str) else None
    if found is None:
        name = part.get("filename")
        return {"type": "input_text", "text": attached(name if isinstance(name, str) else str(named))}
    return part | {"file_id": FILE + found}


def file_ids(draft: Draft) -> set[str]:
    """The files that a draft's messages name."""
    found: set[str] = set()
    for told in draft.items:
        if b'"file_id"' in told.body:
            body = _decode(told.body)
            parts = [*_list(body.get("content")), *_list(body.get("output"))]
            found |= {part["file_id"] for part in parts if isinstance(part, dict) and isinstance(part.get("file_id"), str)}
    return found


def _list(value: Any) -> list[Any]:  # likewise
    return value if isinstance(value, list) else []


def _within(moment: int, now: int) -> int:
    return min(moment, now)


def _moment(moment: int, now: int) -> float | None:
    return _within(moment, now) / moments.SECOND if moment else None
