"""Titles, names of folders and tags: one line each, and keys that take no notice of case and accents."""

import re
import unicodedata
from typing import Final

LONGEST_TITLE: Final = 200  # characters, as of the two below
LONGEST_NAME: Final = 100
LONGEST_TAG: Final = 64

# What would end the line, or turn what stands around it (Unicode Standard Annex #9); joiners of emoji stay.
_UNSEEN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
# What nobody sees: zero-width characters, fillers, and tags (U+E0000…), but for those that make a flag of a region.
_NOTHING: Final = re.compile(
    "(\U0001f3f4[\U000e0061-\U000e007a]{1,6}\U000e007f)"
    "|[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\U000e0000-\U000e0fff]"
)
_SPACES: Final = re.compile(r"\s+")
_SELECTORS: Final = frozenset(map(chr, range(0xFE00, 0xFE10)))  # of how the character before looks


def line(text: str) -> str:
    """The text as one line: composed, without control and invisible characters, with single spaces; it may be empty."""
    seen = _NOTHING.sub(r"\1", _UNSEEN.sub(" ", unicodedata.normalize("NFC", text)))
    found = _SPACES.sub(" ", seen).strip()
    return found if any(_shows(character) for character in found) else ""


def _shows(character: str) -> bool:
    return character not in _SELECTORS and unicodedata.category(character) not in ("Cf", "Zs")


def folded(text: str) -> str:
    """By which two lines are one: without case and accents. What has nothing else keeps it."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(character for character in plain if not unicodedata.combining(character))
    return unicodedata.normalize("NFC", _SPACES.sub(" ", bare).strip() or text)
