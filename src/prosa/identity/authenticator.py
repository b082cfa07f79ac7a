"""The one authenticator: its answer is the only identity that a request has (attacks.md, rule 0.2)."""

import hashlib
import re
from typing import TYPE_CHECKING

from prosa.identity.addresses import TrustedProxies, bucket_of
from prosa.identity.errors import (
    ForeignOrigin,
    ForgedRequest,
    MissingKey,
    TwoCredentials,
    UnknownKey,
    UnknownKeyForbidden,
)
from prosa.identity.models import Caller, CallerKind, Door, OriginKind, Signs
from prosa.identity.origins import Origins
from prosa.identity.permissions import OF_VISITOR
from prosa.identity.settings import IdentitySettings
from prosa.identity.standing import Memory, Standing

if TYPE_CHECKING:
    from prosa.identity.last_use import LastUse
    from prosa.identity.rights import Rights
    from prosa.identity.stored import StoredCredentials

_LONGEST = 4096  # of a credential: a signed token may be long, a key never is
_BEARER = re.compile(rb"[Bb][Ee][Aa][Rr][Ee][Rr] +([!-~]{1,4096})")
_PLAIN = re.compile(rb"[!-~]{1,4096}")
_PLACEHOLDERS = frozenset(  # what SDKs and their users write where a key must not be empty
    {
        *(b"empty", b"none", b"null", b"undefined", b"dummy", b"anonymous", b"placeholder", b"no-key", b"nokey"),
        *(b"not-needed", b"no-key-required", b"sk-no-key-required", b"sk-noop", b"x"),
    }
)
# Where a browser's cookie says who calls. The older dialects never knew one, and a page of another site must not find one there.
_COOKIE_DOORS = frozenset({Door.OPENAI, Door.APP, Door.ASSISTANT})
_COOKIE = b"cookie"


class Authenticator:
    """Tells who calls. Keys of the settings are found by their SHA-256 digest, so that the time of a look-up says nothing.

    Without `stored` and `rights` it knows no accounts: those keys, and the callers who need none, are all there is.
    """

    def __init__(
        self,
        settings: IdentitySettings,
        stored: "StoredCredentials | None" = None,
        rights: "Rights | None" = None,
        last_use: "LastUse | None" = None,
    ) -> None:
        self.settings = settings
        self.proxies = TrustedProxies(settings.trusted_proxies)
        self.origins = Origins(settings.origins, settings.public_url)
        self._stored = stored
        self._rights = rights
        self._last_use = last_use
        self._memory = Memory()
        self._keys = {hashlib.sha256(key.secret.encode()).digest(): key for key in settings.keys if key.secret}
        if rights is not None:
            rights.watch(self._memory.forget)

    @property
    def has_keys(self) -> bool:
        """Whether the settings hold any key."""
        return bool(self._keys)

    @property
    def epoch(self) -> int:
        """A number that grows with each change of rights that this process hears of."""
        return self._memory.epoch

    async def locked(self) -> bool:
        """Whether any key or account exists; from then on `/v1` needs a credential. Raises DatabaseUnavailable."""
        return bool(self._keys) or (self._rights is not None and await self._rights.accounts_exist())

    def recognised(self, credentials: tuple[tuple[bytes, bytes], ...], address: str, door: Door) -> Caller | None:
        """The caller of a credential that was seen and found good before, letter for letter; None sends to `caller`."""
        standing = self._memory.get(credentials[0]) if len(credentials) == 1 else None
        if standing is None or (standing.caller.kind is CallerKind.TOKEN and door not in _COOKIE_DOORS):
            return None
        if not standing.stored and standing.caller.address == address:  # nearly every call with a key of the settings
            return standing.caller
        return self._remembered(standing, address)

    def _remembered(self, standing: Standing, address: str) -> Caller | None:
        if standing.stored:
            assert self._rights is not None
            if not self._rights.fresh or not self._rights.lives(standing.caller):
                return None
        return self._noted(standing, address)

    async def caller(self, signs: Signs, door: Door) -> Caller:
        """Who calls through this door.

        Raises TwoCredentials, MissingKey, UnknownKey, TokenExpired, ForgedRequest, ForeignOrigin, DatabaseUnavailable.
        """
        if len(signs.credentials) + (signs.ticket is not None) > 1:
            raise TwoCredentials()
        if signs.ticket is not None:
            return await self._ticket(signs.ticket, signs)
        token = _token(*signs.credentials[0]) if signs.credentials else b""
        if token:
            caller = await self._holder(token, signs, door)
            if caller is not None:
                return caller
        elif not signs.credentials and signs.session is not None and door in _COOKIE_DOORS:
            caller = await self._browser(signs.session, signs)
            if caller is not None:
                return caller
        elif not signs.credentials and signs.narrow is not None and door is Door.MULTIUSER:
            caller = await self._page(signs.narrow, signs)
            if caller is not None:
                return caller
        shown = token is None or (token != b"" and token.lower() not in _PLACEHOLDERS)
        return await self._without(signs, door, shown)

    async def _ticket(self, ticket: str, signs: Signs) -> Caller:
        caller = await self._stored.ticket(ticket, signs) if self._stored is not None else None
        if caller is None:
            raise UnknownKey()
        return caller

    async def _holder(self, token: bytes, signs: Signs, door: Door) -> Caller | None:
        """Who holds this key or token; None for one that isn't good."""
        epoch = self._memory.epoch
        key = self._keys.get(hashlib.sha256(token).digest())
        if key is not None:
            standing = Standing(Caller(CallerKind.KEY, key.name, key.name, signs.address))
        elif self._stored is not None:
            found = await self._stored.bearer(token.decode(), signs, door)
            if found is None:
                return None
            standing = found
        else:
            return None
        self._keep(signs.credentials[0], standing, epoch)
        return self._noted(standing, signs.address)

    async def _browser(self, session: str, signs: Signs) -> Caller | None:
        shown = (_COOKIE, session.encode())
        standing = self._memory.get(shown)
        caller = self._remembered(standing, signs.address) if standing is not None else None
        if caller is None and self._stored is not None:
            epoch = self._memory.epoch
            found = await self._stored.session(session, signs.address)
            if found is not None:
                self._keep(shown, found, epoch)
                caller = self._noted(found, signs.address)
        if caller is not None and not signs.proven:
            raise ForgedRequest()
        return caller

    async def _page(self, cookie: str, signs: Signs) -> Caller | None:
        """Who has M's page open (contracts: multiuser, section 3)."""
        standing = await self._stored.narrow(cookie, signs.address) if self._stored is not None else None
        if standing is not None and not signs.own_site:
            raise ForgedRequest()
        return self._noted(standing, signs.address) if standing is not None else None

    def _keep(self, shown: tuple[bytes, bytes], standing: Standing, epoch: int) -> None:
        """Remember a credential that was read in this epoch, if changes are being followed."""
        if not standing.stored or (self._rights is not None and self._rights.fresh):
            self._memory.keep(shown, standing, epoch)

    def _noted(self, standing: Standing, address: str) -> Caller | None:
        caller = standing.at(address)
        if caller is not None and standing.stored and self._last_use is not None:
            self._last_use.note(standing, address)
        return caller

    async def _without(self, signs: Signs, door: Door, shown: bool) -> Caller:
        """Callers without a credential of ours; `shown`: they brought one that is none."""
        if door is Door.SERVERLESS:
            return await self._serverless(signs, shown)
        if door is Door.CHATAI and shown and not _BEARER.match(signs.credentials[0][1]):
            raise MissingKey()  # whatever isn't Bearer is no token there (contracts: chatai, §2)
        if door in (Door.APP, Door.CHATAI, Door.MULTIUSER, Door.ASSISTANT):
            raise UnknownKey() if shown else MissingKey()
        if shown and await self.locked():
            raise UnknownKey()
        if signs.origin is OriginKind.FOREIGN:
            raise ForeignOrigin()
        if door is Door.BITACA:
            return await self._bitaca(signs)
        if signs.loopback and not await self.locked():
            return _local(signs)
        raise UnknownKey() if shown else MissingKey()

    async def _bitaca(self, signs: Signs) -> Caller:
        """B without a key: from loopback, or from a configured page where PROSA_ANONYMOUS opens the dialect."""
        if signs.loopback:
            return _visitor(signs, Door.BITACA) if await self.locked() else _local(signs)
        if Door.BITACA in self.settings.anonymous and signs.origin is not OriginKind.NONE:
            return _visitor(signs, Door.BITACA)
        raise MissingKey()

    async def _serverless(self, signs: Signs, shown: bool) -> Caller:
        """S without a key of ours. With keys off, one that is sent along is ignored (contracts: serverless, section 3)."""
        if self.settings.serverless_requires_key and shown:
            raise UnknownKeyForbidden()
        if signs.origin is OriginKind.FOREIGN:
            raise ForeignOrigin()
        if self.settings.serverless_requires_key:
            raise MissingKey()
        if signs.loopback:
            return _visitor(signs, Door.SERVERLESS) if await self.locked() else _local(signs)
        if Door.SERVERLESS in self.settings.anonymous:
            return _visitor(signs, Door.SERVERLESS)
        raise UnknownKeyForbidden() if shown else MissingKey()


def _token(name: bytes, value: bytes) -> bytes | None:
    """The key that a header carries: b"" for an empty Bearer, None for what can't be a key of ours."""
    value = value.strip(b" \t")
    if len(value) > _LONGEST:
        return None
    if name != b"authorization":
        return value if _PLAIN.fullmatch(value) else None
    if value.lower() == b"bearer":
        return b""
    match = _BEARER.fullmatch(value)
    return match[1] if match else None


def _local(signs: Signs) -> Caller:
    return Caller(CallerKind.LOCAL, "local", "local", signs.address)


def _visitor(signs: Signs, door: Door) -> Caller:
    """A visitor's space is its address group's own, so that strangers share nothing; hashed, so that it names nobody."""
    digest = hashlib.sha256(f"{door}|{bucket_of(signs.address)}".encode()).hexdigest()[:24]
    return Caller(CallerKind.VISITOR, f"visitor-{digest}", f"visitor:{door}", signs.address, OF_VISITOR)
