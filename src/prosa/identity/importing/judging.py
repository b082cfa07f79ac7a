"""What of a newcomer can stand in an account here; what can't is left out, and said."""

from dataclasses import replace
from typing import Final

from prosa.identity.accounts.errors import InvalidField
from prosa.identity.accounts.fields import LONGEST_NAME, parse_age, parse_cpf, parse_text, parse_username
from prosa.identity.accounts.models import NewAccount, Profile
from prosa.identity.importing.defaults import is_default
from prosa.identity.importing.models import Newcomer
from prosa.identity.passwords import UnusableHash, is_sha256, require_usable

_CPF: Final = "the CPF is none and was left out"


def sound(newcomer: Newcomer) -> tuple[NewAccount, list[str]]:
    """The account that a newcomer can have, and what had to be left out. The e-mail address isn't judged here."""
    notes: list[str] = []
    wanted = NewAccount(
        email=newcomer.email,
        name=_name(newcomer.name),
        username=_username(newcomer.username, notes),
        profile=_profile(newcomer.profile, notes),
        password_hash=_hash(newcomer.password_hash, notes) if newcomer.sha256 is None else _digest(newcomer, notes),
    )
    return wanted, notes


def without_cpf(wanted: NewAccount) -> NewAccount:
    """The same for somebody whose CPF another account has."""
    return replace(wanted, profile=replace(wanted.profile, cpf=None))


def _name(text: str) -> str:
    """One printable line, whatever it was."""
    shown = "".join(sign if sign.isprintable() else " " for sign in text[: 4 * LONGEST_NAME])
    return " ".join(shown.split())[:LONGEST_NAME]


def _username(text: str | None, notes: list[str]) -> str | None:
    if text is None:
        return None
    try:
        return parse_username(text).shown
    except InvalidField:
        notes.append("the user name can't be one here: they sign in by their e-mail address")
        return None


def _profile(told: Profile, notes: list[str]) -> Profile:
    age, cpf = told.age, told.cpf or None
    try:
        age = None if age is None else parse_age(age)
    except InvalidField:
        age = None
        notes.append("the age is none and was left out")
    try:
        cpf = None if cpf is None else parse_cpf(cpf)
    except InvalidField:
        cpf = None
        notes.append(_CPF)
    return Profile(age, _line("sector", told.sector), _line("position", told.position), cpf)


def _line(param: str, text: str | None) -> str | None:
    return None if text is None else parse_text(param, _name(text), empty=True) or None


def _digest(newcomer: Newcomer, notes: list[str]) -> str | None:
    """The hash that was made around a SHA-256, if one was: a dry run, and somebody who is here already, need none."""
    digest = newcomer.sha256 or ""
    if not is_sha256(digest):
        notes.append("the password is of no kind that is known here: they need a reset link")
    elif is_default(digest, newcomer.username):
        notes.append("the password is one that everybody knows, and was left out: they need a reset link")
    else:
        return newcomer.password_hash
    return None


def keeps_password(newcomer: Newcomer) -> bool:
    """Whether there is a SHA-256 that a hash is to be made around."""
    digest = newcomer.sha256
    return digest is not None and is_sha256(digest) and not is_default(digest, newcomer.username)


def _hash(stored: str | None, notes: list[str]) -> str | None:
    try:
        if stored:
            require_usable(stored)
            return stored
    except UnusableHash:
        pass
    notes.append("the password is of no kind that is known here: they need a reset link")
    return None
