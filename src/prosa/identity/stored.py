"""Who stands behind a credential that is stored: a person's API key, a signed token, a browser's session, a ticket."""

import hmac
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Final

import msgspec

from prosa.drivers.vault import Keyring, UnknownSecret
from prosa.identity.api_keys.brought import BroughtText
from prosa.identity.api_keys.text import KeyText
from prosa.identity.credential_store import CredentialStore, KeyRow, SessionRow
from prosa.identity.models import Caller, CallerKind, Door, Signs
from prosa.identity.permissions import OF_NARROW_COOKIE, OF_ROLE, OF_TOKEN, Permission, Role, Scope, of_scopes
from prosa.identity.sessions.text import session_digests
from prosa.identity.standing import Standing, networks_of
from prosa.identity.tokens.errors import TokenExpired, TokenInvalid
from prosa.identity.tokens.models import Claims, TokenType
from prosa.kit.clock import Clock

if TYPE_CHECKING:
    from prosa.identity.last_use import LastUse
    from prosa.identity.one_time import Ticket, TicketService
    from prosa.identity.tokens import TokenService

# Which tokens pass which door: an older dialect takes its own alone, the common doors take both.
DIALECTS: Final = {Door.CHATAI: "chatai", Door.MULTIUSER: "multiuser"}
_MICRO: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class StoredCredentials:
    """Finds the standing of stored credentials; None for what isn't good now. Raises DatabaseUnavailable.

    A session that nobody used for `idle_seconds` is over. Digests made with an older secret are made anew as they're used.
    """

    store: CredentialStore
    keyring: Keyring
    tokens: "TokenService"
    tickets: "TicketService"
    clock: Clock
    last_use: "LastUse"
    idle_seconds: int

    async def bearer(self, text: str, signs: Signs, door: Door) -> Standing | None:
        """A key or a token as it travels in a header. Raises TokenExpired."""
        key = KeyText.parse(text)
        if key is not None:
            row = await self.store.key(key.lookup)
            return self._key(row, text, signs.address) if row is not None else None
        brought = BroughtText.parse(text)
        if brought is not None:
            return await self._brought(brought, signs.address)
        if text.count(".") == 2:
            return await self._token(text, signs.address, door)
        return None

    async def _brought(self, key: BroughtText, address: str) -> Standing | None:
        """A key of another installation: by its text once it was used here, before that by its SHA-256."""
        row = await self.store.key(key.lookup)
        if row is not None:
            return self._key(row, key.whole, address)
        row = await self.store.key(key.first.lookup)
        if row is None or not self._proves(key.first.sha256, row):
            return None
        standing = self._of_key(row, address)
        if standing is not None:
            self.last_use.show_key(row.id, key)
        return standing

    def _proves(self, text: str, row: KeyRow) -> bool:
        try:
            digest = self.keyring.mac("keys", text.encode(), row.pepper)
        except UnknownSecret:
            return False  # the secret that it was made with is gone: nobody can tell a right key from a wrong one
        return hmac.compare_digest(digest, row.digest)

    def _key(self, row: KeyRow, text: str, address: str) -> Standing | None:
        if not self._proves(text, row):
            return None
        standing = self._of_key(row, address)
        if standing is not None and row.pepper != self.keyring.kid:
            self.last_use.upgrade_key(row.id, text)
        return standing

    def _of_key(self, row: KeyRow, address: str) -> Standing | None:
        role = Role(row.role)
        caller = Caller(
            CallerKind.KEY,
            row.account_id,
            f"key_{row.id}",
            "",
            of_scopes(frozenset(map(Scope, _list(row.scopes))), role),
            row.account_id,
            row.id,
            role,
            None if row.models is None else frozenset(_list(row.models)),
            inf if row.expires_at is None else row.expires_at / _MICRO,
        )
        networks = networks_of(_list(row.addresses)) if row.addresses is not None else ()
        standing = Standing(caller, stored=True, networks=networks)
        return standing if self._lives(caller) and standing.at(address) is not None else None

    async def _token(self, text: str, address: str, door: Door) -> Standing | None:
        try:
            claims = self.tokens.read(text, DIALECTS.get(door))
        except TokenInvalid:
            return None
        return await self._of_family(claims, address, OF_TOKEN)

    async def narrow(self, text: str, address: str) -> Standing | None:
        """What M's page has for the calls to which it sends no token."""
        try:
            claims = self.tokens.read(text, DIALECTS[Door.MULTIUSER], TokenType.COOKIE)
        except (TokenInvalid, TokenExpired):
            return None
        return await self._of_family(claims, address, OF_NARROW_COOKIE)

    async def _of_family(self, claims: Claims, address: str, rights: frozenset[Permission]) -> Standing | None:
        row = await self.store.family(claims.family)
        if row is None or row.dialect != claims.dialect:
            return None
        role = Role(row.role)
        caller = Caller(
            CallerKind.TOKEN,
            row.account_id,
            f"token_{row.id}",
            address,
            rights & OF_ROLE[role],
            row.account_id,
            row.id,
            role,
            None,
            claims.expires_at,
        )
        return Standing(caller, stored=True) if self._lives(caller) else None

    async def session(self, token: str, address: str) -> Standing | None:
        """A browser's session by its cookie."""
        for number, digest in enumerate(session_digests(self.keyring, token)):
            row = await self.store.session(digest)
            if row is not None:
                if number:
                    self.last_use.upgrade_session(row.id, token, digest)
                return self._of_session(row, address)
        return None

    def _of_session(self, row: SessionRow, address: str) -> Standing | None:
        role = Role(row.role)
        caller = Caller(
            CallerKind.SESSION,
            row.account_id,
            f"session_{row.id}",
            address,
            OF_ROLE[role],
            row.account_id,
            row.id,
            role,
            None,
            min(row.expires_at / _MICRO, row.last_used_at / _MICRO + self.idle_seconds),
        )
        return Standing(caller, stored=True) if self._lives(caller) else None

    async def ticket(self, text: str, signs: Signs) -> Caller | None:
        """What a ticket was given for: the credential that asked for it, as it stands now, for this one address."""
        found = await self.tickets.use(text, signs.path)
        if found is None:
            return None
        standing: Standing | None = None
        if found.kind is CallerKind.SESSION:
            session = await self.store.session_by_id(found.credential_id)
            standing = self._of_session(session, signs.address) if session is not None else None
        elif found.kind is CallerKind.KEY:
            key = await self.store.key_by_id(found.credential_id)
            standing = self._of_key(key, signs.address) if key is not None else None
        else:
            return await self._ticket_of_token(found, signs.address)
        return msgspec.structs.replace(standing.caller, kind=CallerKind.TICKET) if standing is not None else None

    async def _ticket_of_token(self, found: "Ticket", address: str) -> Caller | None:
        row = await self.store.family(found.credential_id)
        if row is None:
            return None
        role = Role(row.role)
        rights = OF_TOKEN & OF_ROLE[role]
        name, until = f"token_{row.id}", inf if found.until is None else found.until
        caller = Caller(CallerKind.TICKET, row.account_id, name, address, rights, row.account_id, row.id, role, None, until)
        return caller if self._lives(caller) else None

    async def still(self, caller: Caller) -> Caller | None:
        """The caller as it stands now; None when its credential is good no more."""
        assert caller.credential_id is not None
        standing: Standing | None = None
        if caller.key_id.startswith("session_"):
            session = await self.store.session_by_id(caller.credential_id)
            standing = self._of_session(session, caller.address) if session is not None else None
        elif caller.key_id.startswith("key_"):
            key = await self.store.key_by_id(caller.credential_id)
            standing = self._of_key(key, caller.address) if key is not None else None
        else:
            family = await self.store.family(caller.credential_id)
            return caller if family is not None and family.role == caller.role else None
        return standing.caller if standing is not None else None

    def _lives(self, caller: Caller) -> bool:
        return self.clock.now() < caller.expires_at


def _list(text: str) -> list[str]:
    return msgspec.json.decode(text, type=list[str])
