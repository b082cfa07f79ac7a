"""What can be asked of an export, and what comes of one."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

import msgspec

EXPORT: Final = "export"
"""The kind of run."""
FORMAT: Final = "prosa.conversations"
VERSION: Final = 1
"""What the JSON form calls itself; docs/guides/export.md tells of it. A change that breaks a reader counts it up."""
MOST_EXPORTED: Final = 1_000
"""Conversations that one export may name."""
KEPT_SECONDS: Final = 7 * 86_400
"""How long what an export made can be downloaded."""

Language = Literal["en", "pt"]


class Format(StrEnum):
    """In which form a conversation travels."""

    JSON = "json"
    MARKDOWN = "markdown"
    PDF = "pdf"
    DOCX = "docx"

    @property
    def ending(self) -> str:
        """Of a file's name, with the dot."""
        return ".md" if self is Format.MARKDOWN else f".{self.value}"

    @property
    def media_type(self) -> str:
        """Of its content."""
        return _TYPES[self]


_TYPES: Final = {
    Format.JSON: "application/json",
    Format.MARKDOWN: "text/markdown; charset=utf-8",
    Format.PDF: "application/pdf",
    Format.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
ZIP: Final = "application/zip"


class ExportWish(msgspec.Struct, frozen=True, kw_only=True):
    """What an export is to hold. `ids`: stored ids of conversations, in this order; None: all that aren't in the trash.

    `attachments`: the files that they name travel along, in a zip.
    """

    format: Format
    ids: tuple[str, ...] | None = None
    attachments: bool = False
    language: Language = "en"
    zone: str = "UTC"


class ExportResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a run of the kind made. `expires_at` in seconds since 1970; `left_out`: what isn't in it, and why."""

    object: Literal["export"] = "export"
    format: Format
    filename: str = ""
    media_type: str = ""
    bytes: int = 0
    conversations: int = 0
    files: int = 0
    expires_at: int = 0
    left_out: tuple[str, ...] = ()
    error: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a conversation shows of itself, as it is exported; moments are microseconds since 1970, `settings` JSON."""

    id: str
    title: str | None
    title_by: str
    metadata: str
    model: str | None
    settings: str | None
    folder: str | None
    tags: tuple[str, ...]
    head_id: str | None
    created_at: int
    updated_at: int
    pinned_at: int | None
    archived_at: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item stands in its conversation, and how large it is; `order` grows."""

    id: str
    parent_id: str | None
    order: tuple[int, int]
    size: int


@dataclass(frozen=True, slots=True)
class Told:
    """An item with its content; `created_at` in microseconds since 1970."""

    id: str
    parent_id: str | None
    type: str
    body: bytes
    created_at: int
