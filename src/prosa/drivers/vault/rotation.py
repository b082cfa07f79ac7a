"""From an older secret to the newest: what still hangs on the older ones, and the end of that."""

from dataclasses import dataclass

from prosa.drivers.sql import Database
from prosa.drivers.vault.keyring import Keyring
from prosa.drivers.vault.rotating_store import PepperedColumn, Resealed, SealedColumn, older_peppers, reseal
from prosa.drivers.vault.store import LOCK, forget_checks, known_checks


@dataclass(frozen=True, slots=True)
class Register:
    """Every column that hangs on the secrets."""

    sealed: tuple[SealedColumn, ...]
    peppered: tuple[PepperedColumn, ...]


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a run came to: each sealed column, and how many peppered rows the older secrets still have."""

    sealed: tuple[tuple[SealedColumn, Resealed], ...]
    peppered: int

    @property
    def finished(self) -> bool:
        """Whether the older secrets can go."""
        return self.peppered == 0 and all(found.finished for _, found in self.sealed)


async def rotate(database: Database, keyring: Keyring, register: Register, now: float) -> Rotation:
    """Seal anew, count what upgrades itself at its next use, and forget older secrets on which nothing hangs any more.

    The database has to know the newest secret already: else a running server couldn't open what is sealed here. `now`: seconds
    since 1970. Raises DatabaseUnavailable.
    """
    sealed = tuple([(column, await reseal(database, keyring, column)) for column in register.sealed])
    peppered = sum([await older_peppers(database, keyring, column, now) for column in register.peppered])
    rotation = Rotation(sealed, peppered)
    older = frozenset(await known_checks(database.address)) - {keyring.kid}
    if rotation.finished and older:
        async with database.writing(lock=LOCK) as connection:
            await forget_checks(connection, older)
    return rotation
