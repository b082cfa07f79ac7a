"""Signing and reading tokens: JSON Web Signature with HMAC-SHA256 (RFC 7515, 7519), and nothing else of it.

A token begins with exactly the header that prosa writes. So there is no header to read, and no `alg`, `kid`, `jku`, `crit` or
`zip` in one can ask for anything; the signature is compared as text, so that it has one spelling.
"""

import base64
import binascii
import hmac
from collections.abc import Sequence
from typing import Final

import msgspec

from prosa.identity.tokens.errors import TokenInvalid
from prosa.identity.tokens.models import Claims

LONGEST: Final = 4096  # characters; prosa's own stay below 1,000
_HEADER: Final = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').rstrip(b"=")
_DECODER: Final = msgspec.json.Decoder(Claims)


def sign(claims: Claims, key: bytes) -> str:
    """The claims as a token."""
    begun = _HEADER + b"." + _encoded(msgspec.json.encode(claims))
    return (begun + b"." + _signature(begun, key)).decode()


def read(text: str, keys: Sequence[bytes]) -> Claims:
    """The claims of a token that one of the keys signed; whether they hold now is the caller's to judge. Raises TokenInvalid."""
    if len(text) > LONGEST or not text.isascii():
        raise TokenInvalid
    token = text.encode()
    begun, _, signature = token.rpartition(b".")
    header, dot, payload = begun.partition(b".")
    if header != _HEADER or not dot or b"." in payload:
        raise TokenInvalid
    if not any(hmac.compare_digest(_signature(begun, key), signature) for key in keys):
        raise TokenInvalid
    try:
        return _DECODER.decode(base64.b64decode(payload + b"=" * (-len(payload) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise TokenInvalid from error


def _signature(begun: bytes, key: bytes) -> bytes:
    return _encoded(hmac.digest(key, begun, "sha256"))


def _encoded(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
