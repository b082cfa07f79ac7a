"""An answer as it lies in the database: packed, compressed, sealed for its row."""

import base64
import zlib
from typing import Final

import msgspec

from prosa.drivers.vault import Keyring, Place
from prosa.identity.repeats.models import KeptAnswer

TABLE: Final = "idempotency_keys"
COLUMN: Final = "answer"
_FAST: Final = 1  # of zlib's levels: a stream of chunks says the same thing over and over
_pack: Final = msgspec.msgpack.Encoder().encode
_unpack: Final = msgspec.msgpack.Decoder(KeptAnswer).decode


def seal(answer: KeptAnswer, object_id: str, keyring: Keyring, most: int) -> str | None:
    """The sealed text; None where it would be larger than `most` bytes, compressed."""
    packed = zlib.compress(_pack(answer), _FAST)
    if len(packed) > most:
        return None
    return keyring.seal(base64.b64encode(packed).decode(), Place(TABLE, COLUMN, object_id))


def unseal(text: str, object_id: str, keyring: Keyring) -> KeptAnswer:
    """What was sealed. Raises Unsealable."""
    packed = base64.b64decode(keyring.open(text, Place(TABLE, COLUMN, object_id)))
    return _unpack(zlib.decompress(packed))
