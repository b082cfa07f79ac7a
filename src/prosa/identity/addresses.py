"""Where a request comes from: the peer, or what a trusted proxy says about the one behind it.

X-Forwarded-For is walked from the right, through trusted hops only, so that nothing a client wrote itself is believed
(attacks.md J4, C12). CF-Connecting-IP counts only where the hop that carries it is Cloudflare's.
"""

import ipaddress
from collections.abc import Iterable, Mapping
from functools import lru_cache

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

CLOUDFLARE = (  # https://www.cloudflare.com/ips/, unchanged since 2021
    *("173.245.48.0/20", "103.21.244.0/22", "103.22.200.0/22", "103.31.4.0/22", "141.101.64.0/18", "108.162.192.0/18"),
    *("190.93.240.0/20", "188.114.96.0/20", "197.234.240.0/22", "198.41.128.0/17", "162.158.0.0/15", "104.16.0.0/13"),
    *("104.24.0.0/14", "172.64.0.0/13", "131.0.72.0/22"),
    *("2400:cb00::/32", "2606:4700::/32", "2803:f800::/32", "2405:b500::/32", "2405:8100::/32", "2a06:98c0::/29"),
    "2c0f:f248::/32",
)

FORWARDING = frozenset(
    {
        *(b"forwarded", b"via", b"x-forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto"),
        *(b"x-forwarded-port", b"x-forwarded-server", b"x-forwarded-by", b"x-forwarded-prefix", b"x-original-forwarded-for"),
        *(b"x-real-ip", b"x-client-ip", b"x-cluster-client-ip", b"x-envoy-external-address", b"true-client-ip"),
        *(b"cf-connecting-ip", b"cf-connecting-ipv6", b"cf-ray", b"fastly-client-ip", b"x-azure-clientip", b"cdn-loop"),
    }
)
"""Headers that only a proxy sets. One of them on a call from loopback says that the caller is elsewhere."""

_MOST_HOPS = 32
_MOST_TEXT = 100  # an address with brackets and port is shorter


@lru_cache(maxsize=8192)
def parse_address(text: str) -> Address | None:
    """The address in `text`, None if there is none. Takes `[…]`, a port, a zone; IPv4 inside IPv6 becomes IPv4."""
    text = text.strip().strip('"')
    if not text or len(text) > _MOST_TEXT or not text.isascii():
        return None
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


@lru_cache(maxsize=8192)
def bucket_of(address: str) -> str:
    """What limits count by: an IPv4 address itself, the /64 of an IPv6 one (whose owner holds all of it)."""
    parsed = parse_address(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        return f"{ipaddress.IPv6Address(int(parsed) >> 64 << 64)}/64"
    return str(parsed) if parsed is not None else "unknown"


@lru_cache(maxsize=8192)
def is_loopback(address: str) -> bool:
    """Whether the address is this machine's own (127.0.0.0/8 or ::1)."""
    parsed = parse_address(address)
    return parsed is not None and parsed.is_loopback


@lru_cache(maxsize=8192)
def canonical_address(text: str) -> str:
    """The address in its one usual form, "" if it is none."""
    parsed = parse_address(text)
    return str(parsed) if parsed is not None else ""


class TrustedProxies:
    """The proxies whose word about the client counts: addresses, networks, or `cloudflare` for its published ranges.

    Raises ValueError for an entry that is none of these.
    """

    def __init__(self, entries: Iterable[str] = ()) -> None:
        names = [entry.strip() for entry in entries if entry.strip()]
        self._cloudflare = _networks(CLOUDFLARE) if any(name.lower() == "cloudflare" for name in names) else ()
        self._own = _networks(name for name in names if name.lower() != "cloudflare")
        self._is_cloudflare = lru_cache(maxsize=4096)(self._find_cloudflare)
        self._is_trusted = lru_cache(maxsize=4096)(self._find_trusted)

    def trusts(self, address: str) -> bool:
        """Whether `address` itself is one that the operator named; a provider's whole network (`cloudflare`) isn't."""
        parsed = parse_address(address)
        return parsed is not None and any(parsed in network for network in self._own)

    def client(self, peer: str, headers: Mapping[bytes, bytes]) -> str:
        """The client behind `peer`: the peer itself unless it is trusted. `headers` by lower-case name, repeated ones joined."""
        address = parse_address(peer)
        if address is None or not (self._own or self._cloudflare) or not self._is_trusted(address):
            return canonical_address(peer)
        chain = _chain(headers)
        connecting = parse_address(headers.get(b"cf-connecting-ip", b"").decode("latin-1"))
        for hop in reversed(chain):
            if connecting is not None and self._is_cloudflare(address):
                return str(connecting)
            if hop is None:
                break  # garbage: nothing left of it can be believed, the last good hop stands
            address = hop
            if not self._is_trusted(address):
                return str(address)
        if connecting is not None and self._is_cloudflare(address):
            return str(connecting)
        return str(address)

    def _find_cloudflare(self, address: Address) -> bool:
        return any(address in network for network in self._cloudflare)

    def _find_trusted(self, address: Address) -> bool:
        return any(address in network for network in self._own) or self._is_cloudflare(address)


def _networks(entries: Iterable[str]) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(entry, strict=False) for entry in entries)


def _chain(headers: Mapping[bytes, bytes]) -> list[Address | None]:
    """The hops that the headers name, from the client on. Of two kinds of header either may be the client's own: none counts."""
    forwarded_for, forwarded = headers.get(b"x-forwarded-for"), headers.get(b"forwarded")
    if (forwarded_for is None) == (forwarded is None):
        return []
    if forwarded_for is not None:
        texts = forwarded_for.decode("latin-1").split(",")
    else:
        texts = [_forwarded_for(element) for element in (forwarded or b"").decode("latin-1").split(",")]
    return [parse_address(text.strip()) for text in texts[-_MOST_HOPS:]]


def _forwarded_for(element: str) -> str:
    """The `for` of one element of a Forwarded header (RFC 7239)."""
    for pair in element.split(";"):
        name, _, value = pair.strip().partition("=")
        if name.lower() == "for":
            return value.strip().strip('"')
    return ""
