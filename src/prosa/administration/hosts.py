"""Where a provider that is stored may be: anywhere in public; in private only where whoever starts prosa says so.

An administrator of the app is not the operator of the machine: who may add a provider must not reach by it what only this
machine's network reaches (attacks.md D1, D10).
"""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final

from prosa.administration.errors import AddressNotAllowed, Unfit
from prosa.administration.settings import AdministrationSettings
from prosa.drivers.outbound import AddressRefused, Target, parse_url

_STANDARD: Final = {"https": 443, "http": 80}
_HERE: Final = frozenset({"localhost", "0.0.0.0", "::"})  # noqa: S104  # compared with, never bound
Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Address:
    """A base URL that was judged: `url` in its one form, `private` where it needs the operator's word and has it."""

    url: str
    target: Target

    @property
    def private(self) -> bool:
        """Whether it lies on this machine or network, by the operator's word."""
        return self.target.private


class Hosts:
    """The operator's list."""

    def __init__(self, settings: AdministrationSettings) -> None:
        self._settings = settings
        self._networks: list[Network] = [ip_network(entry) for entry in settings.private_hosts if "/" in entry]
        self._names = frozenset(entry for entry in settings.private_hosts if "/" not in entry)

    def judged(self, url: str) -> Address:
        """A base URL as it may be used. Raises AddressNotAllowed, Unfit."""
        if "?" in url or "#" in url:
            raise Unfit("base_url", "Expected an address without a query, such as https://llm.example/v1.")
        target = self._target(url)
        if target.port == self._settings.own_port and self._is_own(target.host):
            raise Unfit("base_url", "This is prosa's own address: it never asks itself.")
        path = parse_url(url, private=True)[1].rstrip("/")
        return Address(f"{_place(target)}{path}", target)

    def _target(self, url: str) -> Target:
        try:
            inner = parse_url(url, private=True)[0]
            return inner if self.allows(inner) else parse_url(url, private=False)[0]
        except AddressRefused:
            raise AddressNotAllowed from None

    def allows(self, target: Target) -> bool:
        """Whether the operator named this host, its port, or its network."""
        host = f"[{target.host}]" if ":" in target.host else target.host
        if target.host in self._names or f"{host}:{target.port}" in self._names:
            return True
        try:
            address = ip_address(target.host)
        except ValueError:
            return False  # a network says nothing of names: what they mean may change at any moment
        return any(address.version == network.version and address in network for network in self._networks)

    def _is_own(self, host: str) -> bool:
        if host in self._settings.own_hosts or host in _HERE:
            return True
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return False


def _place(target: Target) -> str:
    host = f"[{target.host}]" if ":" in target.host else target.host
    port = "" if target.port == _STANDARD[target.scheme] else f":{target.port}"
    return f"{target.scheme}://{host}{port}"
