"""The secret in a sign-in link, as system A made it: 43 characters of `secrets.token_urlsafe` (contracts: assistant, §1)."""

import re
from typing import Final

from prosa.drivers.vault import Keyring

_FORM: Final = re.compile(r"[A-Za-z0-9_-]{43}")  # 256 bits
_PURPOSE: Final = "sign-in-links"  # the keyring's label


def is_token(text: str) -> bool:
    """Whether it can be one at all."""
    return _FORM.fullmatch(text) is not None


def link_digest(keyring: Keyring, token: str, kid: str | None = None) -> str:
    """What is stored of a token: its HMAC under the newest secret, or under the one named."""
    return keyring.mac(_PURPOSE, token.encode("ascii"), kid)
