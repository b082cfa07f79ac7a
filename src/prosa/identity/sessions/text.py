"""The secret in a browser's cookie."""

from prosa.drivers.vault import Keyring
from prosa.kit.ids import new_text

_DIGITS = 43  # base 62: 256 bits
_PURPOSE = "sessions"  # the keyring's label


def new_token() -> str:
    """A fresh session's token."""
    return new_text(_DIGITS)


def session_digest(keyring: Keyring, token: str) -> str:
    """What is stored of a token: its HMAC under the newest secret."""
    return keyring.mac(_PURPOSE, token.encode())


def session_digests(keyring: Keyring, token: str) -> tuple[str, ...]:
    """What may be stored of a token that a request brought, the newest secret's first; none for what can't be a token."""
    if len(token) != _DIGITS or not token.isascii() or not token.isalnum():
        return ()
    data = token.encode()
    return tuple(keyring.mac(_PURPOSE, data, kid) for kid in keyring.kids)
