"""Look-ups of stored credentials together with their owners, on the way of every request whose credential isn't remembered.

They go past the query builder, because each of them is one statement by a unique index and its time counts. A credential is
found by the digest, lookup text or id that its own secret carries, so that here alone no reach comes first.
"""

from typing import Final

import msgspec

from prosa.drivers.sql import Database

_KEY: Final = (
    "SELECT k.id, k.account_id, a.role, k.expires_at, k.digest, k.pepper, k.scopes, k.models, k.addresses "
    "FROM api_keys k JOIN accounts a ON a.id = k.account_id "
    "WHERE k.lookup = $1 AND k.revoked_at IS NULL AND a.status = 'active'"
)
_SESSION: Final = (
    "SELECT s.id, s.account_id, a.role, s.expires_at, s.last_used_at "
    "FROM sessions s JOIN accounts a ON a.id = s.account_id WHERE s.digest = $1 AND a.status = 'active'"
)
_SESSION_BY_ID: Final = (
    "SELECT s.id, s.account_id, a.role, s.expires_at, s.last_used_at "
    "FROM sessions s JOIN accounts a ON a.id = s.account_id WHERE s.id = $1 AND a.status = 'active'"
)
_KEY_BY_ID: Final = _KEY.replace("k.lookup = $1", "k.id = $1")
_FAMILY: Final = (
    "SELECT f.id, f.account_id, a.role, f.dialect "
    "FROM token_families f JOIN accounts a ON a.id = f.account_id "
    "WHERE f.id = $1 AND f.revoked_at IS NULL AND a.status = 'active'"
)


class KeyRow(msgspec.Struct, array_like=True, frozen=True):
    """An API key that isn't revoked, of an active account. Moments in microseconds; lists as JSON, None: no restriction."""

    id: str
    account_id: str
    role: str
    expires_at: int | None
    digest: str
    pepper: str
    scopes: str
    models: str | None
    addresses: str | None


class SessionRow(msgspec.Struct, array_like=True, frozen=True):
    """A session of an active account."""

    id: str
    account_id: str
    role: str
    expires_at: int
    last_used_at: int


class FamilyRow(msgspec.Struct, array_like=True, frozen=True):
    """A family of tokens that isn't revoked, of an active account."""

    id: str
    account_id: str
    role: str
    dialect: str


class CredentialStore:
    """Reads credentials. Raises DatabaseUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def key(self, lookup: str) -> KeyRow | None:
        """The key whose text carries this look-up part."""
        rows = await self._database.fetch(_KEY, lookup)
        return msgspec.convert(rows[0], KeyRow) if rows else None

    async def key_by_id(self, key_id: str) -> KeyRow | None:
        """The key behind a ticket."""
        rows = await self._database.fetch(_KEY_BY_ID, key_id)
        return msgspec.convert(rows[0], KeyRow) if rows else None

    async def session(self, digest: str) -> SessionRow | None:
        """The session whose token has this digest."""
        rows = await self._database.fetch(_SESSION, digest)
        return msgspec.convert(rows[0], SessionRow) if rows else None

    async def session_by_id(self, session_id: str) -> SessionRow | None:
        """The session behind a ticket."""
        rows = await self._database.fetch(_SESSION_BY_ID, session_id)
        return msgspec.convert(rows[0], SessionRow) if rows else None

    async def family(self, family_id: str) -> FamilyRow | None:
        """The family that a signed token names."""
        rows = await self._database.fetch(_FAMILY, family_id)
        return msgspec.convert(rows[0], FamilyRow) if rows else None
