"""Signs that a page can't show: emoji without a glyph become their names, control characters nothing, long words can break."""

import re
import unicodedata
from typing import Final

# The emoji of DejaVu Sans 2.37, which is always there; the rest needs a font with emoji on the server.
_DRAWN: Final = (
    "\U0001f600-\U0001f623\U0001f625-\U0001f62b\U0001f62d-\U0001f640\U0001f643\U0001f42d\U0001f42e\U0001f431\U0001f435"
)
_FLAG: Final = re.compile("([\U0001f1e6-\U0001f1ff])([\U0001f1e6-\U0001f1ff])")
_NAMED: Final = re.compile(
    f"(?![{_DRAWN}])[\U0001f300-\U0001faff\u26bd\u26be\u26c4\u26c5\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa\u26fd\u2b50\u2b55]"
)
_JOINTS: Final = re.compile("[\u200d\ufe0e\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
# What XML can't hold, half characters and what never is one among it; tabs and line ends stay.
_UNSEEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_LONG: Final = re.compile(r"\S{61,}")
_BREAK: Final = "\u200b"
_STEP: Final = 40


def clean(text: str) -> str:
    """Without what no document can hold."""
    return _UNSEEN.sub("", text)


def named(text: str) -> str:
    """Emoji that no font at hand draws, by their names: `:rocket:`."""
    if text.isascii():
        return text
    text = _FLAG.sub(lambda match: f":flag_{_letter(match[1])}{_letter(match[2])}:", text)
    return _JOINTS.sub("", _NAMED.sub(lambda match: _name(match[0]), text))


def breakable(text: str) -> str:
    """Words that no line holds can be broken somewhere."""
    return _LONG.sub(lambda match: _BREAK.join(match[0][at : at + _STEP] for at in range(0, len(match[0]), _STEP)), text)


def _name(sign: str) -> str:
    name = unicodedata.name(sign, "")
    return f":{name.lower().replace(' ', '_')}:" if name else sign


def _letter(sign: str) -> str:
    return chr(ord(sign) - 0x1F1E6 + ord("a"))
