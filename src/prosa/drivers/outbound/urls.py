"""Addresses written by people: read once, strictly, and never a second time by anything else."""

import re
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import quote

from prosa.drivers.outbound.addresses import is_public
from prosa.drivers.outbound.errors import AddressRefused
from prosa.drivers.outbound.models import Target

_MOST = 8 * 1024
_URL = re.compile(r"(https?)://([^/?#]+)([^#]*)(?:#.*)?", re.IGNORECASE)
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\x9f\\\u2028\u2029\ufeff]")
_AUTHORITY = re.compile(r"(?:\[([0-9A-Fa-f.]*:[0-9A-Fa-f:.]+)\]|([^\[\]:@%]+))(?::([0-9]{1,5}))?")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMERIC = re.compile(r"[0-9]+|0x[0-9a-f]*")
_PATH_SAFE = "".join(chr(code) for code in range(0x21, 0x7F))
# Names that mean this machine or this network whatever a name server says of them.
_INNER = ("localhost", "local", "internal", "localdomain", "lan", "home", "corp", "intranet", "private", "arpa", "onion")


class _Closed(AddressRefused):
    """One text for every reason, so that the answer tells nothing about what lies behind an address."""

    def __init__(self) -> None:
        super().__init__("This address can't be used: it must be a public http or https address.")


def refused() -> AddressRefused:
    """The error for every address that prosa doesn't talk to."""
    return _Closed()


def parse_url(url: str, *, private: bool) -> tuple[Target, str]:
    """The target and the path with its query of an http(s) URL; the fragment is dropped.

    Refuses (AddressRefused) other schemes, user names, backslashes, white space, empty hosts, ports outside 1-65535, IPv4
    addresses in any form but four decimals, zones, and, unless `private`, addresses and names of this machine or network.
    """
    if len(url) > _MOST or _FORBIDDEN.search(url):
        raise refused()
    whole = _URL.fullmatch(url)
    authority = _AUTHORITY.fullmatch(whole[2]) if whole else None
    if whole is None or authority is None:
        raise refused()
    scheme = whole[1].lower()
    port = int(authority[3]) if authority[3] else (443 if scheme == "https" else 80)
    target = Target(scheme, check_host(authority[1] or authority[2], private=private), port, private)
    check_target(target)
    try:
        rest = quote(whole[3], safe=_PATH_SAFE)
    except UnicodeEncodeError:
        raise refused() from None
    return target, rest if rest.startswith("/") else "/" + rest


def check_target(target: Target) -> None:
    """Refuse (AddressRefused) a target that isn't http(s) to a proper host and port."""
    if target.scheme not in ("http", "https") or not 1 <= target.port <= 65535:
        raise refused()
    if target.host != check_host(target.host, private=target.private):
        raise refused()


def check_host(host: str, *, private: bool) -> str:
    """The host in the one form that is used from here on: an address, or a name in lower-case ASCII (IDNA)."""
    if ":" in host:
        return _address_v6(host, private)
    try:
        name = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        raise refused() from None
    name = name.lower()
    if not host.isascii() and "xn--" not in name:
        raise refused()  # wide or circled letters of an ASCII name, which is a disguise
    labels = name.split(".")
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise refused()
    if _NUMERIC.fullmatch(labels[-1]):
        return _address_v4(host, private)
    if not private and (len(labels) == 1 or labels[-1] in _INNER):
        raise refused()
    return name


def _address_v4(host: str, private: bool) -> str:
    # `IPv4Address` takes four decimal numbers without leading zeros in ASCII only: no octal, hex, short or wide forms.
    try:
        address = IPv4Address(host)
    except ValueError:
        raise refused() from None
    if not (private or is_public(address)):
        raise refused()
    return str(address)


def _address_v6(host: str, private: bool) -> str:
    try:
        address = IPv6Address(host)
    except ValueError:
        raise refused() from None
    if address.scope_id is not None or address.ipv4_mapped is not None or not (private or is_public(address)):
        raise refused()
    return str(address)
