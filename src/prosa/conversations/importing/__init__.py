"""Conversations travel in: prosa's own export, ChatGPT's, Claude's, LibreChat's and Open WebUI's; the importer owns all."""

from prosa.conversations.importing.errors import ImportExpired, ImportNotReady, ImportTooLarge, ImportUnreadable
from prosa.conversations.importing.models import IMPORT, ImportReport
from prosa.conversations.importing.service import Importer, ImportParts, ImportService

__all__ = [
    "IMPORT",
    "ImportExpired",
    "ImportNotReady",
    "ImportParts",
    "ImportReport",
    "ImportService",
    "ImportTooLarge",
    "ImportUnreadable",
    "Importer",
]
