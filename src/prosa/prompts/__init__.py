"""The prompt library: texts that people keep under a command, to say them again."""

from prosa.prompts.errors import CommandTaken, PromptNotFound, PromptUnfit, TooManyPrompts
from prosa.prompts.models import (
    LONGEST_COMMAND,
    LONGEST_NAME,
    LONGEST_TEXT,
    MOST,
    PROMPT,
    Audience,
    Position,
    Prompt,
    Query,
    Wish,
    variables_of,
)
from prosa.prompts.ownership import erase_prompts, inherit_prompts
from prosa.prompts.service import PromptService

__all__ = [
    "LONGEST_COMMAND",
    "LONGEST_NAME",
    "LONGEST_TEXT",
    "MOST",
    "PROMPT",
    "Audience",
    "CommandTaken",
    "Position",
    "Prompt",
    "PromptNotFound",
    "PromptService",
    "PromptUnfit",
    "Query",
    "TooManyPrompts",
    "Wish",
    "erase_prompts",
    "inherit_prompts",
    "variables_of",
]
