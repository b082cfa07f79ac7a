"""Sealed fields as they lie in the database: which of them open, and whether it was made with these secrets; loads SQLAlchemy."""

from sqlalchemy import ColumnClause, column, select, table, text

from prosa.drivers.archive.aftercare import Restoration
from prosa.drivers.archive.checking import listed
from prosa.drivers.sql import Connection
from prosa.drivers.vault import Keyring, Place, SealedColumn, Unsealable, fits, replace_checks, settle_within

_AT_ONCE = 500


async def closed_to(connection: Connection, keyring: Keyring, field: SealedColumn) -> list[str]:
    """Whose values of a sealed field don't open with these secrets."""
    row, owner, value = map(_column, (field.row, field.owner or field.row, field.column))
    query = select(row.label("a"), owner.label("b"), value.label("c")).select_from(table(field.table)).where(value.is_not(None))
    result = await connection.stream(query, execution_options={"yield_per": _AT_ONCE})
    found = []
    async for line in result:
        try:
            keyring.open(str(line.c), Place(field.table, field.column, str(line.a)))
        except Unsealable:
            found.append(str(line.b))
    return found


async def made_with(connection: Connection, keyring: Keyring) -> bool:
    """Whether the database was made with one of these secrets, or with none yet."""
    rows = await connection.execute(text("SELECT kid, value FROM secret_checks"))
    return fits(keyring, {str(row.kid): str(row.value) for row in rows})


async def take_over(connection: Connection, keyring: Keyring, fields: tuple[SealedColumn, ...], at: Restoration) -> list[str]:
    """After a restore: have the database know these secrets; sentences about what they don't open."""
    now = at.moment / 1_000_000
    if await made_with(connection, keyring):
        await settle_within(connection, keyring, now)
        return []
    await replace_checks(connection, keyring, now)
    notes = ["the backup was made with another secret than this server has; a new check value is set"]
    for field in fields:
        owners = await closed_to(connection, keyring, field)
        if owners:
            notes.append(f"{field.table}.{field.column}: {len(owners)} sealed values can't be read any more: {listed(owners)}")
    return notes


def _column(name: str) -> ColumnClause[str]:
    return column(name)
