"""What only this server's secrets open: keys derived by purpose, message codes, fields sealed for their place."""

from prosa.drivers.vault.checks import fits
from prosa.drivers.vault.errors import OtherSecrets, SecretsUnusable, UnknownSecret, Unsealable
from prosa.drivers.vault.files import SECRET_FILE, load_secrets
from prosa.drivers.vault.keyring import Keyring
from prosa.drivers.vault.rotating_store import BlindIndex, PepperedColumn, Resealed, SealedColumn
from prosa.drivers.vault.rotation import Register, Rotation, rotate
from prosa.drivers.vault.sealing import Place
from prosa.drivers.vault.store import forget_checks, known_checks, replace_checks, settle, settle_within

__all__ = [
    "SECRET_FILE",
    "BlindIndex",
    "Keyring",
    "OtherSecrets",
    "PepperedColumn",
    "Place",
    "Register",
    "Resealed",
    "Rotation",
    "SealedColumn",
    "SecretsUnusable",
    "UnknownSecret",
    "Unsealable",
    "fits",
    "forget_checks",
    "known_checks",
    "load_secrets",
    "replace_checks",
    "rotate",
    "settle",
    "settle_within",
]
