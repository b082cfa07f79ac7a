"""What `verify` is made of, and how features add to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from prosa.drivers.archive.models import Finding
from prosa.drivers.sql import Connection
from prosa.drivers.vault import Keyring, SealedColumn


class Check(Protocol):
    """A feature's look at its own rows; it only reads, in the one transaction of the whole verification."""

    async def look(self, connection: Connection) -> list[Finding]:
        """What isn't as it should be, in sentences that name the rows."""
        ...


@dataclass(frozen=True, slots=True)
class VerifyOptions:
    """`keyring`: None leaves sealed fields and the check value alone."""

    keyring: Keyring | None = None
    sealed: Sequence[SealedColumn] = ()
    checks: Sequence[Check] = ()


def listed(names: Sequence[str], most: int = 5) -> str:
    """The first few of many names, for a sentence."""
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
