"""The nouns of an import of assistants."""

from dataclasses import dataclass, field
from typing import NamedTuple

from prosa.assistants.ports import News
from prosa.assistants.shapes import Definition
from prosa.drivers.journal import Journal
from prosa.drivers.sql import Database
from prosa.identity import Arrival, CredentialReport, IdentityParts
from prosa.kit.errors import BadRequest


class Unreadable(ValueError):
    """A record that can't be read as an assistant; the text says why."""


class NoOwner(BadRequest):
    """Nobody is there whose the assistants could become."""


@dataclass(frozen=True, slots=True)
class AdoptingGround:
    """What the import stands on. `now` in seconds since 1970; `model`: whose vectors new stores are to hold, None: they are
    searched by their words alone."""

    database: Database
    journal: Journal
    identity: IdentityParts
    feed: News | None
    now: float
    model: str | None = None


class Owner(NamedTuple):
    """Whose the assistants become. `id` "": in a dry run, somebody who isn't here yet."""

    id: str
    email: str


class Guest(NamedTuple):
    """Somebody who had an assistant in their wallet."""

    account_id: str
    email: str


class Brought(NamedTuple):
    """An assistant as the other system had it, without files and stores: those were the vendor's. `stores`, and `files` of its
    code interpreter: their ids there; `notes`: what of it can't be here."""

    foreign: str
    definition: Definition
    stores: tuple[str, ...]
    files: tuple[str, ...]
    created_at: float | None
    notes: tuple[str, ...]


@dataclass(slots=True)
class MovingReport:
    """What an import found and did; after a dry run, what a real one would do."""

    dry_run: bool
    owner: str = ""
    people: dict[Arrival, int] = field(default_factory=lambda: dict.fromkeys(Arrival, 0))
    changed: list[str] = field(default_factory=list)  # what was said of people: all of it, for each has to be told
    keys: CredentialReport = field(default_factory=CredentialReport)
    links: CredentialReport = field(default_factory=CredentialReport)
    assistants: int = 0
    added: int = 0
    present: int = 0
    deleted: int = 0  # there; left out
    refused: int = 0
    stores: int = 0
    grants: int = 0
    unreadable: int = 0
    told: list[str] = field(default_factory=list)  # of each assistant, what its owner has to do
    reasons: list[str] = field(default_factory=list)  # why records can't be read, the first of them
