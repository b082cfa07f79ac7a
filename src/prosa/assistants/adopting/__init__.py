"""A whole installation of system A: its people, their keys and links, its assistants and who may use them."""

from prosa.assistants.adopting.installation import AssistantInstallation
from prosa.assistants.adopting.models import AdoptingGround, MovingReport

__all__ = ["AdoptingGround", "AssistantInstallation", "MovingReport"]
