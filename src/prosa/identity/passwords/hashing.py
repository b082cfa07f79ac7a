"""One password against one stored text, in every scheme that came along; slow, and run by the pool alone.

New hashes are argon2id (RFC 9106) in the PHC string form. bcrypt came with C, scrypt with M (contracts: chatai §6, multiuser §4).
A kept an unsalted SHA-256 in hexadecimal digits (contracts: assistant §11). That alone is no hash to keep: argon2id stands around
it until the first sign-in, which brings the password itself.
"""

import base64
import hashlib
import hmac
import os
import re
from typing import Final

from prosa.identity.passwords.errors import UnusableHash
from prosa.identity.passwords.models import Cost, Verdict
from prosa.identity.passwords.policy import normalised

_MOST_KIB: Final = 262_144  # memory of one check; what asks for more did not come from C or M
_BCRYPT = re.compile(r"\$2[aby]\$(?:0[4-9]|1[0-5])\$[./A-Za-z0-9]{53}")
_BCRYPT_BYTES = 72  # of a password; the scheme never looked at more
_SCRYPT = re.compile(r"\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d)\$([A-Za-z0-9+/]{0,128})\$([A-Za-z0-9+/]{16,128})")
_ARGON = re.compile(r"\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,128})\$([A-Za-z0-9+/]{16,128})")
_AROUND: Final = "$sha256"  # before an argon2id hash: its password is the SHA-256 of the password, in hexadecimal digits
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SALT, _DIGEST = 16, 32


def make_hash(password: str, cost: Cost) -> str:
    """The password's hash with a fresh salt."""
    return _hashed(_own(password), cost)


def wrap_sha256(digest: str, cost: Cost) -> str:
    """The hash that stands around a bare SHA-256 (64 lower-case hexadecimal digits). Raises UnusableHash."""
    if _SHA256.fullmatch(digest) is None:
        raise UnusableHash
    return _AROUND + _hashed(digest.encode("ascii"), cost)


def is_sha256(digest: str) -> bool:
    """Whether `wrap_sha256` takes it."""
    return _SHA256.fullmatch(digest) is not None


def make_decoy(cost: Cost) -> str:
    """A hash that no password has, as dear to check as a real one."""
    salt, digest = (base64.b64encode(os.urandom(size)).decode().rstrip("=") for size in (_SALT, _DIGEST))
    return f"$argon2id$v=19$m={cost.memory_kib},t={cost.passes},p=1${salt}${digest}"


def check_hash(stored: str, password: str, cost: Cost) -> Verdict:
    """Whether the password has this hash. A stored text that no scheme knows fits no password."""
    if stored.startswith("$argon2"):
        return _check_argon(stored, _own(password), cost)
    if stored.startswith(_AROUND):
        digest = hashlib.sha256(password.encode("utf-8", "surrogatepass")).hexdigest()
        return Verdict(_check_argon(stored.removeprefix(_AROUND), digest.encode("ascii"), cost).good, upgrade=True)
    if stored.startswith("$scrypt$"):
        return _check_scrypt(stored, password)
    return _check_bcrypt(stored, password)


def require_usable(stored: str) -> None:
    """Judge a hash that is brought from elsewhere before it is kept. Raises UnusableHash."""
    argon, scrypt = _ARGON.fullmatch(stored.removeprefix(_AROUND)), _SCRYPT.fullmatch(stored)
    if argon is not None and _argon_fits(argon):
        return
    if scrypt is not None and _scrypt_fits(scrypt):
        return
    if _BCRYPT.fullmatch(stored) is None:
        raise UnusableHash


def _own(password: str) -> bytes:
    # A lone surrogate, which JSON can write, is no reason to fail: it is bytes like any other.
    return normalised(password).encode("utf-8", "surrogatepass")


def _hashed(secret: bytes, cost: Cost) -> str:
    from argon2.low_level import Type, hash_secret

    return hash_secret(secret, os.urandom(_SALT), cost.passes, cost.memory_kib, 1, _DIGEST, Type.ID).decode("ascii")


def _check_argon(stored: str, secret: bytes, cost: Cost) -> Verdict:
    from argon2.exceptions import InvalidHashError, VerificationError
    from argon2.low_level import Type, verify_secret

    form = _ARGON.fullmatch(stored)
    if form is None or not _argon_fits(form):
        return Verdict(False)
    try:
        verify_secret(stored.encode("ascii"), secret, Type.ID)
    except (VerificationError, InvalidHashError):
        return Verdict(False)
    memory, passes, lanes = (int(form.group(index)) for index in (1, 2, 3))
    return Verdict(True, upgrade=memory < cost.memory_kib or passes < cost.passes or lanes != 1)


def _argon_fits(form: re.Match[str]) -> bool:
    return int(form.group(1)) <= _MOST_KIB


def _check_scrypt(stored: str, password: str) -> Verdict:
    form = _SCRYPT.fullmatch(stored)
    if form is None or not _scrypt_fits(form):
        return Verdict(False)
    cost, block, lanes = 1 << int(form.group(1)), int(form.group(2)), int(form.group(3))
    digest = _unpadded(form.group(5))
    found = hashlib.scrypt(
        password.encode("utf-8", "surrogatepass"),
        salt=_unpadded(form.group(4)),
        n=cost,
        r=block,
        p=lanes,
        maxmem=132 * cost * block + 1024 * block * lanes,
        dklen=len(digest),
    )
    return Verdict(hmac.compare_digest(found, digest), upgrade=True)


def _scrypt_fits(form: re.Match[str]) -> bool:
    cost, block, lanes = (int(form.group(index)) for index in (1, 2, 3))
    if min(cost, block, lanes) < 1 or cost > 20 or len(form.group(4)) % 4 == 1 or len(form.group(5)) % 4 == 1:
        return False
    return (1 << cost) * block * 128 <= _MOST_KIB * 1024


def _unpadded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4))


def _check_bcrypt(stored: str, password: str) -> Verdict:
    if _BCRYPT.fullmatch(stored) is None:
        return Verdict(False)
    import bcrypt

    try:
        good = bool(bcrypt.checkpw(password.encode("utf-8", "surrogatepass")[:_BCRYPT_BYTES], stored.encode("ascii")))
    except ValueError:  # a salt whose last digit holds bits that mean nothing
        return Verdict(False)
    return Verdict(good, upgrade=True)
