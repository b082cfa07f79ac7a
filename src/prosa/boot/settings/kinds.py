"""Kinds of settings: how a text becomes a value, and how a person is told what was expected."""

import ipaddress
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar
from urllib.parse import urlsplit

T_co = TypeVar("T_co", covariant=True)
TRUE = frozenset({"true", "1", "yes", "on"})
LONGEST_KEY = 512  # what fits a header, and what the authenticator reads
MB = 1024 * 1024
FALSE = frozenset({"false", "0", "no", "off"})
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_LONGEST_DURATION = 366 * 86_400
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_BRACKET = re.compile(r"\[[0-9a-fA-F:]")  # an address in brackets, and no JSON
_URL_BAD = frozenset('\\"<>^`{|} \t\r\n')


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (tuple, frozenset)):
        return ",".join(sorted(value) if isinstance(value, frozenset) else value)
    return f"{value:g}" if isinstance(value, float) else str(value)


@dataclass(frozen=True, slots=True)
class Kind(Generic[T_co]):
    """`parse` takes a text without blanks around it, never empty, and raises ValueError; `expected` completes "expected …".

    `show` gives the text again, for `prosa config` and the guide.
    """

    expected: str
    parse: Callable[[str], T_co]
    show: Callable[[object], str] = _shown


def whole(least: int, most: int) -> Kind[int]:
    """A whole number within bounds."""

    def parse(text: str) -> int:
        if not text.isascii() or not text.removeprefix("-").isdigit():
            raise ValueError(text)
        value = int(text)
        if not least <= value <= most:
            raise ValueError(text)
        return value

    return Kind(f"a whole number from {least} to {most}", parse)


def number(least: float, most: float) -> Kind[float]:
    """A number within bounds, such as seconds."""

    def parse(text: str) -> float:
        value = float(text)
        if not least <= value <= most:  # also no NaN
            raise ValueError(text)
        return value

    return Kind(f"a number from {least:g} to {most:g}", parse)


def megabytes(most: int) -> Kind[int]:
    """Whole MB (1,048,576 bytes each); the value is in bytes."""
    inner = whole(1, most)
    return Kind(
        f"a whole number of MB from 1 to {most}", lambda text: inner.parse(text) * MB, lambda value: str(int(str(value)) // MB)
    )


def choice(words: dict[str, str]) -> Kind[str]:
    """One of the words, in any case; the table gives the value of each (synonyms share one)."""

    def parse(text: str) -> str:
        value = words.get(text.lower())
        if value is None:
            raise ValueError(text)
        return value

    return Kind("one of " + ", ".join(dict.fromkeys(words.values())), parse)


def choices(*words: str) -> Kind[frozenset[str]]:
    """A list of these words."""

    def parse(text: str) -> frozenset[str]:
        found = frozenset(item.lower() for item in items(text))
        if not found <= frozenset(words):
            raise ValueError(text)
        return found

    return Kind(f"a list of {', '.join(words)}, parted by commas", parse)


def items(text: str) -> tuple[str, ...]:
    """The parts of a list: parted by commas, or a JSON array of strings as other programs' settings write it."""
    if text.startswith("["):
        try:
            found = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ValueError(text) from error
        if not all(isinstance(item, str) for item in found):
            raise ValueError(text)
        return tuple(item.strip() for item in found if item.strip())
    return tuple(item.strip() for item in text.split(",") if item.strip())


def _switch(text: str) -> bool:
    word = text.lower()
    if word in TRUE or word in FALSE:
        return word in TRUE
    raise ValueError(text)


def _plain(text: str) -> str:
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in text):
        raise ValueError(text)
    return text


def _text(text: str) -> str:
    text.encode()  # no half characters: bytes of the environment that are no UTF-8 come as such
    return _plain(text)


def _path(text: str) -> Path:
    try:
        return Path(_plain(text)).expanduser()
    except RuntimeError as error:  # the home of a user that there isn't
        raise ValueError(text) from error


def _host(text: str) -> str:
    bare = text.removeprefix("[").removesuffix("]")
    if ":" in bare:
        return str(ipaddress.IPv6Address(bare))
    if not all(letter.isalnum() or letter in "-._" for letter in bare) or not bare.isascii():
        raise ValueError(text)
    return bare


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None or parts.fragment or parts.query:
        raise ValueError(text)
    if _URL_BAD & set(text) or parts.port == 0:
        raise ValueError(text)
    return text.rstrip("/")


def origin(text: str) -> str:
    """`https://site.example` from such a text, with or without a slash at its end; default ports are left out, as browsers do."""
    parts = urlsplit(_url(text))
    if parts.path:
        raise ValueError(text)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    standard = {"http": 80, "https": 443}[parts.scheme]
    port = "" if parts.port in (None, standard) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def _origins(text: str) -> tuple[str, ...]:
    return tuple("*" if item == "*" else origin(item) for item in items(text))


def _proxies(text: str) -> tuple[str, ...]:
    return tuple(item.lower() if item.lower() == "cloudflare" else _network(item) for item in items(text))


def _private(text: str) -> tuple[str, ...]:
    """Networks, and hosts with or without a port, in the form that an address's own parts have."""
    found = [item.strip() for item in text.split(",") if item.strip()] if _BRACKET.match(text) else items(text)
    return tuple(_network(item) if "/" in item else _private_host(item) for item in found)


def _private_host(text: str) -> str:
    parts = urlsplit(f"//{text}" if text.count(":") < 2 or text.startswith("[") else f"//[{text}]")
    if not parts.hostname or parts.path or parts.username is not None or parts.port == 0:
        raise ValueError(text)
    host = _host(parts.hostname)
    if parts.port is None:
        return host
    return f"[{host}]:{parts.port}" if ":" in host else f"{host}:{parts.port}"


def _keys(text: str) -> tuple[str, ...]:
    found = items(text)
    if any(len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable() or " " in key for key in found):
        raise ValueError(text)
    return found


def _key(text: str) -> str:
    if len(text) > LONGEST_KEY or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError(text)
    return text


def _secrets(text: str) -> tuple[str, ...]:
    """Words or letters; those of a file may also stand one a line."""
    found = items(text if text.startswith("[") else ",".join(text.splitlines()))
    if not found or any(len(secret) > LONGEST_KEY or not secret.isascii() or not secret.isprintable() for secret in found):
        raise ValueError(text)
    return found


def _duration(text: str) -> float | None:
    word = text.lower()
    if word in ("off", "never", "0"):
        return None
    word = {"hourly": "1h", "daily": "1d", "weekly": "7d"}.get(word, word)
    unit = _UNITS.get(word[-1], 0)
    digits = word[:-1] if unit else word
    if not (digits.isascii() and digits.isdigit() and 0 < int(digits) * (unit or 1) <= _LONGEST_DURATION):
        raise ValueError(text)
    return float(int(digits) * (unit or 1))


def _duration_shown(value: object) -> str:
    """The largest unit that divides it."""
    seconds = int(str(value).removesuffix(".0")) if value is not None else 0
    if not seconds:
        return ""
    unit = next(name for name, size in reversed(_UNITS.items()) if seconds % size == 0)
    return f"{seconds // _UNITS[unit]}{unit}"


def _registration(text: str) -> tuple[str, frozenset[str]]:
    """The mode, and the domains of `domain:…` in lower case as DNS spells them."""
    mode, given, domains = text.partition(":")
    mode = mode.strip().lower()
    if not given and mode in ("open", "invite", "closed"):
        return mode, frozenset()
    found = frozenset(domain(item) for item in items(domains))
    if mode != "domain" or not found:
        raise ValueError(text)
    return mode, found


def _registration_shown(value: object) -> str:
    if not isinstance(value, tuple):
        return ""
    mode, domains = value
    return f"{mode}:{','.join(sorted(domains))}" if domains else str(mode)


def domain(text: str) -> str:
    """A mail domain in lower case, in the letters of DNS. Raises ValueError for what can't be one."""
    name = text.removeprefix("@").lower()
    if not name.isascii():
        name = name.encode("idna").decode()
    if not _DOMAIN.fullmatch(name) or len(name) > 253:
        raise ValueError(text)
    return name


def _sender(text: str) -> str:
    """`someone@site.example` or `Name <someone@site.example>`."""
    bare = text[text.index("<") + 1 : -1] if text.endswith(">") else text
    local, _, place = bare.rpartition("@")
    if not local or not _plain(text) or any(letter in ' "<>,;:()' for letter in local) or domain(place) != place.lower():
        raise ValueError(text)
    return text


def _network(text: str) -> str:
    network = ipaddress.ip_network(text, strict=False)
    return str(network) if "/" in text else str(network.network_address)


SWITCH = Kind("true or false", _switch)
TEXT = Kind("a text without control characters", _text)
WORDS = Kind("a list parted by commas", items)
HOST = Kind("an address or a host name, such as 127.0.0.1", _host)
URL = Kind("an address such as https://host.example/v1", _url)
ORIGIN = Kind("an address such as https://host.example, without a path", origin)
ORIGINS = Kind("a list of origins such as https://site.example, parted by commas", _origins)
KEYS = Kind(f"keys of at most {LONGEST_KEY} visible ASCII characters, parted by commas", _keys)
KEY = Kind("the key as the provider gave it: visible ASCII characters without blanks", _key)
PROXIES = Kind("a list of addresses, networks such as 10.0.0.0/8, or the word cloudflare, parted by commas", _proxies)
PATH = Kind("a path", _path)
PRIVATE = Kind("a list of hosts, host:port or networks such as 10.0.0.0/8, parted by commas", _private)
SECRETS = Kind(f"secrets of at most {LONGEST_KEY} visible ASCII characters, newest first, parted by commas", _secrets)
DURATION = Kind("a time such as 12h or 1d, at most a year, or off", _duration, _duration_shown)
REGISTRATION_MODES = Kind(
    "one of open, invite, closed, or domain: with domains parted by commas", _registration, _registration_shown
)
SENDER = Kind("a mail address such as no-reply@site.example", _sender)
