"""The other fields of an account: what may stand in them."""

import re
import unicodedata
from typing import Final, NamedTuple

from prosa.identity.accounts.errors import InvalidField
from prosa.identity.accounts.models import LANGUAGES

LONGEST_NAME: Final = 200
LONGEST_USERNAME: Final = 64
_OLDEST: Final = 150
_ZONE = re.compile(r"[A-Z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,2}")


class Username(NamedTuple):
    """A name for signing in as it is shown, and the key under which two of them are the same."""

    shown: str
    key: str


def parse_username(text: str) -> Username:
    """1 to 64 printable characters without `@`, so that it is never taken for an e-mail address. Raises InvalidField."""
    shown = plain(text)
    if not 1 <= len(shown) <= LONGEST_USERNAME or "@" in shown or not shown.isprintable():
        raise InvalidField("username", f"a user name of 1 to {LONGEST_USERNAME} printable characters without '@'")
    return Username(shown, username_key(shown))


def plain(text: str) -> str:
    """A name in its one form of Unicode."""
    return unicodedata.normalize("NFKC", text[: LONGEST_USERNAME * 4]).strip()


def username_key(shown: str) -> str:
    """One key for all the cases of a name."""
    return plain(shown).casefold()


def parse_text(param: str, text: str, *, empty: bool = False) -> str:
    """One line of at most 200 characters. Raises InvalidField."""
    found = text.strip() if len(text) <= LONGEST_NAME * 2 else text
    if len(found) > LONGEST_NAME or not (found.isprintable() and (found or empty)):
        raise InvalidField(param, f"one line of at most {LONGEST_NAME} characters")
    return found


def parse_language(text: str) -> str:
    """A language that prosa speaks. Raises InvalidField."""
    for language in LANGUAGES:
        if text.lower() == language.lower():
            return language
    raise InvalidField("language", f"one of {', '.join(LANGUAGES)}")


def parse_time_zone(text: str) -> str:
    """A name of the IANA time zone database, such as `America/Fortaleza`. Raises InvalidField."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    expected = "a time zone's name, such as America/Fortaleza"
    if len(text) > 64 or _ZONE.fullmatch(text) is None:
        raise InvalidField("time_zone", expected)
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidField("time_zone", expected) from error
    return text


def parse_age(age: int) -> int:
    """Years. Raises InvalidField."""
    if not 0 <= age <= _OLDEST:
        raise InvalidField("age", f"an age from 0 to {_OLDEST}")
    return age


def parse_cpf(text: str) -> str:
    """The eleven digits of a CPF, also written as `000.000.000-00`; the last two check the others. Raises InvalidField."""
    digits = re.sub(r"[.\s-]", "", text[:40])
    if not (digits.isascii() and digits.isdigit() and len(digits) == 11) or len(set(digits)) == 1 or not _checks(digits):
        raise InvalidField("cpf", "a CPF of eleven digits")
    return digits


def _checks(digits: str) -> bool:
    return all(_check_digit(digits[:length]) == int(digits[length]) for length in (9, 10))


def _check_digit(digits: str) -> int:
    weighted = sum(int(digit) * weight for digit, weight in zip(digits, range(len(digits) + 1, 1, -1), strict=True))
    return weighted * 10 % 11 % 10
