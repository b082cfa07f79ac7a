"""The nouns: a prompt, which somebody keeps to say it again."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

PROMPT: Final = "prompt_"
"""What stands before an id where it is shown."""
LONGEST_NAME: Final = 120  # characters, as of the next two
LONGEST_COMMAND: Final = 40
LONGEST_TEXT: Final = 20_000
MOST: Final = 500
"""Prompts of one space."""
MOST_VARIABLES: Final = 20

Position: TypeAlias = tuple[int, str]
"""A place in a list: microseconds since 1970, and a stored id."""
_VARIABLE: Final = re.compile(r"\{\{[ \t]*([^\W\d_][\w .-]{0,63}?)[ \t]*\}\}")


class Audience(StrEnum):
    """For whom a prompt is there, beside its owner."""

    PRIVATE = "private"
    EVERYONE = "everyone"


@dataclass(frozen=True, slots=True)
class Prompt:
    """A text under a name, which a person's `/command` brings up. `space`: its owner's; `version` counts every change; moments in
    seconds since 1970."""

    id: str
    space: str
    name: str
    command: str
    text: str
    audience: Audience
    created_at: float
    updated_at: float
    version: int = 1

    @property
    def shown(self) -> str:
        """Its id as the API shows it."""
        return PROMPT + self.id

    @property
    def variables(self) -> list[str]:
        """What is to be filled in, in the order of the text."""
        return variables_of(self.text)


@dataclass(frozen=True, slots=True)
class Query:
    """Which prompts: `search` in name, command and text, in any case and without accents; `own`: those of the caller alone."""

    limit: int = 50
    after: Position | None = None
    search: str = ""
    own: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody says of a prompt; None: nothing. Without a command a new one gets it of its name."""

    name: str | None = None
    command: str | None = None
    text: str | None = None
    audience: Audience | None = None


def variables_of(text: str) -> list[str]:
    """The names between double braces, each once: letters, digits, spaces and `_.-`, a letter first."""
    return list(dict.fromkeys(found.strip() for found in _VARIABLE.findall(text)))
