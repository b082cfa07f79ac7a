"""An invitation is a text, good once, that lets somebody make an account with a role."""

import hashlib
import importlib
from functools import cached_property
from typing import TYPE_CHECKING, Final

from prosa.drivers.sql import Connection, Database
from prosa.identity.emails import parse_email
from prosa.identity.invites.errors import InviteInvalid, InviteNotFound
from prosa.identity.invites.models import Invite, InvitePage, InviteQuery, NewInvite
from prosa.identity.models import Caller, Reach
from prosa.kit import moments
from prosa.kit.clock import Clock
from prosa.kit.errors import BadRequest
from prosa.kit.ids import new_object_id, new_text

if TYPE_CHECKING:
    from prosa.identity.invites.store import InviteStore

DIGITS: Final = 43  # base 62: 256 bits, so that a plain digest is as good as a keyed one
MOST_DAYS: Final = 365
_DAY: Final = 86_400


class InviteService:
    """Makes, shows, takes back and redeems invitations. Only a digest of the text is stored."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def create(
        self, reach: Reach, caller: Caller | None, new: NewInvite, invite_id: str | None = None
    ) -> tuple[Invite, str]:
        """An invitation and its text, which is shown this once; made by `caller`, None for the command line. With the `invite_id`
        of an attempt that broke off before its text was shown, this one takes that one's place.

        Raises BadRequest for a number of days out of bounds, InvalidEmail.
        """
        if not 1 <= new.days <= MOST_DAYS:
            raise BadRequest(f"Expected 1 to {MOST_DAYS} days.", param="days")
        email = parse_email(new.email).shown if new.email is not None else None
        text, invite_id, now = new_text(DIGITS), invite_id or new_object_id(), moments.stored(self._clock.now())
        row: dict[str, object] = {
            "id": invite_id,
            "digest": _digest(text),
            "email": email,
            "role": new.role.value,
            "created_by": caller.account_id if caller is not None else reach.account_id,
            "created_at": now,
            "expires_at": now + moments.stored(new.days * _DAY),
        }
        async with self._database.writing() as connection:
            await self._store.remove(connection, reach, invite_id)
            await self._store.add(connection, row)
            made = await self._store.get(connection, reach, invite_id)
        assert made is not None
        return made, text

    async def list(self, reach: Reach, query: InviteQuery | None = None) -> InvitePage:
        """A page of invitations, newest first, used and revoked ones too."""
        query = query or InviteQuery()
        async with self._database.reading() as connection:
            found = await self._store.page(connection, reach, InviteQuery(query.limit + 1, query.after))
        more, items = len(found) > query.limit, tuple(found[: query.limit])
        return InvitePage(items, (moments.of(items[-1].created_at), items[-1].id) if more else None)

    async def get(self, reach: Reach, invite_id: str) -> Invite:
        """One invitation. Raises InviteNotFound."""
        async with self._database.reading() as connection:
            found = await self._store.get(connection, reach, invite_id)
        if found is None:
            raise InviteNotFound
        return found

    async def revoke(self, reach: Reach, invite_id: str) -> Invite:
        """Take an invitation back; one that was used or revoked stays as it is. Raises InviteNotFound."""
        async with self._database.writing() as connection:
            await self._store.revoke(connection, reach, invite_id, moments.stored(self._clock.now()))
            found = await self._store.get(connection, reach, invite_id)
        if found is None:
            raise InviteNotFound
        return found

    async def redeem(self, connection: Connection, text: str, email: str) -> Invite:
        """Use the invitation up for an account with this address, inside the transaction that makes it. Raises InviteInvalid."""
        if len(text) != DIGITS or not text.isascii() or not text.isalnum():
            raise InviteInvalid
        found = await self._store.take(connection, _digest(text), moments.stored(self._clock.now()))
        if found is None or (found.email is not None and parse_email(found.email).key != parse_email(email).key):
            raise InviteInvalid  # what was written is undone with the transaction
        return found

    async def name_user(self, connection: Connection, invite: Invite, account_id: str) -> None:
        """Note which account came of a redeemed invitation."""
        await self._store.name_user(connection, Reach(account_id), invite.id)

    async def forget(self, connection: Connection, account_id: str) -> None:
        """Forget by which address this account was invited, inside the transaction that deletes it."""
        await self._store.forget(connection, Reach(account_id))

    @cached_property
    def _store(self) -> "InviteStore":
        store: type[InviteStore] = importlib.import_module("prosa.identity.invites.store").InviteStore
        return store()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
