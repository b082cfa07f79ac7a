"""The nouns of API keys."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from msgspec import UNSET, UnsetType

from prosa.identity.api_keys.brought import hint_of
from prosa.identity.api_keys.text import PREFIX
from prosa.identity.permissions import Scope

DAY: Final = 86_400
Position = tuple[int, str]
"""Where a page ends: when the key was made, in microseconds since 1970, and its id."""


class KeyStatus(StrEnum):
    """Where a key stands."""

    ACTIVE = "active"
    REPLACED = "replaced"  # its successor is there, and it is good until `expires_at`
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as its owner sees it: everything but its secret. `models`, `addresses`: the only ones it is good for, None: any."""

    id: str
    account_id: str
    lookup: str
    name: str
    scopes: frozenset[Scope]
    models: tuple[str, ...] | None
    addresses: tuple[str, ...] | None  # networks, as CIDR
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None = None  # to the minute
    last_used_address: str | None = None
    revoked_at: datetime | None = None
    replaced_by: str | None = None
    version: int = 1

    @property
    def hint(self) -> str:
        """The beginning of the key, by which a person knows it again."""
        return hint_of(self.lookup) or PREFIX + self.lookup

    def status(self, now: datetime) -> KeyStatus:
        """Where the key stands at this moment."""
        if self.revoked_at is not None:
            return KeyStatus.REVOKED
        if self.expires_at is not None and self.expires_at <= now:
            return KeyStatus.EXPIRED
        return KeyStatus.ACTIVE if self.replaced_by is None else KeyStatus.REPLACED


@dataclass(frozen=True, slots=True)
class NewKey:
    """What a key is made for."""

    account_id: str
    name: str
    scopes: frozenset[Scope]
    models: tuple[str, ...] | None = None
    addresses: tuple[str, ...] | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeyChanges:
    """What to change of a key; None lifts a restriction."""

    name: str | UnsetType = UNSET
    scopes: frozenset[Scope] | UnsetType = UNSET
    models: tuple[str, ...] | UnsetType | None = UNSET
    addresses: tuple[str, ...] | UnsetType | None = UNSET
    expires_at: datetime | UnsetType | None = UNSET


@dataclass(frozen=True, slots=True)
class Digest:
    """What is stored of a key's text, and which secret's pepper it was made with."""

    digest: str = field(repr=False)
    pepper: str


@dataclass(frozen=True, slots=True)
class KeyQuery:
    """A page of keys, newest first. `account_id` narrows what the reach allows; `ended`: revoked and expired ones too."""

    account_id: str | None = None
    limit: int = 50
    after: Position | None = None
    ended: bool = False


@dataclass(frozen=True, slots=True)
class KeyPage:
    """Keys, and where the next page begins; None: this was the last."""

    items: tuple[ApiKey, ...]
    next: Position | None
