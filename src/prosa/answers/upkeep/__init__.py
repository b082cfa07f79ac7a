"""What is done for a conversation behind its answers: a title, a summary of its older part."""

from prosa.answers.upkeep.service import Upkeep

__all__ = ["Upkeep"]
