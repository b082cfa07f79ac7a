"""Ids that nobody can guess, and the forms in which one id is shown."""

import hashlib
import os
import re
import secrets
import uuid

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BYTES = 16
_POOL = 256  # ids' worth of random bytes that one system call brings
_SHORT = 24  # digits of an id's shortest form (96 bits, of which 92 are random)
_LONG = 32
_HEX = re.compile(r"[0-9a-f]+")
_BROUGHT = re.compile(r"[0-9A-Za-z]{6,64}")


class _RandomPool:
    """Random bytes of the system, fetched many ids at a time; a forked child starts with none of its parent's."""

    def __init__(self) -> None:
        self._bytes = b""
        self._at = 0
        os.register_at_fork(after_in_child=self._forget)

    def take(self) -> bytes:
        """The next 16 bytes, never given out before."""
        at = self._at
        if at >= len(self._bytes):
            self._bytes, at = os.urandom(_BYTES * _POOL), 0
        self._at = at + _BYTES
        return self._bytes[at : at + _BYTES]

    def _forget(self) -> None:
        self._bytes, self._at = b"", 0


_pool = _RandomPool()


def new_id(prefix: str) -> str:
    """A fresh id such as `chatcmpl-…`: the prefix and 22 random base-62 digits (131 bits)."""
    return prefix + new_text(22)


def new_text(digits: int) -> str:
    """Random base-62 digits, 5.95 bits each: 43 of them hold 256 bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(digits))


def base62(number: int, digits: int) -> str:
    """A number from 0 on in base 62, padded with zeros to `digits`."""
    found = ""
    while number:
        number, rest = divmod(number, 62)
        found = _ALPHABET[rest] + found
    return found.rjust(digits, "0")


def new_uuid() -> str:
    """A fresh version 4 UUID in its usual text form."""
    return str(uuid.uuid4())


def new_request_id() -> str:
    """A fresh request id, cheap enough for every request: `req_` and 128 random bits in hex."""
    return "req_" + _pool.take().hex()


def new_object_id() -> str:
    """A fresh id of a stored object: the 32 hexadecimal digits of a version 4 UUID, without a prefix.

    It is stored so, and shown as `user_…` with the prefix of its kind, as a UUID, or by its first 24 digits.
    """
    return uuid.uuid4().hex


def short_form(object_id: str) -> str:
    """The 24 hexadecimal digits under which C's dialect shows an object."""
    return object_id[:_SHORT]


def uuid_form(object_id: str) -> str:
    """The same id as a UUID with its hyphens."""
    return str(uuid.UUID(object_id))


def padded(short: str) -> str:
    """The id of an object that came with 24 hexadecimal digits of its own. Raises ValueError for anything else."""
    if len(short) != _SHORT or not _HEX.fullmatch(short):
        raise ValueError(short)
    return short.ljust(_LONG, "0")


def derived_id(salt: str, *words: str) -> str:
    """An id that is the same whenever the same words ask for it; nobody guesses it who doesn't know the salt."""
    text = "\n".join((salt, *words))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_LONG]


def without_prefix(text: str, prefix: str) -> str | None:
    """The stored id behind `user_…`; None for a text that can't be one."""
    bare = text.removeprefix(prefix)
    return bare if text.startswith(prefix) and len(bare) == _LONG and _HEX.fullmatch(bare) else None


def brought_id(text: str, prefix: str) -> str | None:
    """As `without_prefix`, for objects that keep the id under which they came from elsewhere: letters and digits of any case."""
    bare = text.removeprefix(prefix)
    return bare if text.startswith(prefix) and _BROUGHT.fullmatch(bare) else None
