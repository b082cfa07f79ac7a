"""What features do around a restore: see what the database that goes away knew, and mend what came."""

from dataclasses import dataclass
from typing import Protocol

from prosa.drivers.sql import Connection


@dataclass(frozen=True, slots=True)
class Restoration:
    """What a feature needs to know of the restore that it takes part in."""

    moment: int  # microseconds since 1970: now, as rows store it
    backed_up_at: str  # when the backup was made, UTC, ISO 8601


class Aftercare(Protocol):
    """A feature's part in a restore; a fresh one for each; inside its one transaction, at the newest schema."""

    async def before(self, connection: Connection) -> None:
        """Note what must outlast the database that goes away, such as who was erased. Not called for an empty one."""
        ...

    async def after(self, connection: Connection, restoration: Restoration) -> list[str]:
        """Mend the restored rows; sentences for the person at the terminal."""
        ...
