"""What a process remembers of credentials that it found good, and when it forgets them."""

import ipaddress
from collections import OrderedDict
from hashlib import blake2b
from math import inf

import msgspec

from prosa.identity.addresses import Network, parse_address
from prosa.identity.models import Caller

Shown = tuple[bytes, bytes]  # name and value of the header field, or of the cookie


class Standing(msgspec.Struct):
    """A credential as it stands now. `stored`: it is in the database, where somebody may change it at any time."""

    caller: Caller
    stored: bool = False
    networks: tuple[Network, ...] = ()  # the only ones that it counts from; empty: any
    noted_at: float = -inf  # monotonic seconds at which its last use was written down

    def at(self, address: str) -> Caller | None:
        """The caller who shows it from this address; None where it doesn't count from there."""
        caller = self.caller
        if caller.address == address and (address or not self.networks):  # an address that nobody knows is inside no network
            return caller
        if self.networks and not _inside(address, self.networks):
            return None
        caller = self.caller = msgspec.structs.replace(caller, address=address)
        return caller


class Memory:
    """Good credentials by the digest of their exact text, bounded. Wrong ones are never kept: nobody can fill it by guessing.

    The texts themselves are not kept, so that no picture of this process's memory shows one that was used a while ago.
    """

    def __init__(self, most: int = 10_000) -> None:
        self._most = most
        self._standings: OrderedDict[bytes, Standing] = OrderedDict()
        self.epoch = 0  # grows whenever something is forgotten: what was read before that is not kept any more

    def __len__(self) -> int:
        return len(self._standings)

    def get(self, shown: Shown) -> Standing | None:
        """What is remembered of this text."""
        return self._standings.get(_digest(shown))

    def keep(self, shown: Shown, standing: Standing, epoch: int) -> None:
        """Remember what was read in this epoch; the oldest is forgotten when there are too many."""
        if epoch != self.epoch:
            return
        if len(self._standings) >= self._most:
            self._standings.popitem(last=False)
        self._standings[_digest(shown)] = standing

    def forget(self, account_id: str | None, credential_id: str | None) -> None:
        """Forget what is stored of this account and credential; None stands for all."""
        self.epoch += 1
        gone = [
            digest
            for digest, standing in self._standings.items()
            if standing.stored
            and account_id in (None, standing.caller.account_id)
            and credential_id in (None, standing.caller.credential_id)
        ]
        for digest in gone:
            del self._standings[digest]


def _digest(shown: Shown) -> bytes:
    name, value = shown
    return blake2b(value, digest_size=16, person=name[:16]).digest()


def _inside(address: str, networks: tuple[Network, ...]) -> bool:
    parsed = parse_address(address)
    return parsed is not None and any(parsed in network for network in networks)


def networks_of(texts: list[str]) -> tuple[Network, ...]:
    """Addresses and networks as they are stored. Raises ValueError."""
    return tuple(ipaddress.ip_network(text, strict=False) for text in texts)
