"""What people saved of OpenAI's Assistants API before its end, taken over with its ids."""

from prosa.answers.adopting.models import SavedGround, SavedReport
from prosa.answers.adopting.service import SavedImport

__all__ = ["SavedGround", "SavedImport", "SavedReport"]
