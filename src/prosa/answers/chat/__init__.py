"""Chat completions that are stored: runs whose log is what was streamed."""

from prosa.answers.chat.errors import CompletionFailed, CompletionNotFound, MessageNotFound
from prosa.answers.chat.kind import ChatKind
from prosa.answers.chat.models import CHAT, COMPLETION, Listing, Page, Wish
from prosa.answers.chat.service import ChatService

__all__ = [
    "CHAT",
    "COMPLETION",
    "ChatKind",
    "ChatService",
    "CompletionFailed",
    "CompletionNotFound",
    "Listing",
    "MessageNotFound",
    "Page",
    "Wish",
]
