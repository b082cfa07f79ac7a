"""Conversations of another installation, taken over with their ids, order, moments and deleted flags."""

from prosa.conversations.adopting.installation import Ground, InstallationImport, InstallationReport
from prosa.conversations.adopting.models import NOBODY, nobody_of
from prosa.conversations.adopting.ownership import erase_orphans
from prosa.conversations.adopting.threads import (
    SavedMessage,
    SavedThread,
    Tally,
    ThreadAdoption,
    ThreadGround,
)

__all__ = [
    "NOBODY",
    "Ground",
    "InstallationImport",
    "InstallationReport",
    "SavedMessage",
    "SavedThread",
    "Tally",
    "ThreadAdoption",
    "ThreadGround",
    "erase_orphans",
    "nobody_of",
]
