"""Conversations travel out: as JSON, Markdown, PDF and DOCX, one, several or all."""

from prosa.conversations.exporting.errors import (
    DocumentFailed,
    ExportExpired,
    ExportNotFound,
    ExportNotReady,
    ExportRefused,
    ExportTooLarge,
    TooManyDocuments,
)
from prosa.conversations.exporting.models import (
    EXPORT,
    FORMAT,
    MOST_EXPORTED,
    VERSION,
    ExportResult,
    ExportWish,
    Format,
    Language,
)
from prosa.conversations.exporting.service import ExportService, ExportStarter

__all__ = [
    "EXPORT",
    "FORMAT",
    "MOST_EXPORTED",
    "VERSION",
    "DocumentFailed",
    "ExportExpired",
    "ExportNotFound",
    "ExportNotReady",
    "ExportRefused",
    "ExportResult",
    "ExportService",
    "ExportStarter",
    "ExportTooLarge",
    "ExportWish",
    "Format",
    "Language",
    "TooManyDocuments",
]
