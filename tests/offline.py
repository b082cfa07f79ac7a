"""The guard that keeps every test on this machine (attack D12: no socket goes out but where it should)."""

import ipaddress
from typing import Any

REFUSED = "a test tried to connect outside this machine"


def watch_connections(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook: raises RuntimeError for a connection or a datagram to anything but loopback or a local socket file."""
    if event not in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        return
    address = arguments[1]
    if isinstance(address, tuple) and address and isinstance(address[0], str) and not _is_local(address[0]):
        raise RuntimeError(f"{REFUSED}: {address[0]}")


def _is_local(host: str) -> bool:
    try:
        place = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host in {"", "localhost"}
    return place.is_loopback or place.is_unspecified
