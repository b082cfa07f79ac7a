"""What a text loses on its way to readers whom nobody knows: mail addresses, and addresses of places inside a network.

A person who shares a conversation rarely reads all of it once more (attacks.md L5).
"""

import ipaddress
import re
from typing import Final
from urllib.parse import urlsplit

ADDRESS: Final = "[e-mail]"
PLACE: Final = "[link]"
_MAIL: Final = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![\w-])")
_SCHEMES: Final = r"https?|wss?|ftp|file|smb|ssh|postgres(?:ql)?|redis|mongodb(?:\+srv)?"
_URL: Final = re.compile(rf"\b(?:{_SCHEMES})://(?:\[[0-9a-f:.]{{0,45}}\])?[^\s<>\"'`)\]}}]{{0,2048}}", re.IGNORECASE)
_AFTER: Final = ".,;:!?"  # what ends a sentence, not an address
_WEB: Final = frozenset({"http", "https", "ws", "wss", "ftp"})
_INSIDE: Final = ("localhost", "local", "internal", "intranet", "lan", "corp", "home", "test", "private", "home.arpa")


def cleaned(text: str) -> str:
    """The text without them."""
    if "://" in text:
        text = _URL.sub(_outward, text)
    return _MAIL.sub(ADDRESS, text) if "@" in text else text


def _outward(found: re.Match[str]) -> str:
    url = found[0].rstrip(_AFTER)
    return PLACE + found[0][len(url) :] if is_inside(url) else found[0]


def is_inside(url: str) -> bool:
    """Whether an address leads to a place that outsiders have no business to know of; one with a password always does."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").lower()
    except ValueError:
        return True
    if parts.scheme.lower() not in _WEB or parts.username is not None or not host:
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or any(host.endswith("." + name) for name in _INSIDE) or _is_number(host)


def _is_number(host: str) -> bool:
    """An IPv4 address in another of its spellings, such as 127.1 or 0x7f.0.0.1."""
    last = host.rpartition(".")[2]
    return last.isdigit() or last.startswith("0x")
