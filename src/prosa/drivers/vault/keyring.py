"""The server's secrets, newest first, and the keys derived from them."""

import hashlib
import hmac
from collections.abc import Sequence

from prosa.drivers.vault.errors import UnknownSecret, Unsealable
from prosa.drivers.vault.sealing import VERSION, Cipher, Place, parse

_SALT = b"prosa/1"  # HKDF's salt: constant, so that the same secret gives the same keys on every machine
_KID_DIGITS = 8


class Keyring:
    """Keys by purpose, so that what one of them proves or hides says nothing of another. No secret shows in its `repr`.

    HKDF with SHA-256 (RFC 5869); the standard library alone, but for sealed fields.
    """

    def __init__(self, roots: dict[str, bytes]) -> None:
        """`roots`: kid → 32 bytes, newest first; `Keyring.of` makes them from secrets."""
        self._roots = roots
        self._derived: dict[tuple[str, str], bytes] = {}
        self._ciphers: dict[str, Cipher] = {}
        self.kids = tuple(roots)
        self.kid = self.kids[0]

    @classmethod
    def of(cls, secrets: Sequence[str]) -> "Keyring":
        """The keyring of these secrets, newest first. Raises ValueError for none, and for two different ones with one kid."""
        if not secrets:
            raise ValueError("expected a secret")
        roots: dict[str, bytes] = {}
        for secret in secrets:
            root = hmac.digest(_SALT, secret.encode(), "sha256")
            kid = _expand(root, "kid").hex()[:_KID_DIGITS]
            if roots.setdefault(kid, root) != root:
                raise ValueError("expected secrets with different ids; make one of them anew")
        return cls(roots)

    def derive(self, purpose: str, kid: str | None = None) -> bytes:
        """32 bytes for one purpose, of the newest secret or of the one named. Raises UnknownSecret."""
        kid = kid or self.kid
        found = self._derived.get((purpose, kid))
        if found is None:
            if kid not in self._roots:
                raise UnknownSecret
            found = self._derived[purpose, kid] = _expand(self._roots[kid], f"key/{purpose}")
        return found

    def mac(self, purpose: str, data: bytes, kid: str | None = None) -> str:
        """The HMAC-SHA256 in hex under the purpose's key. Raises UnknownSecret."""
        return hmac.digest(self.derive(purpose, kid), data, "sha256").hex()

    def macs(self, purpose: str, data: bytes) -> tuple[str, ...]:
        """The codes under every secret, newest first: what was stored before a change of secrets is found by one of them."""
        return tuple(self.mac(purpose, data, kid) for kid in self.kids)

    def seal(self, text: str, place: Place) -> str:
        """A text hidden for one place of the database: `v1:<kid>:<base64url of nonce and ciphertext>` (AES-256-GCM)."""
        return self._cipher(self.kid).seal(text, place)

    def open(self, sealed: str, place: Place) -> str:
        """What was sealed for this place. Raises Unsealable for everything else."""
        kid, box = parse(sealed)
        if kid not in self._roots:
            raise Unsealable
        return self._cipher(kid).open(box, place)

    @property
    def prefix(self) -> str:
        """What the texts begin with that the newest secret has sealed."""
        return f"{VERSION}:{self.kid}:"

    def _cipher(self, kid: str) -> Cipher:
        found = self._ciphers.get(kid)
        if found is None:
            found = self._ciphers[kid] = Cipher(kid, self.derive("fields", kid))
        return found


def _expand(root: bytes, label: str) -> bytes:
    """HKDF's second step for one block of output."""
    return hmac.new(root, label.encode() + b"\x01", hashlib.sha256).digest()
