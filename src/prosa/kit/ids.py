"""Ids that nobody can guess."""

import os
import secrets
import uuid

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BYTES = 16
_POOL = 256  # ids' worth of random bytes that one system call brings


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
    return prefix + "".join(secrets.choice(_ALPHABET) for _ in range(22))


def new_uuid() -> str:
    """A fresh version 4 UUID in its usual text form."""
    return str(uuid.uuid4())


def new_request_id() -> str:
    """A fresh request id, cheap enough for every request: `req_` and 128 random bits in hex."""
    return "req_" + _pool.take().hex()
