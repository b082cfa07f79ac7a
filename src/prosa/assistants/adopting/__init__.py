"""A whole installation of system A: its people, their keys and links, its assistants and who may use them."""

from prosa.assistants.adopting.installation import AssistantInstallation
from prosa.assistants.adopting.models import AdoptingGround, Brought, MovingReport, Owner, Unreadable
from prosa.assistants.adopting.reading import brought_assistant
from prosa.assistants.adopting.service import AssistantAdoption

__all__ = [
    "AdoptingGround",
    "AssistantAdoption",
    "AssistantInstallation",
    "Brought",
    "MovingReport",
    "Owner",
    "Unreadable",
    "brought_assistant",
]
