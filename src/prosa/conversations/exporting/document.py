"""Conversations as JSON: the open form that docs/guides/export.md tells of, written as it is read."""

from collections.abc import AsyncIterator
from typing import Final

import msgspec

from prosa.conversations.exporting.models import FORMAT, VERSION, Shelf, Told
from prosa.conversations.margins import without_margin
from prosa.conversations.models import CONVERSATION
from prosa.kit import moments

_encode: Final = msgspec.json.Encoder().encode
LIST: Final = "mcp_list_tools"
END: Final = b"\n]}\n"


class _Settings(msgspec.Struct):
    assistant: str | None = None
    instructions: str | None = None
    imported: "_Imported | None" = None


class _Imported(msgspec.Struct):
    instructions: str | None = None


_settings: Final = msgspec.json.Decoder(_Settings).decode


def beginning(now: float) -> bytes:
    """What stands before the first conversation; `now` in seconds since 1970."""
    head = {"format": FORMAT, "version": VERSION, "exported_at": _moment(moments.stored(now))}
    return _encode(head)[:-1] + b',"conversations":[\n'


async def conversation(shelf: Shelf, items: AsyncIterator[list[Told]]) -> AsyncIterator[bytes]:
    """One conversation, piece by piece."""
    yield _encode(_front(shelf))[:-1] + b',"items":['
    first = True
    async for some in items:
        lines = b",".join(_item(told) for told in some)
        yield (b"\n" if first else b",\n") + lines
        first = False
    yield b"\n]}"


def instructions_of(settings: str | None) -> str | None:
    """The instructions among a conversation's settings, those that an import kept as mere text included."""
    found = _settings_of(settings)
    return found.instructions or (found.imported.instructions if found.imported is not None else None)


def assistant_of(settings: str | None) -> str | None:
    """The id of the assistant among a conversation's settings."""
    return _settings_of(settings).assistant


def _settings_of(settings: str | None) -> _Settings:
    try:
        return _settings(settings or "{}")
    except msgspec.MsgspecError:
        return _Settings()


def _front(shelf: Shelf) -> dict[str, object]:
    return {
        "id": CONVERSATION + shelf.id,
        "title": shelf.title,
        "title_by": shelf.title_by,
        "created_at": _moment(shelf.created_at),
        "updated_at": _moment(shelf.updated_at),
        "model": shelf.model,
        "assistant": assistant_of(shelf.settings),
        "instructions": instructions_of(shelf.settings),
        "metadata": msgspec.Raw(shelf.metadata.encode()),
        "folder": shelf.folder,
        "tags": shelf.tags,
        "pinned_at": None if shelf.pinned_at is None else _moment(shelf.pinned_at),
        "archived_at": None if shelf.archived_at is None else _moment(shelf.archived_at),
        "head": shelf.head_id,
    }


def _item(told: Told) -> bytes:
    front = {"id": told.id, "parent": told.parent_id, "created_at": _moment(told.created_at)}
    body = without_margin(told.body) if told.type == LIST else told.body  # of which server it is, this one knows alone
    return _encode(front)[:-1] + b',"item":' + body + b"}"


def _moment(moment: int) -> str:
    return moments.shown(moment).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
