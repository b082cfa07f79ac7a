"""What an import of people asks and writes beside what accounts' own store does; loads SQLAlchemy."""

from typing import Final

import sqlalchemy as sa

from prosa.drivers.sql import Connection
from prosa.identity.accounts.models import AccountStatus
from prosa.identity.accounts.store import TABLE

_A: Final = TABLE.c


async def standing(connection: Connection, account_id: str) -> AccountStatus | None:
    """Where the account with this id stands, also a deleted one; None where there is none."""
    found = await connection.scalar(sa.select(_A.status).where(_A.id == account_id))
    return None if found is None else AccountStatus(found)


async def number_taken(connection: Connection, number: int) -> bool:
    """Whether an account has this number, or had it."""
    return await connection.scalar(sa.select(_A.number).where(_A.number == number)) is not None


async def number_on(connection: Connection) -> None:
    """Have numbers go on behind the highest: PostgreSQL doesn't look at those that were given by hand."""
    if connection.dialect.name != "postgresql":
        return
    last = sa.select(sa.func.max(_A.number)).scalar_subquery()
    sequence = sa.func.pg_get_serial_sequence("accounts", "number")
    await connection.execute(sa.select(sa.func.setval(sequence, sa.func.greatest(last, sa.func.nextval(sequence)))))
