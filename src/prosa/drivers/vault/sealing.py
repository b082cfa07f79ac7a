"""One sealed field: AES-256-GCM, bound to the table, column and row that it was made for."""

import base64
import binascii
import os
import re
from dataclasses import dataclass

from prosa.drivers.vault.errors import Unsealable

VERSION = "v1"
_NONCE = 12
_TAG = 16
_FORM = re.compile(r"v1:([0-9a-f]{8}):([A-Za-z0-9_-]+)")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed field lies; copied anywhere else it doesn't open."""

    table: str
    column: str
    row: str

    def bound(self) -> bytes:
        """The place as associated data: each part with its length, so that no two places read the same."""
        parts = (VERSION, self.table, self.column, self.row)
        return b"".join(len(part).to_bytes(4, "big") + part for part in map(str.encode, parts))


class Cipher:
    """One secret's cipher for fields."""

    def __init__(self, kid: str, key: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # heavy: loaded by the first sealed field

        self._kid = kid
        self._aes = AESGCM(key)

    def seal(self, text: str, place: Place) -> str:
        """See Keyring. A random nonce: the birthday bound of 2³² fields to a secret is far away."""
        nonce = os.urandom(_NONCE)
        box = nonce + self._aes.encrypt(nonce, text.encode(), place.bound())
        return f"{VERSION}:{self._kid}:{base64.urlsafe_b64encode(box).rstrip(b'=').decode()}"

    def open(self, box: bytes, place: Place) -> str:
        """See Keyring."""
        from cryptography.exceptions import InvalidTag

        try:
            return self._aes.decrypt(box[:_NONCE], box[_NONCE:], place.bound()).decode()
        except InvalidTag as error:
            raise Unsealable from error


def parse(sealed: str) -> tuple[str, bytes]:
    """The kid and the box of a sealed text. Raises Unsealable for every other text, even another spelling of the same box."""
    form = _FORM.fullmatch(sealed)
    if form is None:
        raise Unsealable
    kid, text = form.groups()
    try:
        box = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise Unsealable from error
    if len(box) < _NONCE + _TAG or base64.urlsafe_b64encode(box).rstrip(b"=").decode() != text:
        raise Unsealable
    return kid, box
