"""What becomes of sealed fields and of the check value at a restore."""

from collections.abc import Sequence

from prosa.drivers.archive.aftercare import Restoration
from prosa.drivers.sql import Connection
from prosa.drivers.vault import Keyring, SealedColumn


class SecretsAftercare:
    """Has the restored database know this server's secrets, and lists the sealed fields that they don't open."""

    def __init__(self, keyring: Keyring, fields: Sequence[SealedColumn]) -> None:
        self._keyring = keyring
        self._fields = tuple(fields)

    async def before(self, _connection: Connection) -> None:
        """Nothing of the database that goes away matters here."""

    async def after(self, connection: Connection, restoration: Restoration) -> list[str]:
        """See Aftercare."""
        from prosa.drivers.archive.sealed_store import take_over

        return await take_over(connection, self._keyring, self._fields, restoration)
