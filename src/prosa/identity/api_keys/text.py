"""The text of an API key: `prosa_sk_`, 12 characters that find it, 43 that prove it, 6 that tell a typing error.

Base 62. The last six are the CRC-32 of what stands before them, so that a mistyped key, or a text that only looks like one,
is refused without a look into the database, and scanners for leaked secrets can tell a real one.
"""

import hmac
import zlib
from dataclasses import dataclass, field
from typing import Final

from prosa.drivers.vault import Keyring, UnknownSecret
from prosa.kit.ids import base62, new_text

PREFIX: Final = "prosa_sk_"
LOOKUP: Final = 12
_SECRET: Final = 43  # 256 bits
_CHECK: Final = 6
_LENGTH: Final = len(PREFIX) + LOOKUP + _SECRET + _CHECK
_PURPOSE: Final = "keys"  # the keyring's label: the pepper


@dataclass(frozen=True, slots=True)
class KeyText:
    """A whole key. `lookup` may be shown and stored, `whole` is seen once, by its owner."""

    lookup: str
    whole: str = field(repr=False)

    @classmethod
    def make(cls) -> "KeyText":
        """A fresh key."""
        lookup = new_text(LOOKUP)
        begun = f"{PREFIX}{lookup}{new_text(_SECRET)}"
        return cls(lookup, begun + _check(begun))

    @classmethod
    def parse(cls, text: str) -> "KeyText | None":
        """The key that the text is; None, at once, for everything that can't be one."""
        if len(text) != _LENGTH or not text.startswith(PREFIX) or not text.isascii() or not text[len(PREFIX) :].isalnum():
            return None
        if _check(text[:-_CHECK]) != text[-_CHECK:]:
            return None
        return cls(text[len(PREFIX) : len(PREFIX) + LOOKUP], text)

    def digest(self, keyring: Keyring, kid: str | None = None) -> str:
        """What is stored of the key: its HMAC under the newest secret's pepper, or under the one named. Raises UnknownSecret."""
        return keyring.mac(_PURPOSE, self.whole.encode(), kid)

    def matches(self, keyring: Keyring, digest: str, pepper: str) -> bool:
        """Whether the stored digest, made with the secret `pepper`, is this key's; False where that secret is gone."""
        try:
            return hmac.compare_digest(self.digest(keyring, pepper), digest)
        except UnknownSecret:
            return False


def _check(begun: str) -> str:
    return base62(zlib.crc32(begun.encode()), _CHECK)
