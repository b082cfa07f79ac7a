"""The one authenticator: its answer is the only identity that a request has (attacks.md, rule 0.2)."""

import hashlib
import re

from prosa.identity.addresses import TrustedProxies, bucket_of
from prosa.identity.errors import ForeignOrigin, MissingKey, TwoCredentials, UnknownKey, UnknownKeyForbidden
from prosa.identity.models import Caller, CallerKind, Door, OriginKind, Signs
from prosa.identity.origins import Origins
from prosa.identity.settings import ConfiguredKey, IdentitySettings

_BEARER = re.compile(rb"[Bb][Ee][Aa][Rr][Ee][Rr] +([!-~]{1,512})")
_MOST_RECENT = 256
_PLAIN = re.compile(rb"[!-~]{1,512}")
_PLACEHOLDERS = frozenset(  # what SDKs and their users write where a key must not be empty
    {
        *(b"empty", b"none", b"null", b"undefined", b"dummy", b"anonymous", b"placeholder", b"no-key", b"nokey"),
        *(b"not-needed", b"no-key-required", b"sk-no-key-required", b"sk-noop", b"x"),
    }
)


class Authenticator:
    """Tells who calls. Keys are found by their SHA-256 digest, so that the time of a look-up says nothing about a key."""

    def __init__(self, settings: IdentitySettings) -> None:
        self.settings = settings
        self.proxies = TrustedProxies(settings.trusted_proxies)
        self.origins = Origins(settings.origins, settings.public_url)
        self._recent: dict[tuple[bytes, bytes], ConfiguredKey] = {}  # good ones alone: nobody can fill it by guessing
        self._keys = {hashlib.sha256(key.secret.encode()).digest(): key for key in settings.keys if key.secret}

    @property
    def has_keys(self) -> bool:
        """Whether any key exists; from then on `/v1` needs one."""
        return bool(self._keys)

    def recognised(self, credentials: tuple[tuple[bytes, bytes], ...], address: str) -> Caller | None:
        """The caller of a key whose header was seen and found good before, letter for letter; None sends to `caller`."""
        key = self._recent.get(credentials[0]) if len(credentials) == 1 else None
        return None if key is None else Caller(CallerKind.KEY, key.name, key.name, address, key.scopes)

    def caller(self, signs: Signs, door: Door) -> Caller:
        """Who calls through this door. Raises TwoCredentials, MissingKey, UnknownKey, ForeignOrigin."""
        if len(signs.credentials) > 1:
            raise TwoCredentials()
        token = _token(*signs.credentials[0]) if signs.credentials else b""
        if token:
            key = self._keys.get(hashlib.sha256(token).digest())
            if key is not None:
                if len(self._recent) >= _MOST_RECENT:
                    self._recent.clear()
                self._recent[signs.credentials[0]] = key
                return Caller(CallerKind.KEY, key.name, key.name, signs.address, key.scopes)
        shown = token is None or (token != b"" and token.lower() not in _PLACEHOLDERS)
        if door is Door.SERVERLESS:
            return self._serverless(signs, shown)
        if shown and self._keys:
            raise UnknownKey()
        if signs.origin is OriginKind.FOREIGN:
            raise ForeignOrigin()
        if door is Door.BITACA:
            return self._bitaca(signs)
        if not self._keys and signs.loopback:
            return _local(signs)
        raise UnknownKey() if shown else MissingKey()

    def _bitaca(self, signs: Signs) -> Caller:
        """B without a key: from loopback, or from a configured page where PROSA_ANONYMOUS opens the dialect."""
        if signs.loopback:
            return _visitor(signs, Door.BITACA) if self._keys else _local(signs)
        if Door.BITACA in self.settings.anonymous and signs.origin is not OriginKind.NONE:
            return _visitor(signs, Door.BITACA)
        raise MissingKey()

    def _serverless(self, signs: Signs, shown: bool) -> Caller:
        """S without a key of ours. With keys off, one that is sent along is ignored (contracts: serverless, section 3)."""
        if self.settings.serverless_requires_key and shown:
            raise UnknownKeyForbidden()
        if signs.origin is OriginKind.FOREIGN:
            raise ForeignOrigin()
        if self.settings.serverless_requires_key:
            raise MissingKey()
        if signs.loopback:
            return _visitor(signs, Door.SERVERLESS) if self._keys else _local(signs)
        if Door.SERVERLESS in self.settings.anonymous:
            return _visitor(signs, Door.SERVERLESS)
        raise UnknownKeyForbidden() if shown else MissingKey()


def _token(name: bytes, value: bytes) -> bytes | None:
    """The key that a header carries: b"" for an empty Bearer, None for what can't be a key of ours."""
    value = value.strip(b" \t")
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
    return Caller(CallerKind.VISITOR, f"visitor-{digest}", f"visitor:{door}", signs.address)
