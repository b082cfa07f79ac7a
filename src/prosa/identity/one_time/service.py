"""A token for one use is a text that does one thing, once, for a short time: a reset link, a proof of an e-mail address."""

import importlib
from typing import TYPE_CHECKING, Final

from prosa.drivers.sql import Connection
from prosa.drivers.vault import Keyring
from prosa.identity.models import Reach
from prosa.identity.one_time.errors import OneTimeRefused
from prosa.identity.one_time.models import Purpose, Redeemed
from prosa.kit import moments
from prosa.kit.clock import Clock
from prosa.kit.ids import new_text

if TYPE_CHECKING:
    from prosa.identity.one_time.store import OneTimeStore

DIGITS: Final = 43  # base 62: 256 bits
KEPT: Final = 100  # unused tokens of one purpose that an account can have; the oldest make room
_PURPOSE: Final = "one-time"  # the keyring's label


class OneTime:
    """Issues and redeems tokens inside the transaction of what they are for. Only their HMAC is stored."""

    def __init__(self, keyring: Keyring, clock: Clock) -> None:
        self._keyring = keyring
        self._clock = clock
        self._opened: OneTimeStore | None = None

    async def issue(
        self, connection: Connection, purpose: Purpose, account_id: str, seconds: float, detail: str | None = None
    ) -> str:
        """A fresh token's text, which is nowhere else; good for `seconds`."""
        text = new_text(DIGITS)
        now = moments.stored(self._clock.now())
        reach = Reach(account_id)
        await self._store.drop(connection, reach, purpose, before=now)
        await self._store.trim(connection, reach, purpose, KEPT - 1)
        row: dict[str, object] = {
            "digest": self._digest(purpose, text, self._keyring.kid),
            "purpose": purpose,
            "detail": detail,
            "created_at": now,
            "expires_at": now + moments.stored(seconds),
        }
        await self._store.add(connection, reach, row)
        return text

    async def redeem(self, connection: Connection, purpose: Purpose, text: str) -> Redeemed:
        """Use the token up. Raises OneTimeRefused: unknown, used, too old or for another purpose."""
        if len(text) != DIGITS or not text.isascii() or not text.isalnum():
            raise OneTimeRefused
        digests = [self._digest(purpose, text, kid) for kid in self._keyring.kids]
        found = await self._store.take(connection, digests, purpose, moments.stored(self._clock.now()))
        if found is None:
            raise OneTimeRefused
        return found

    async def void(self, connection: Connection, purpose: Purpose, account_id: str) -> None:
        """Throw away every token of this purpose that the account has."""
        await self._store.drop(connection, Reach(account_id), purpose)

    @property
    def _store(self) -> "OneTimeStore":
        if self._opened is None:  # a transaction is open, so that SQLAlchemy is loaded
            store: type[OneTimeStore] = importlib.import_module("prosa.identity.one_time.store").OneTimeStore
            self._opened = store()
        return self._opened

    def _digest(self, purpose: Purpose, text: str, kid: str) -> str:
        return self._keyring.mac(_PURPOSE, f"{purpose}:{text}".encode(), kid)
