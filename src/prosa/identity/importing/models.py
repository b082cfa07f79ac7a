"""The nouns of an import of people."""

from dataclasses import dataclass, field
from enum import StrEnum

from prosa.identity.accounts.models import Profile
from prosa.identity.permissions import Role


class Unreadable(ValueError):
    """A record that can't be read as a person; the text says why, without repeating it."""


class Arrival(StrEnum):
    """What becomes of a person."""

    ADDED = "added"
    PRESENT = "present"  # of an earlier run
    JOINED = "joined"  # somebody here has the same e-mail address, and that account takes over what was theirs
    CONFLICT = "conflict"  # somebody here has the same e-mail address or user name
    ERASED = "erased"  # was here, and asked to be forgotten
    REFUSED = "refused"  # can't be an account


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A person as the other system had them. `key` is their id there; `id` and `number` are kept where they are free.

    `suspended`: deleted there, so that nobody signs in with it here. Moments in microseconds since 1970.
    """

    key: str
    email: str
    name: str = ""
    username: str | None = None
    password_hash: str | None = field(default=None, repr=False)
    id: str | None = None
    number: int | None = None
    role: Role = Role.USER
    suspended: bool = False
    profile: Profile = field(default_factory=Profile)
    created_at: int | None = None
    updated_at: int | None = None


@dataclass(frozen=True, slots=True)
class Arrivals:
    """How people are taken in. `erased`: ids that must not come back; `dry_run` only looks."""

    keep_admins: bool = False
    join: bool = False
    dry_run: bool = False
    erased: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one: `account_id` owns what was theirs, None where that is left out; `notes` say what was changed."""

    key: str
    arrival: Arrival
    account_id: str | None = None
    notes: tuple[str, ...] = ()
