"""The nouns of accounts."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from msgspec import UNSET, UnsetType

from prosa.drivers.sql import Connection
from prosa.identity.models import Device
from prosa.identity.permissions import Role

LOCAL = "local"  # the space of who calls without a credential on this machine
LANGUAGES = ("en", "pt-BR")
NOWHERE = Device("")  # the command line, tests

Heir: TypeAlias = Callable[[Connection, str, str], Awaitable[None]]
"""Gives what one space stores to another, inside the transaction that makes the first admin: `(connection, old, new)`."""
Eraser: TypeAlias = Callable[[Connection, str], Awaitable[None]]
"""Erases what a space stores, inside the transaction that deletes its account."""


class AccountStatus(StrEnum):
    """Where an account stands. A deleted one is an empty row that keeps its number from being given out again."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    DELETED = "deleted"


class LoginKind(StrEnum):
    """What a dialect takes for a login: C the e-mail address, M the name in its exact case, the app either."""

    EMAIL = "email"
    USERNAME = "username"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Profile:
    """What C knows of a person (C60). `cpf`: eleven digits; read by `AccountService.get` alone."""

    age: int | None = None
    sector: str | None = None
    position: str | None = None
    cpf: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Account:
    """A person. `number` is the integer that M's dialect shows; `version` counts changes."""

    id: str
    number: int
    email: str
    username: str | None
    name: str
    role: Role
    status: AccountStatus
    language: str | None
    time_zone: str | None
    profile: Profile
    created_at: datetime
    updated_at: datetime
    version: int
    has_password: bool = True

    @property
    def space(self) -> str:
        """The space that owns what this person stores."""
        return self.id


@dataclass(frozen=True, slots=True)
class Registration:
    """What a person tells to get an account. `code` makes the first admin; without a name it is made of the login."""

    email: str
    password: str = field(repr=False)
    name: str = ""
    username: str | None = None
    code: str | None = field(default=None, repr=False)
    invite: str | None = field(default=None, repr=False)
    language: str | None = None
    time_zone: str | None = None
    profile: Profile = Profile()


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account that an admin or the command line makes; without a password it is entered by a reset link first.

    `password_hash` comes from another system, `id` too (kept so that its clients find what they have stored).
    """

    email: str
    password: str | None = field(default=None, repr=False)
    name: str = ""
    username: str | None = None
    role: Role = Role.USER
    language: str | None = None
    time_zone: str | None = None
    profile: Profile = Profile()
    password_hash: str | None = field(default=None, repr=False)
    id: str | None = None


@dataclass(frozen=True, slots=True)
class ProfileChanges:
    """Fields of the profile to change; None empties one."""

    age: int | UnsetType | None = UNSET
    sector: str | UnsetType | None = UNSET
    position: str | UnsetType | None = UNSET
    cpf: str | UnsetType | None = field(default=UNSET, repr=False)


@dataclass(frozen=True, slots=True)
class AccountChanges:
    """Fields to change; UNSET leaves one alone, None empties it where it can be empty. `role` is for admins."""

    name: str | UnsetType = UNSET
    username: str | UnsetType | None = UNSET
    language: str | UnsetType | None = UNSET
    time_zone: str | UnsetType | None = UNSET
    profile: ProfileChanges = ProfileChanges()
    role: Role | UnsetType = UNSET


@dataclass(frozen=True, slots=True)
class AccountQuery:
    """A page of accounts, oldest first: those after the number `after`. `search` is looked for in names and e-mail addresses."""

    limit: int = 50
    after: int | None = None
    search: str | None = None
    role: Role | None = None
    status: AccountStatus | None = None


@dataclass(frozen=True, slots=True)
class AccountPage:
    """Accounts; `next` is the number to ask on from, None on the last page."""

    items: tuple[Account, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class SignIn:
    """An attempt to sign in."""

    login: str
    password: str = field(repr=False)
    device: Device = field(default=NOWHERE, repr=False)
    by: LoginKind = LoginKind.ANY


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who signed in. `device_cookie` is the value of `prosa_device` for this browser, valid for many accounts' sign-ins.

    `proved_at` is the moment, in microseconds, of the password that was shown: a session is begun only while it is the same.
    """

    account: Account
    device_cookie: str = field(repr=False)
    proved_at: int | None = None


@dataclass(frozen=True, slots=True)
class EmailChange:
    """What became of a wish for another address: in force at once, or when the link that was mailed is opened."""

    email: str
    confirmed: bool
