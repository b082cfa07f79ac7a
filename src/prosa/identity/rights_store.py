"""The numbered list of changes of rights, which every process follows."""

from typing import Final

import sqlalchemy as sa

from prosa.drivers.sql import Connection

TABLE: Final = sa.Table(
    "rights_changes",
    sa.MetaData(),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("account_id", sa.Text),
    sa.Column("credential_id", sa.Text),
    sa.Column("changed_at", sa.BigInteger, nullable=False),
)
KEPT: Final = 3_600_000_000  # microseconds: far longer than any process goes without a look


class RightsStore:
    """Appends to the list; what is an hour old has been seen by everybody and goes."""

    async def note(self, connection: Connection, account_id: str | None, credential_id: str | None, moment: int) -> None:
        """Append a change at `moment` (microseconds since 1970)."""
        change = {"account_id": account_id, "credential_id": credential_id, "changed_at": moment}
        await connection.execute(sa.insert(TABLE).values(change))
        await connection.execute(sa.delete(TABLE).where(TABLE.c.changed_at < moment - KEPT))
