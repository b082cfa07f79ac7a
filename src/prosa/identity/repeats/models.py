"""The nouns of repeated requests."""

from dataclasses import dataclass
from typing import Protocol

import msgspec

Header = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """A request that carries a key. `fingerprint` is a hash of all that must be the same when it comes again."""

    space: str
    key: str
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class RepeatClaim:
    """The right, held by one request at a time, to do what is asked under a key.

    What the request makes gets `object_id`, however often it is tried; `repeated`: it was tried before, and may be there.
    """

    space: str
    key: str
    object_id: str
    driver: str  # the process that holds it
    repeated: bool = False

    @property
    def row(self) -> tuple[str, str, str, str]:
        """What the row says as long as this is so."""
        return self.space, self.key, self.object_id, self.driver


class KeptAnswer(msgspec.Struct, frozen=True, array_like=True):
    """What was answered: `headers` without those that every answer carries; an event stream's body is all that it sent."""

    status: int
    headers: list[Header]
    body: bytes


class ClaimHolders(Protocol):
    """The processes that hold claims: this one's name, and whether another one still lives."""

    @property
    def driver_id(self) -> str:
        """This process."""
        ...

    async def hold_lease(self) -> None:
        """Have this process count as alive for a while from now on. Raises DatabaseUnavailable."""
        ...

    async def alive(self, driver_id: str) -> bool:
        """Whether this one may still be at work. Raises DatabaseUnavailable."""
        ...
