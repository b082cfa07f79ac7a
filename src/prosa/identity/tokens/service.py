"""A token is a signed text for programs that know C's or M's sign-in; the tokens of one sign-in are a family.

Each refresh makes the family's next generation. A refresh token of an earlier generation that turns up later was copied, by
the program or from it, and nobody can tell which of the two is the thief: the family ends (RFC 9700, section 4.14.2).
"""

import importlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from msgspec import UNSET, UnsetType

from prosa.drivers.sql import Connection, Database
from prosa.drivers.vault import Keyring
from prosa.identity.devices import clean_device
from prosa.identity.models import OPERATOR, Device, Reach
from prosa.identity.rights import Rights
from prosa.identity.sessions.errors import SignInOutdated
from prosa.identity.settings import PeopleSettings
from prosa.identity.tokens import signing
from prosa.identity.tokens.errors import TokenExpired, TokenInvalid
from prosa.identity.tokens.models import Claims, Dialect, Family, Person, TokenPair, TokenType
from prosa.kit import moments
from prosa.kit.clock import Clock
from prosa.kit.ids import new_object_id, short_form

if TYPE_CHECKING:
    from prosa.identity.owner_store import Owner
    from prosa.identity.tokens.store import FamilyStore

ISSUER: Final = "prosa"
MOST: Final = 100  # families that an account can have; the oldest makes room
PARALLEL: Final = 30.0  # seconds for which the refresh token before the newest is still taken for the same client's
_SKEW: Final = 60  # seconds by which another host's clock may be ahead


class TokenService:
    """Issues, reads and refreshes tokens. All but `read` may raise DatabaseUnavailable."""

    def __init__(self, database: Database, rights: Rights, keyring: Keyring, settings: PeopleSettings, clock: Clock) -> None:
        self._database = database
        self._rights = rights
        self._settings = settings
        self._clock = clock
        derived = [keyring.derive("tokens", kid) for kid in keyring.kids]
        self._keys = [*(secret.encode() for secret in settings.signing_secrets), *derived]  # the first signs
        self._opened: FamilyStore | None = None

    async def issue(
        self, account: Person, dialect: Dialect, device: Device, proved_at: int | UnsetType | None = UNSET
    ) -> TokenPair:
        """A new family's first tokens.

        `proved_at`: the moment of the password that was shown, as `SignedIn` tells it. Raises SignInOutdated if the
        account isn't active (any more), or has another password since.
        """
        reach, device, now = Reach(account.id), clean_device(device), self._now()
        family = Family(
            id=new_object_id(),
            account_id=account.id,
            dialect=dialect,
            generation=1,
            rotated_at=now,
            created_at=now,
            expires_at=now + timedelta(seconds=self._lifetime(dialect)),
            address=device.address,
            agent=device.agent,
        )
        async with self._database.writing() as connection:
            from prosa.identity.owner_store import active_owner

            owner = await active_owner(connection, account.id)
            if owner is None or owner.has_another_password(proved_at):
                raise SignInOutdated
            await self._store.clear(connection, reach, moments.of(now))
            await self._store.add(connection, reach, family)
            surplus = await self._store.surplus(connection, reach, MOST)
        for family_id in surplus:
            await self._revoke(reach, family_id, account.id)
        return self._pair(_Found(owner, family))

    def read(self, text: str, dialect: str | None, type: TokenType = TokenType.ACCESS) -> Claims:
        """What a token of this type and dialect (None: of any) says, from its signature alone: its family is to be asked too.

        Raises TokenInvalid, TokenExpired.
        """
        claims = self._read(text, dialect)
        if claims.type is not type:
            raise TokenInvalid
        return claims

    async def refresh(self, text: str, dialect: Dialect) -> TokenPair:
        """New tokens for a refresh token; a new access token alone for one that still holds (mission.md, decision 24).

        Raises TokenInvalid, TokenExpired. A refresh token that was used before ends its family, unless it is the one before
        the newest and the newest is young: that is one client that refreshed twice at once, and both calls get on.
        """
        claims, now = self._read(text, dialect), self._now()
        if claims.type is TokenType.COOKIE:
            raise TokenInvalid
        async with self._database.writing() as connection:
            found = await self._found(connection, claims, now)
            if claims.type is TokenType.ACCESS:
                return self._pair_for_access(found, now)
            found, reused = await self._rotated(connection, found, claims.generation, now)
        if reused:
            await self._revoke(OPERATOR, found.family.id, found.family.account_id)
            raise TokenInvalid
        return self._pair(found)

    async def _found(self, connection: Connection, claims: Claims, now: datetime) -> "_Found":
        """Family and owner, the owner locked first, as everywhere. The token is the permission: no reach narrows the look-up."""
        from prosa.identity.owner_store import active_owner

        family = await self._store.get(connection, OPERATOR, claims.family, moments.of(now))
        owner = await active_owner(connection, family.account_id) if family is not None else None
        if family is None or owner is None or family.dialect is not claims.dialect:
            raise TokenInvalid
        return _Found(owner, family)

    async def _rotated(self, connection: Connection, found: "_Found", generation: int, now: datetime) -> tuple["_Found", bool]:
        """The family as it stands after this refresh token came, and whether that token was used before."""
        owner, family = found.owner, found.family
        reach = Reach(family.account_id)
        if generation == family.generation:
            if await self._store.rotate(connection, reach, family.id, generation, moments.of(now)):
                return _Found(owner, replace(family, generation=generation + 1, rotated_at=now)), False
            newer = await self._store.get(connection, reach, family.id, moments.of(now))
            if newer is None:
                raise TokenInvalid
            family = newer
        parallel = generation == family.generation - 1 and (now - family.rotated_at).total_seconds() <= PARALLEL
        return _Found(owner, family), not parallel

    def _pair_for_access(self, found: "_Found", now: datetime) -> TokenPair:
        if now >= found.family.created_at + timedelta(seconds=self._settings.refresh_seconds):
            raise TokenExpired
        return replace(self._pair(found), refresh=None)

    async def _revoke(self, reach: Reach, family_id: str, account_id: str) -> None:
        async with self._rights.changing(account_id, family_id) as connection:
            await self._store.revoke(connection, reach, family_id, moments.of(self._now()))

    def _pair(self, found: "_Found") -> TokenPair:
        family, now = found.family, self._now()
        refreshing = family.dialect is Dialect.CHATAI
        seconds = self._settings.access_seconds if refreshing else self._settings.multiuser_seconds
        access_until = min(now + timedelta(seconds=seconds), family.expires_at)
        refresh_until = family.created_at + timedelta(seconds=self._settings.refresh_seconds)
        access = self._claims(found, TokenType.ACCESS, access_until)
        refresh = self._signed(self._claims(found, TokenType.REFRESH, refresh_until)) if refreshing else None
        cookie = None if refreshing else self._signed(self._claims(found, TokenType.COOKIE, access_until))
        until = datetime.fromtimestamp(access.expires_at, UTC)
        return TokenPair(self._signed(access), refresh, until, family.account_id, cookie)

    def _claims(self, found: "_Found", type: TokenType, until: datetime) -> Claims:
        owner, family = found.owner, found.family
        chatai = family.dialect is Dialect.CHATAI
        named = chatai and type is TokenType.ACCESS
        return Claims(
            issuer=ISSUER,
            dialect=family.dialect,
            type=type,
            family=family.id,
            generation=family.generation,
            subject=short_form(owner.id) if chatai else str(owner.number),
            issued_at=int(self._now().timestamp()),
            expires_at=int(until.timestamp()),
            id=new_object_id(),
            user=owner.email if named else None,
            user_id=short_form(owner.id) if named else None,
            name=owner.name if named else None,
        )

    def _signed(self, claims: Claims) -> str:
        return signing.sign(claims, self._keys[0])

    def _read(self, text: str, dialect: str | None) -> Claims:
        claims, now = signing.read(text, self._keys), self._clock.now()
        begun = max(claims.issued_at, claims.not_before or 0) <= now + _SKEW
        if claims.issuer != ISSUER or dialect not in (None, claims.dialect) or not begun:
            raise TokenInvalid
        if claims.expires_at <= now:
            raise TokenExpired
        return claims

    def _lifetime(self, dialect: Dialect) -> int:
        if dialect is Dialect.MULTIUSER:
            return self._settings.multiuser_seconds
        return max(self._settings.access_seconds, self._settings.refresh_seconds)

    @property
    def _store(self) -> "FamilyStore":
        if self._opened is None:  # a transaction is open, so that SQLAlchemy is loaded
            store: type[FamilyStore] = importlib.import_module("prosa.identity.tokens.store").FamilyStore
            self._opened = store()
        return self._opened

    def _now(self) -> datetime:
        return moments.shown(moments.stored(self._clock.now()))


@dataclass(frozen=True, slots=True)
class _Found:
    """A family and whose it is."""

    owner: "Owner"
    family: Family
