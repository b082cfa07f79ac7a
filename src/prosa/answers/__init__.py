"""The kind of run that asks a model: what it hears, the tools it calls, what it says, and what stays of it."""

from prosa.answers.chat import CHAT, ChatService, CompletionNotFound, Listing, Page, Wish
from prosa.answers.context import Contexts
from prosa.answers.errors import (
    AccessEnded,
    CompactionUnreadable,
    ContextTooLarge,
    ItemNotInInput,
    PreviousResponseNotFound,
    PreviousResponseOpen,
    ReferencedItemNotFound,
    ResponseNotFound,
    ToolNamedTwice,
    TooManyAnswers,
)
from prosa.answers.given import Given
from prosa.answers.models import ANSWER, StillAllowed
from prosa.answers.parts import AnswerParts
from prosa.answers.responses import InvalidValue, MissingParameter, ResponseRequest, input_items, normal_items
from prosa.answers.responses.checking import check_depth, checked
from prosa.answers.responses.request import Metadata
from prosa.answers.sealing import Sealer
from prosa.answers.service import AnswerService, ItemPage
from prosa.answers.settings import AnswerSettings
from prosa.answers.starting import CreateOptions
from prosa.answers.talking import Fate, Question, Reply, Saying, Talking, saying
from prosa.answers.upkeep import Upkeep

__all__ = [
    "ANSWER",
    "CHAT",
    "AccessEnded",
    "AnswerParts",
    "AnswerService",
    "AnswerSettings",
    "ChatService",
    "CompactionUnreadable",
    "CompletionNotFound",
    "ContextTooLarge",
    "Contexts",
    "CreateOptions",
    "Fate",
    "Given",
    "InvalidValue",
    "ItemNotInInput",
    "ItemPage",
    "Listing",
    "Metadata",
    "MissingParameter",
    "Page",
    "PreviousResponseNotFound",
    "PreviousResponseOpen",
    "Question",
    "ReferencedItemNotFound",
    "Reply",
    "ResponseNotFound",
    "ResponseRequest",
    "Saying",
    "Sealer",
    "StillAllowed",
    "Talking",
    "TooManyAnswers",
    "ToolNamedTwice",
    "Upkeep",
    "Wish",
    "check_depth",
    "checked",
    "input_items",
    "normal_items",
    "saying",
]
