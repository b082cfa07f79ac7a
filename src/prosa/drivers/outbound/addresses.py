"""Which addresses on the internet prosa may talk to on somebody else's word."""

import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address

# IANA's registries of special-purpose addresses (RFC 6890 and its updates), spelled out, because what `ipaddress` calls
# global has changed between Python versions.
_CLOSED_V4 = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",  # this network; connecting to it reaches the machine itself
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local, the clouds' metadata services
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",  # relays of 6to4
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, with the broadcast address
        "168.63.129.16/32",  # a public number behind which Azure's host agent answers
    )
)

# Only global unicast is open. So everything that wraps an IPv4 address (mapped, compatible, NAT64), loopback,
# unique-local, link-local and multicast is closed without being named.
_OPEN_V6 = IPv6Network("2000::/3")
_CLOSED_V6 = tuple(
    IPv6Network(block)
    for block in (
        "2001::/23",  # Teredo, ORCHID, benchmarking
        "2001:db8::/32",
        "2002::/16",  # 6to4 wraps any IPv4 address
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)


def is_public(address: Address) -> bool:
    """Whether anybody may name this address as a destination: global unicast, no transition mechanism, no zone."""
    if isinstance(address, IPv4Address):
        return not any(address in block for block in _CLOSED_V4)
    if address.scope_id is not None or address not in _OPEN_V6:
        return False
    return not any(address in block for block in _CLOSED_V6)


def is_own(address: Address) -> bool:
    """Whether the address is one of this machine's own; nothing is sent.

    A machine's own public address must stay closed too: from inside, services answer that its firewall hides outside.
    """
    family = socket.AF_INET if isinstance(address, IPv4Address) else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((str(address), 0))
        # Only own addresses can be bound, but where ip_nonlocal_bind is set, all can: then the routing table decides.
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((str(address), 9))
            return ip_address(probe.getsockname()[0]) == address
    except OSError:  # not bindable, or no such family or route here
        return False


def literal(host: str) -> Address | None:
    """The address that a host spells out, None for a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None
