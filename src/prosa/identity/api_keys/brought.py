"""The text of a key that system A made: `zng_` and 43 characters of `secrets.token_urlsafe` (contracts: assistant, §1).

A kept the SHA-256 of the whole key. Until the key is used for the first time, that is all that is known here: the row's look-up
part and its digest are made of it. Whoever shows the key then gives its text, and from that moment on the row is as any other.
"""

import hashlib
import re
from dataclasses import dataclass, field
from typing import Final

from prosa.drivers.vault import Keyring
from prosa.identity.api_keys.text import LOOKUP

BROUGHT: Final = "zng_"
UNUSED: Final = "#"  # behind the prefix, and in no key's text: the key wasn't seen here yet
_FORM: Final = re.compile(r"zng_[A-Za-z0-9_-]{43}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_DIGITS: Final = 32  # of the SHA-256, to find a row by
_PURPOSE: Final = "keys"  # the keyring's label: the pepper


@dataclass(frozen=True, slots=True)
class BroughtText:
    """A whole key."""

    whole: str = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> "BroughtText | None":
        """The key that the text is; None, at once, for everything that can't be one."""
        return cls(text) if _FORM.fullmatch(text) is not None else None

    @property
    def lookup(self) -> str:
        """What finds it once it was used."""
        return self.whole[: len(BROUGHT) + LOOKUP]

    @property
    def first(self) -> "BroughtDigest":
        """What finds and proves it before that."""
        return BroughtDigest(hashlib.sha256(self.whole.encode("ascii")).hexdigest())

    def digest(self, keyring: Keyring, kid: str | None = None) -> str:
        """What is stored of the key, as KeyText.digest. Raises UnknownSecret."""
        return keyring.mac(_PURPOSE, self.whole.encode("ascii"), kid)


@dataclass(frozen=True, slots=True)
class BroughtDigest:
    """The SHA-256 of a key, in lower-case hexadecimal digits."""

    sha256: str = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> "BroughtDigest | None":
        """None for what isn't one."""
        return cls(text) if _SHA256.fullmatch(text) is not None else None

    @property
    def lookup(self) -> str:
        """What finds the row of a key that wasn't used yet."""
        return BROUGHT + UNUSED + self.sha256[:_DIGITS]

    def digest(self, keyring: Keyring, kid: str | None = None) -> str:
        """What is stored of it. Raises UnknownSecret."""
        return keyring.mac(_PURPOSE, self.sha256.encode("ascii"), kid)


def hint_of(lookup: str) -> str | None:
    """The beginning of a brought key, by which a person knows it again, as far as it is known; None for a key of our own."""
    if not lookup.startswith(BROUGHT):
        return None
    return BROUGHT if lookup.startswith(BROUGHT + UNUSED) else lookup
