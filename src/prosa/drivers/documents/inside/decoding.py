"""Bytes of a text as text: by its mark, as UTF-8 where it is that, else by what it says itself, else as Windows has it."""

import codecs
import re
from typing import Final

from prosa.drivers.documents.inside.writing import clean
from prosa.drivers.documents.orders import Refused

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAID: Final = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,20})""", re.IGNORECASE)
_HEAD: Final = 2048
_SINGLE: Final = "cp1252"
# What may be said; each stands ready in the jail.
_KNOWN: Final = {
    "windows-1250": "cp1250",
    "windows-1251": "cp1251",
    "windows-1252": _SINGLE,
    "iso-8859-1": _SINGLE,  # as the WHATWG's "Encoding" has it
    "latin1": _SINGLE,
    "us-ascii": _SINGLE,
    "iso-8859-2": "iso8859_2",
    "iso-8859-15": "iso8859_15",
    "koi8-r": "koi8_r",
    "shift_jis": "shift_jis",
    "euc-jp": "euc_jp",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5",
    "euc-kr": "euc_kr",
}


def decoded(content: bytes) -> str:
    """All of it; what can't be read becomes U+FFFD. Raises Refused for what is no text."""
    text = _decoded(content)
    if "\0" in text:
        raise Refused("damaged")
    return clean(text)


def _decoded(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        said = _SAID.search(content[:_HEAD])
        named = said[1].decode("ascii").lower() if said else ""
        return content.decode(_KNOWN.get(named, _SINGLE), "replace")
