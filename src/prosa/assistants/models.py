"""The nouns: an assistant, its versions, and who may use it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias

from prosa.assistants.shapes import Definition

ASSISTANT: Final = "asst_"
"""What stands before an id where it is shown."""

Position: TypeAlias = tuple[int, str]
"""A place in a list: microseconds since 1970, and a stored id."""
Edit: TypeAlias = Callable[[Definition], Definition]
"""What becomes of a definition."""


class Audience(StrEnum):
    """For whom an assistant is there, beside its owner."""

    PRIVATE = "private"
    CHOSEN = "chosen"  # the people and roles that its grants name
    EVERYONE = "everyone"


class Right(StrEnum):
    """What somebody may do with it. Who may edit may use; sharing and deleting are its owner's alone."""

    USE = "use"
    EDIT = "edit"
    OWN = "own"


class GranteeKind(StrEnum):
    """Whom a grant names."""

    PERSON = "person"
    ROLE = "role"


@dataclass(frozen=True, slots=True)
class Grant:
    """One person, or all people of a role, and what they may do. `told`: how the owner named them; `grantee`: the account's id or
    the role, "" where nobody has that address."""

    kind: GranteeKind
    told: str
    grantee: str
    right: Right


@dataclass(frozen=True, slots=True)
class Assistant:
    """An assistant as one caller sees it. `space` is its owner's: its files and stores are searched there. `version` numbers its
    definition, which runs pin; `state` counts every change of it. Moments in seconds since 1970. `foreign`: the id that it
    brought from elsewhere; `picture`: a kept file's id; `right`: what the caller may do with it."""

    id: str
    space: str
    definition: Definition
    version: int
    state: int
    audience: Audience
    created_at: float
    updated_at: float
    right: Right = Right.OWN
    foreign: str | None = None
    picture: str | None = None

    @property
    def shown(self) -> str:
        """Its id as the APIs show it."""
        return self.foreign or ASSISTANT + self.id


@dataclass(frozen=True, slots=True)
class Version:
    """A state of the definition. `author`: the space that wrote it, None once that account is gone; `restores`: of which version
    it is a repetition."""

    number: int
    created_at: float
    author: str | None
    restores: int | None
    definition: Definition


@dataclass(frozen=True, slots=True)
class Query:
    """Which assistants: `search` in name, description and id, in any case and without accents; `own`: those of the caller alone;
    `lent`: only others', those of this audience.

    `after` and `before` bound the list by time of creation in the order of reading, exclusively.
    """

    limit: int = 20
    newest_first: bool = True
    after: Position | None = None
    before: Position | None = None
    search: str = ""
    own: bool = False
    lent: Audience | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list, and whether there is more behind it."""

    assistants: tuple[Assistant, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class NewStore:
    """A vector store that is made with an assistant. `file_ids` are stored ids, `metadata` is JSON; the others are in tokens."""

    name: str = ""
    file_ids: Sequence[str] = ()
    chunk_tokens: int = 800
    overlap_tokens: int = 400
    metadata: bytes = b"{}"
    id: str | None = None  # of a repeated request


@dataclass(frozen=True, slots=True)
class Draft:
    """An assistant to be: its definition, the store that is to be made with it, and the ids that are given."""

    definition: Definition
    store: NewStore | None = None  # in place of `store_ids`
    id: str | None = None
    foreign: str | None = None
    created_at: float | None = None


@dataclass(frozen=True, slots=True)
class Sharing:
    """For whom an assistant is there."""

    audience: Audience
    grants: tuple[Grant, ...] = field(default=())
