"""Setting up: who holds the code that the server prints makes the first admin, once (mission, decision 4; attack B13)."""

import base64
import hmac

from prosa.drivers.sql import Connection, Database
from prosa.identity.accounts.noted_store import noted
from prosa.identity.accounts.parts import LOCK, AccountParts
from prosa.kit.ids import new_object_id

FIRST_ADMIN = "first_admin"  # as the store notes it
_DATABASE = "database_id"
_PURPOSE = "setup-code"
_BYTES = 10  # 80 bits: 16 digits in base 32
_GROUP = 4


class SetUp:
    """The set-up code: as PROSA_SETUP_CODE says, else made of the server's secret and this database's id.

    So it is the same after a restart and in every process, and another one for another database.
    """

    def __init__(self, parts: AccountParts) -> None:
        self._parts = parts

    async def needed(self) -> bool:
        """Whether no admin was made yet; loads no SQLAlchemy."""
        return await noted(self._parts.database, FIRST_ADMIN) is None

    async def code(self) -> str:
        """The code to print, such as `K7QD-…` in four groups."""
        if self._parts.settings.setup_code:
            return self._parts.settings.setup_code
        kid = self._parts.keyring.kid
        database = await noted(self._parts.database, _DATABASE)
        if database is not None:
            return self._of(database, kid)
        async with self._parts.database.writing(LOCK) as connection:
            return await self._derived(connection, kid)

    async def accepts(self, connection: Connection, code: str) -> bool:
        """Whether the code makes an admin now; decided inside the transaction that makes it."""
        if await self._parts.store.has_first_admin(connection):
            return False
        if self._parts.settings.setup_code:
            return _same(code, self._parts.settings.setup_code)
        good = False
        for kid in self._parts.keyring.kids:  # one that was printed before a secret was added is good too
            good |= _same(code, await self._derived(connection, kid))
        return good

    async def _derived(self, connection: Connection, kid: str) -> str:
        return self._of(await self._parts.store.noted(connection, _DATABASE, new_object_id()), kid)

    def _of(self, database: str, kid: str) -> str:
        digest = bytes.fromhex(self._parts.keyring.mac(_PURPOSE, database.encode(), kid))
        text = base64.b32encode(digest[:_BYTES]).decode()
        return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


async def name_database(database: Database) -> None:
    """Give a new database the id of which its set-up code is made: a server finds it then with a plain read."""
    from prosa.identity.accounts.store import AccountStore

    async with database.writing(LOCK) as connection:
        await AccountStore().noted(connection, _DATABASE, new_object_id())


def _same(code: str, good: str) -> bool:
    return hmac.compare_digest(_bare(code), _bare(good))


def _bare(code: str) -> bytes:
    """What counts of a code that a person types: neither case nor what stands between its groups."""
    return "".join(code[:400].split()).replace("-", "").upper().encode("utf-8", "surrogatepass")
