"""An API key lets a program act for a person, within what the key was made for and what the person may do at that moment."""

import importlib
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from msgspec import UNSET

from prosa.drivers.sql import Connection, Database
from prosa.drivers.vault import Keyring
from prosa.identity.accounts.errors import AccountNotFound, EditConflict
from prosa.identity.api_keys import restrictions
from prosa.identity.api_keys.errors import KeyEnded, KeyNameTaken, KeyNotFound, ScopeNotAllowed, TooManyKeys
from prosa.identity.api_keys.models import DAY, ApiKey, Digest, KeyChanges, KeyPage, KeyQuery, KeyStatus, NewKey
from prosa.identity.api_keys.text import KeyText
from prosa.identity.errors import PermissionDenied
from prosa.identity.models import Caller, Reach
from prosa.identity.permissions import OF_ROLE, OF_SCOPE, Permission, Role, Scope
from prosa.identity.rights import Rights
from prosa.kit import moments
from prosa.kit.clock import Clock
from prosa.kit.errors import BadRequest
from prosa.kit.ids import new_object_id

if TYPE_CHECKING:
    from prosa.identity.api_keys.store import KeyStore

MOST: Final = 1000  # keys that an account can have, and as many revoked ones are kept for it
LONGEST_OVERLAP: Final = 30 * DAY


class ApiKeyService:
    """Makes, lists, changes, rotates and revokes keys. Every method may raise DatabaseUnavailable.

    Who makes, changes or rotates one says so: a caller, who does it for itself alone, or a reach (the command line).
    """

    def __init__(self, database: Database, rights: Rights, keyring: Keyring, clock: Clock) -> None:
        self._database = database
        self._rights = rights
        self._keyring = keyring
        self._clock = clock
        self._opened: KeyStore | None = None

    async def create(self, by: Caller | Reach, new: NewKey, key_id: str | None = None) -> tuple[ApiKey, str]:
        """A new key, and its text, which is shown this once. With the `key_id` of an attempt that broke off before its text was
        shown, this key takes that one's place.

        Raises BadRequest naming the field, AccountNotFound, ScopeNotAllowed, KeyNameTaken, TooManyKeys, PermissionDenied.
        """
        reach = _reach(by)
        if reach.account_id not in (None, new.account_id):
            raise AccountNotFound
        text = KeyText.make()
        key = ApiKey(
            id=key_id or new_object_id(),
            account_id=new.account_id,
            lookup=text.lookup,
            name=restrictions.checked_name(new.name),
            scopes=restrictions.checked_scopes(new.scopes),
            models=restrictions.checked_models(new.models),
            addresses=restrictions.checked_addresses(new.addresses),
            created_at=self._now(),
            expires_at=restrictions.checked_expiry(new.expires_at, self._now()),
        )
        own = Reach(new.account_id)
        async with self._rights.changing(key.account_id, key.id, lock=_lock(key.account_id)) as connection:
            await self._check_scopes(connection, by, key)
            await self._store.remove(connection, own, key.id)
            if await self._store.by_name(connection, own, key.account_id, key.name) is not None:
                raise KeyNameTaken
            if await self._store.count(connection, own) >= MOST:
                raise TooManyKeys(MOST)
            await self._store.trim(connection, own, MOST)
            await self._store.add(connection, own, key, self._digest(text))
        return key, text.whole

    async def list(self, reach: Reach, query: KeyQuery | None = None) -> KeyPage:
        """A page of keys, newest first."""
        query = query or KeyQuery()
        async with self._database.reading() as connection:
            now = moments.of(self._now())
            found = await self._store.page(connection, reach, now, replace(query, limit=query.limit + 1))
        last = found[query.limit - 1] if len(found) > query.limit else None
        position = None if last is None else (moments.of(last.created_at), last.id)
        return KeyPage(tuple(found[: query.limit]), position)

    async def get(self, reach: Reach, key_id: str) -> ApiKey:
        """A key, ended or not. Raises KeyNotFound."""
        async with self._database.reading() as connection:
            found = await self._store.get(connection, reach, key_id)
        if found is None:
            raise KeyNotFound
        return found

    async def by_name(self, reach: Reach, account_id: str, name: str) -> ApiKey:
        """The account's living key of this name. Raises KeyNotFound."""
        async with self._database.reading() as connection:
            found = await self._store.by_name(connection, reach, account_id, name.strip())
        if found is None:
            raise KeyNotFound
        return found

    async def change(self, by: Caller | Reach, key_id: str, changes: KeyChanges, if_version: int | None = None) -> ApiKey:
        """Change what a key is called and good for.

        Raises KeyNotFound, KeyEnded, EditConflict (it isn't at `if_version` any more), and what `create` raises.
        """
        reach = _reach(by)
        account_id = (await self.get(reach, key_id)).account_id
        async with self._rights.changing(account_id, key_id, lock=_lock(account_id)) as connection:
            key = await self._alterable(connection, reach, key_id)
            if if_version not in (None, key.version):
                raise EditConflict
            changed = self._changed(key, changes)
            await self._check_scopes(connection, by, changed)
            if changed.name != key.name and await self._store.by_name(connection, reach, account_id, changed.name):
                raise KeyNameTaken
            if not await self._store.change(connection, reach, changed, key.version):
                raise EditConflict
        return changed

    async def rotate(
        self, by: Caller | Reach, key_id: str, overlap_seconds: float = DAY, new_id: str | None = None
    ) -> tuple[ApiKey, str]:
        """A successor with the same name and bounds, and its text; the key itself stays good for `overlap_seconds` more.
        `new_id`: as `key_id` of `create`.

        Raises KeyNotFound, KeyEnded, ScopeNotAllowed, PermissionDenied, BadRequest.
        """
        if not 0 <= overlap_seconds <= LONGEST_OVERLAP:
            raise BadRequest(f"Expected an overlap of 0 to {LONGEST_OVERLAP} seconds.", param="overlap_seconds")
        reach, text, new_id = _reach(by), KeyText.make(), new_id or new_object_id()
        account_id = (await self.get(reach, key_id)).account_id
        async with self._rights.changing(account_id, key_id, lock=_lock(account_id)) as connection:
            key, now = await self._alterable(connection, reach, key_id, new_id), self._now()
            own = Reach(account_id)  # also for the operator: what a key replaced is found among its account's
            before = await self._store.get(connection, own, new_id)
            if before is None and key.status(now) is not KeyStatus.ACTIVE:
                raise KeyEnded
            await self._check_scopes(connection, by, key)
            new = replace(
                before or key,
                id=new_id,
                lookup=text.lookup,
                created_at=now,
                last_used_at=None,
                last_used_address=None,
                version=1,
            )
            until = moments.of(now + timedelta(seconds=overlap_seconds))
            await self._store.remove(connection, own, new_id)
            await self._store.replace(connection, own, key_id, new_id, until)
            await self._store.add(connection, own, new, self._digest(text))
        return new, text.whole

    async def revoke(self, reach: Reach, key_id: str) -> None:
        """End a key, and those before it that are still good because of a rotation. Again is no error. Raises KeyNotFound."""
        own = Reach((await self.get(reach, key_id)).account_id)
        async with self._database.reading() as connection:
            line = await self._store.line(connection, own, key_id)
        for one in line:
            async with self._rights.changing(own.account_id, one) as connection:
                await self._store.revoke(connection, own, one, moments.of(self._now()))

    async def _alterable(self, connection: Connection, reach: Reach, key_id: str, successor: str | None = None) -> ApiKey:
        key = await self._store.get(connection, reach, key_id)
        if key is None:
            raise KeyNotFound
        if key.status(self._now()) is KeyStatus.REVOKED or key.replaced_by not in (None, successor):
            raise KeyEnded
        return key

    def _changed(self, key: ApiKey, changes: KeyChanges) -> ApiKey:
        if changes.name is not UNSET:
            key = replace(key, name=restrictions.checked_name(changes.name))
        if changes.scopes is not UNSET:
            key = replace(key, scopes=restrictions.checked_scopes(changes.scopes))
        if changes.models is not UNSET:
            key = replace(key, models=restrictions.checked_models(changes.models))
        if changes.addresses is not UNSET:
            key = replace(key, addresses=restrictions.checked_addresses(changes.addresses))
        if changes.expires_at is not UNSET:
            key = replace(key, expires_at=restrictions.checked_expiry(changes.expires_at, self._now()))
        return replace(key, version=key.version + 1)

    async def _check_scopes(self, connection: Connection, by: Caller | Reach, key: ApiKey) -> None:
        """The owner is there, and neither it nor who acts here would be surpassed by the key."""
        from prosa.identity.owner_store import active_owner

        owner = await active_owner(connection, key.account_id)
        if owner is None:
            raise AccountNotFound
        for scope in sorted(key.scopes):
            if not _within(scope, owner.role, by):
                raise ScopeNotAllowed(scope)

    def _digest(self, text: KeyText) -> Digest:
        return Digest(text.digest(self._keyring), self._keyring.kid)

    @property
    def _store(self) -> "KeyStore":
        if self._opened is None:  # a transaction is open, so that SQLAlchemy is loaded
            store: type[KeyStore] = importlib.import_module("prosa.identity.api_keys.store").KeyStore
            self._opened = store()
        return self._opened

    def _now(self) -> datetime:
        return moments.shown(moments.stored(self._clock.now()))


def _reach(by: Caller | Reach) -> Reach:
    """Its own account for a caller, who has to have the permission; nobody makes a key in somebody else's name."""
    if isinstance(by, Reach):
        return by
    if not by.may(Permission.WRITE_KEYS) or by.account_id is None:
        raise PermissionDenied(Permission.WRITE_KEYS)
    return Reach(by.account_id)


def _within(scope: Scope, role: Role, by: Caller | Reach) -> bool:
    allowed = OF_ROLE[role] if isinstance(by, Reach) else OF_ROLE[role] & by.permissions
    return allowed >= OF_SCOPE[scope]


def _lock(account_id: str) -> str:
    return f"api-keys:{account_id}"
