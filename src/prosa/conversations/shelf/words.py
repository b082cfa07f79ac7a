"""Titles, names of folders and tags: one line each, and keys that take no notice of case and accents."""

import re
import unicodedata
from typing import Final

LONGEST_TITLE: Final = 200  # characters, as of the two below
LONGEST_NAME: Final = 100
LONGEST_TAG: Final = 64

# What would end the line, or turn what stands around it (Unicode Standard Annex #9); joiners of emoji stay.
_UNSEEN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_SPACES: Final = re.compile(r"\s+")


def line(text: str) -> str:
    """The text as one line: composed, without control characters, with single spaces; it may be empty."""
    return _SPACES.sub(" ", _UNSEEN.sub(" ", unicodedata.normalize("NFC", text))).strip()


def folded(text: str) -> str:
    """By which two lines are one: without case and accents. What has nothing else keeps it."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(character for character in plain if not unicodedata.combining(character))
    return unicodedata.normalize("NFC", _SPACES.sub(" ", bare).strip() or text)
