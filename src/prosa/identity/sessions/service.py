"""A session is one browser signed in: it starts at sign-in, is listed with its device, and ends by its owner or by time."""

import importlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from msgspec import UNSET, UnsetType

from prosa.drivers.sql import Database
from prosa.drivers.vault import Keyring
from prosa.identity.devices import clean_device
from prosa.identity.models import Device, Reach
from prosa.identity.rights import Rights
from prosa.identity.sessions.errors import SessionNotFound, SignInOutdated
from prosa.identity.sessions.models import Session, SessionPage, SessionQuery
from prosa.identity.sessions.text import new_token, session_digest
from prosa.identity.settings import PeopleSettings
from prosa.kit import moments
from prosa.kit.clock import Clock
from prosa.kit.ids import new_object_id

if TYPE_CHECKING:
    from prosa.identity.sessions.store import SessionStore

MOST: Final = 100  # sessions that an account can have; the one that was used longest ago makes room


class SessionService:
    """Starts, lists, renews and ends sessions. Every method may raise DatabaseUnavailable."""

    def __init__(self, database: Database, rights: Rights, keyring: Keyring, settings: PeopleSettings, clock: Clock) -> None:
        self._database = database
        self._rights = rights
        self._keyring = keyring
        self._settings = settings
        self._clock = clock
        self._opened: SessionStore | None = None

    async def start(self, account_id: str, device: Device, proved_at: int | UnsetType | None = UNSET) -> tuple[Session, str]:
        """A new session, and the token for its cookie, which is nowhere else.

        `proved_at`: the moment of the password that was shown, as `SignedIn` tells it. Raises SignInOutdated if the
        account isn't active (any more), or has another password since.
        """
        reach, device, now = Reach(account_id), clean_device(device), self._now()
        session = Session(
            id=new_object_id(),
            account_id=account_id,
            created_at=moments.shown(now),
            last_used_at=moments.shown(now),
            expires_at=moments.shown(now + self._settings.session_seconds * moments.SECOND),
            address=device.address,
            agent=device.agent,
        )
        token = new_token()
        async with self._database.writing() as connection:
            from prosa.identity.owner_store import active_owner

            owner = await active_owner(connection, account_id)
            if owner is None or owner.has_another_password(proved_at):
                raise SignInOutdated
            await self._store.clear(connection, reach, now)
            await self._store.add(connection, reach, session, session_digest(self._keyring, token))
            surplus = await self._store.surplus(connection, reach, now, MOST)
        for session_id in surplus:
            await self._end(reach, session_id, account_id)
        return session, token

    async def list(self, reach: Reach, query: SessionQuery | None = None) -> SessionPage:
        """A page of living sessions, newest sign-in first; lasting sign-in links stand among them."""
        query = query or SessionQuery()
        async with self._database.reading() as connection:
            from prosa.identity.links import store as links

            wider = replace(query, limit=query.limit + 1)
            found = await self._store.page(connection, reach, self._now(), wider)
            if more := await links.page(connection, reach, wider):
                found = sorted([*found, *more], key=lambda each: (each.created_at, each.id), reverse=True)
        last = found[query.limit - 1] if len(found) > query.limit else None
        position = None if last is None else (moments.of(last.created_at), last.id)
        return SessionPage(tuple(found[: query.limit]), position)

    async def get(self, reach: Reach, session_id: str) -> Session:
        """A living session, or a sign-in link. Raises SessionNotFound."""
        async with self._database.reading() as connection:
            from prosa.identity.links import store as links

            found = await self._store.get(connection, reach, self._now(), session_id)
            found = found or await links.get(connection, reach, session_id)
        if found is None:
            raise SessionNotFound
        return found

    async def rotate(self, reach: Reach, session_id: str) -> str:
        """A new token where rights have changed; the one before is worth nothing from now on. Raises SessionNotFound."""
        session = await self.get(reach, session_id)
        token = new_token()
        async with self._rights.changing(session.account_id, session_id) as connection:
            digest = session_digest(self._keyring, token)
            if not await self._store.change_digest(connection, reach, session_id, digest):
                raise SessionNotFound
        return token

    async def end(self, reach: Reach, session_id: str) -> None:
        """Sign this browser out, or revoke this sign-in link. Raises SessionNotFound."""
        session = await self.get(reach, session_id)
        if not await self._end(reach, session_id, session.account_id):
            raise SessionNotFound

    async def end_all(self, account_id: str, but: str | None = None) -> None:
        """Sign the account out everywhere, programs with tokens too; the session `but` stays. API keys stay valid."""
        async with self._rights.changing(account_id) as connection:
            from prosa.identity.ending_store import end_sessions

            await end_sessions(connection, account_id, but)

    async def _end(self, reach: Reach, session_id: str, account_id: str) -> bool:
        async with self._rights.changing(account_id, session_id) as connection:
            from prosa.identity.links import store as links

            ended = await self._store.end(connection, reach, session_id)
            return ended or await links.revoke(connection, reach, session_id, self._now())

    @property
    def _store(self) -> "SessionStore":
        if self._opened is None:  # a transaction is open, so that SQLAlchemy is loaded
            store: type[SessionStore] = importlib.import_module("prosa.identity.sessions.store").SessionStore
            self._opened = store(self._settings.idle_seconds * moments.SECOND)
        return self._opened

    def _now(self) -> int:
        return moments.stored(self._clock.now())
