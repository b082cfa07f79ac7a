"""Single exchanges: one question, one answer, kept for their owner (system S)."""

from prosa.drivers.foreign import ForeignFile
from prosa.interactions.errors import AnswerTooSlow, PromptEmpty, PromptRefused, UnknownCursor
from prosa.interactions.importing import ImportReport, import_sqlite, import_table
from prosa.interactions.models import (
    CleanPrompt,
    Interaction,
    InteractionStatus,
    Page,
    PageRequest,
    Question,
)
from prosa.interactions.ownership import erase_interactions, inherit_interactions
from prosa.interactions.service import InteractionService
from prosa.interactions.settings import InteractionSettings

__all__ = [
    "AnswerTooSlow",
    "CleanPrompt",
    "ForeignFile",
    "ImportReport",
    "Interaction",
    "InteractionService",
    "InteractionSettings",
    "InteractionStatus",
    "Page",
    "PageRequest",
    "PromptEmpty",
    "PromptRefused",
    "Question",
    "UnknownCursor",
    "erase_interactions",
    "import_sqlite",
    "import_table",
    "inherit_interactions",
]
