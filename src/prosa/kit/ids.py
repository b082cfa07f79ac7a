"""Ids that nobody can guess."""

import secrets
import uuid

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def new_id(prefix: str) -> str:
    """A fresh id such as `chatcmpl-…`: the prefix and 22 random base-62 digits (131 bits)."""
    return prefix + "".join(secrets.choice(_ALPHABET) for _ in range(22))


def new_uuid() -> str:
    """A fresh version 4 UUID in its usual text form."""
    return str(uuid.uuid4())


def new_request_id() -> str:
    """A fresh request id, cheap enough for every request: `req_` and 128 random bits in hex."""
    return "req_" + secrets.token_hex(16)
