"""Passwords: which may be chosen, how they are kept, how they are checked without stopping everybody else."""

from prosa.identity.passwords.errors import PasswordGuessable, PasswordsBusy, PasswordTooLong, PasswordTooShort, UnusableHash
from prosa.identity.passwords.hashing import is_sha256, require_usable
from prosa.identity.passwords.models import Cost, Verdict
from prosa.identity.passwords.policy import LONGEST, RECOMMENDED, SHORTEST, check_new_password
from prosa.identity.passwords.service import Passwords, Turn

__all__ = [
    "LONGEST",
    "RECOMMENDED",
    "SHORTEST",
    "Cost",
    "PasswordGuessable",
    "PasswordTooLong",
    "PasswordTooShort",
    "Passwords",
    "PasswordsBusy",
    "Turn",
    "UnusableHash",
    "Verdict",
    "check_new_password",
    "is_sha256",
    "require_usable",
]
