"""What accounts stand on."""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from prosa.drivers.sql import Database
from prosa.drivers.vault import Keyring
from prosa.identity.accounts.models import Eraser, Heir
from prosa.identity.invites.service import InviteService
from prosa.identity.one_time import OneTime
from prosa.identity.passwords import Passwords
from prosa.identity.rights import Rights
from prosa.identity.settings import PeopleSettings
from prosa.kit import moments
from prosa.kit.clock import Clock

if TYPE_CHECKING:
    from prosa.drivers.mail import Mailer
    from prosa.identity.accounts.device_store import DeviceStore
    from prosa.identity.accounts.store import AccountStore

LOCK = "accounts"  # held by whatever makes an account, or changes what must be unique among them


class Counted(Protocol):
    """One answer of a limiter."""

    @property
    def allowed(self) -> bool: ...

    @property
    def remaining(self) -> int: ...

    @property
    def reset_seconds(self) -> float: ...

    @property
    def retry_after(self) -> float: ...


class Attempts(Protocol):
    """A limiter as `usage` has two: counts by bucket, a whole minute's number at once. A cost of 0 only asks."""

    def take(self, bucket: str, per_minute: int, cost: float = 1.0) -> Counted: ...


@dataclass
class AccountParts:
    """Everything from outside that accounts use; the stores are loaded once the database is open.

    `mailer` is None without SMTP, `public_url` without PROSA_PUBLIC_URL (then no link is mailed). `heirs` are told of the first
    admin, `erasers` of a deletion, each inside its transaction.
    """

    database: Database
    rights: Rights
    keyring: Keyring
    passwords: Passwords
    one_time: OneTime
    invites: InviteService
    attempts: Attempts
    clock: Clock
    settings: PeopleSettings
    mailer: "Mailer | None" = None
    public_url: str | None = None
    heirs: Sequence[Heir] = field(default=())
    erasers: Sequence[Eraser] = field(default=())

    def now(self) -> int:
        """This moment in microseconds since 1970."""
        return moments.stored(self.clock.now())

    @cached_property
    def store(self) -> "AccountStore":
        """Accounts in the database; asked for inside a transaction only, when SQLAlchemy is loaded."""
        store: type[AccountStore] = importlib.import_module("prosa.identity.accounts.store").AccountStore
        return store()

    @cached_property
    def devices(self) -> "DeviceStore":
        """Known devices in the database; the same."""
        store: type[DeviceStore] = importlib.import_module("prosa.identity.accounts.device_store").DeviceStore
        return store()
