"""Which passwords may be chosen: length and familiarity decide, no rule of composition (NIST SP 800-63B-4, 3.1.1.2)."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from prosa.identity.passwords.errors import PasswordGuessable, PasswordTooLong, PasswordTooShort
from prosa.identity.passwords.familiar import DISGUISES, FAMILIAR, ROWS

SHORTEST: Final = 8
RECOMMENDED: Final = 15
LONGEST: Final = 4096

_UNIT = re.compile(r"(.+?)\1+", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]{3,}")
_PRODUCT = ("prosa",)
_LONGEST_FAMILIAR = 32
_LEFT_OVER = 4  # letters beside the account's own words that make a password somebody's own


def normalised(password: str) -> str:
    """One text for all the ways in which keyboards write it."""
    return unicodedata.normalize("NFKC", password)


def check_new_password(password: str, about: Iterable[str] = ()) -> None:
    """Judge a password to be set; `about`: the account's own e-mail address and names.

    Raises PasswordTooShort, PasswordTooLong, PasswordGuessable.
    """
    if len(password) > LONGEST:
        raise PasswordTooLong(LONGEST)
    text = normalised(password)
    if len(text) < SHORTEST:
        raise PasswordTooShort(SHORTEST)
    if len(text) > LONGEST:
        raise PasswordTooLong(LONGEST)
    folded = text.casefold()
    if _is_familiar(folded) or _is_about(folded, about):
        raise PasswordGuessable


def _is_familiar(text: str) -> bool:
    """Whether it is a well-known one: as it stands, repeated, with digits for letters, or with digits and marks around it."""
    if len(text) > _LONGEST_FAMILIAR:
        return False
    repeated = _UNIT.fullmatch(text)
    unit = repeated.group(1) if repeated else text
    if len(unit) <= 2 or any(unit in row for row in ROWS):
        return True
    forms = (unit, _undecorated(unit), _undecorated(unit.translate(DISGUISES)), _undecorated(unit).translate(DISGUISES))
    return any(form in FAMILIAR for form in forms)


def _undecorated(text: str) -> str:
    return text.strip("0123456789!@#$%&*._-+?= ")


def _is_about(text: str, about: Iterable[str]) -> bool:
    """Whether little is left of it without the words of the account and of the product."""
    words = {word for entry in (*_PRODUCT, *about) for word in _WORD.findall(normalised(entry).casefold())}
    rest = text
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, " ")
    return rest != text and sum(map(str.isalpha, rest)) < _LEFT_OVER
