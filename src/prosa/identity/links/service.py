"""Signing in by a link. Who has its token comes in, as often as they like, until the link is revoked."""

from dataclasses import dataclass

from prosa.drivers.sql import Database
from prosa.drivers.vault import Keyring
from prosa.identity.accounts.bars import Bars
from prosa.identity.accounts.parts import Attempts
from prosa.identity.links.errors import LinkRefused
from prosa.identity.links.text import is_token, link_digest
from prosa.identity.models import Device, Reach
from prosa.identity.sessions import Session, SessionService, SignInOutdated
from prosa.identity.settings import PeopleSettings
from prosa.kit import moments
from prosa.kit.clock import Clock


@dataclass(frozen=True, slots=True)
class LinkParts:
    """What links stand on."""

    database: Database
    keyring: Keyring
    sessions: SessionService
    attempts: Attempts
    clock: Clock


class LinkService:
    """Begins sessions for who shows a token; `SessionService` lists and revokes the links themselves."""

    def __init__(self, parts: LinkParts, per_minute: int) -> None:
        self._parts = parts
        self._keyring = parts.keyring
        self._bars = Bars(parts.attempts, per_minute)

    def adjust(self, settings: PeopleSettings) -> None:
        """Go on with these."""
        self._bars.adjust(settings.sign_in_per_minute)

    async def sign_in(self, token: str, device: Device) -> str:
        """Begin a session; the token for its cookie. Every wrong token counts for the address that it comes from.

        Raises LinkRefused, TooManySignIns, DatabaseUnavailable.
        """
        bars = self._bars.of_sign_in_link(device.address)
        self._bars.require(bars)
        found = await self._found(token)
        if found is None:
            self._bars.count(bars)
            raise LinkRefused
        id, account_id = found
        try:
            session, cookie = await self._parts.sessions.start(account_id, device)
        except SignInOutdated:
            self._bars.count(bars)
            raise LinkRefused from None
        await self._note(id, session, token, moments.stored(self._parts.clock.now()))
        return cookie

    async def _found(self, token: str) -> tuple[str, str] | None:
        if not is_token(token):
            return None
        async with self._parts.database.reading() as connection:
            from prosa.identity.links import store

            return await store.found(connection, [link_digest(self._keyring, token, kid) for kid in self._keyring.kids])

    async def _note(self, id: str, session: Session, token: str, now: int) -> None:
        """When and from where it was used; and its digest under the newest secret."""
        values = {
            "last_used_at": now,
            "address": session.address,
            "digest": link_digest(self._keyring, token),
            "pepper": self._keyring.kid,
        }
        async with self._parts.database.writing() as connection:
            from prosa.identity.links import store

            await store.used(connection, Reach(session.account_id), id, values)
