"""What people think of the answers that they got."""

from prosa.conversations.opinions.errors import NotAnAnswer, OpinionNotFound
from prosa.conversations.opinions.models import LONGEST_REASON, Opinion, Rating
from prosa.conversations.opinions.service import Opinions

__all__ = ["LONGEST_REASON", "NotAnAnswer", "Opinion", "OpinionNotFound", "Opinions", "Rating"]
