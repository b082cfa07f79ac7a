"""The proof that a database was made with this server's secrets: for each secret a value that only it can compute."""

import hmac
from collections.abc import Mapping

from prosa.drivers.vault.keyring import Keyring

PURPOSE = "check"


def check_value(keyring: Keyring, kid: str) -> str:
    """What the database keeps of a secret. It says nothing of the secret that a guess of it could not be tried against."""
    return keyring.mac(PURPOSE, kid.encode(), kid)


def fits(keyring: Keyring, known: Mapping[str, str]) -> bool:
    """Whether the database was made with one of the secrets; one that has no values yet (kid → value) fits every secret."""
    if not known:
        return True
    return any(kid in known and hmac.compare_digest(known[kid], check_value(keyring, kid)) for kid in keyring.kids)
