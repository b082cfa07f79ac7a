"""The nouns of an import of people."""

from dataclasses import dataclass, field
from enum import StrEnum

from prosa.identity.accounts.models import Profile
from prosa.identity.permissions import Role, Scope


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

    `suspended`: deleted there, so that nobody signs in with it here. `sha256`: of the password, in hexadecimal digits, where that
    is all there is. Moments in microseconds since 1970.
    """

    key: str
    email: str
    name: str = ""
    username: str | None = None
    password_hash: str | None = field(default=None, repr=False)
    sha256: str | None = field(default=None, repr=False)
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


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """An API key as the other system had it: the SHA-256 of its text, never the text. `owner`: a person's key there."""

    sha256: str = field(repr=False)
    owner: str | None
    name: str
    scopes: frozenset[Scope]
    active: bool = True
    created_at: int | None = None
    expires_at: int | None = None
    last_used_at: int | None = None


@dataclass(frozen=True, slots=True)
class ForeignLink:
    """A lasting sign-in link as the other system had it."""

    owner: str
    token: str = field(repr=False)
    label: str = ""
    active: bool = True
    created_at: int | None = None
    last_used_at: int | None = None


@dataclass(slots=True)
class CredentialReport:
    """What became of keys, or of links. `ended`: switched off or over there; `ownerless`: of nobody who came; `odd`: of no form
    that is known here."""

    found: int = 0
    added: int = 0
    present: int = 0
    ended: int = 0
    ownerless: int = 0
    odd: int = 0
    remarks: list[str] = field(default_factory=list)
