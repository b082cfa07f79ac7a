"""The nouns of an import of saved assistants and threads."""

from collections.abc import Callable
from dataclasses import dataclass, field

from prosa.assistants import AdoptingGround
from prosa.conversations import Tally
from prosa.files import FileService
from prosa.kit.errors import BadRequest


class NothingSaved(BadRequest):
    """The folder holds nothing that could be taken over."""


class Unreadable(ValueError):
    """A record that can't be read as what its file holds; the text says why."""


@dataclass(frozen=True, slots=True)
class SavedGround:
    """What the import stands on, and whose everything becomes: a space, and its account where it is a person's. `tell` is told of
    each thing that can't come, or not whole, as it is found."""

    on: AdoptingGround
    files: FileService
    space: str
    account_id: str | None
    tell: Callable[[str], None]
    dry_run: bool = False


@dataclass(slots=True)
class SavedReport:
    """What an import found and did; after a dry run, what a real one would do. `read`: files of stores, which a server reads."""

    dry_run: bool
    assistants: Tally = field(default_factory=Tally)
    threads: Tally = field(default_factory=Tally)
    messages: Tally = field(default_factory=Tally)
    runs: Tally = field(default_factory=Tally)
    files: Tally = field(default_factory=Tally)
    stores: Tally = field(default_factory=Tally)
    read: Tally = field(default_factory=Tally)
    steps: Tally = field(default_factory=Tally)  # what tools did in them
    repeated: int = 0  # records with an id that another one had already
    unreadable: int = 0
