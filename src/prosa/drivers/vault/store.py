"""Which secrets the database knows."""

from prosa.drivers.sql import Connection, Database, DatabaseAddress, DatabaseNotMigrated, look
from prosa.drivers.vault.checks import check_value, fits
from prosa.drivers.vault.errors import OtherSecrets
from prosa.drivers.vault.keyring import Keyring

LOCK = "secrets"


async def known_checks(address: DatabaseAddress) -> dict[str, str]:
    """kid → check value; {} for a database that keeps none yet. Changes nothing, loads little. Raises DatabaseUnavailable."""
    if address.path is not None and (not address.path.exists() or address.path.stat().st_size == 0):
        return {}
    try:
        rows = await look(address, "SELECT kid, value FROM secret_checks")
    except DatabaseNotMigrated:
        return {}
    return {str(kid): str(value) for kid, value in rows}


async def settle(database: Database, keyring: Keyring, now: float) -> None:
    """Have the database know the newest secret, if it knows none yet or one of the others. `now`: seconds since 1970.

    Of two that come at once with different secrets to a new database, one is refused. Raises OtherSecrets, DatabaseUnavailable.
    """
    known = await known_checks(database.address)
    if keyring.kid in known and fits(keyring, known):
        return
    async with database.writing(lock=LOCK) as connection:
        await settle_within(connection, keyring, now)


async def settle_within(connection: Connection, keyring: Keyring, now: float) -> None:
    """The same inside a transaction that writes under the lock "secrets"."""
    known = await _known(connection)
    if not fits(keyring, known):
        raise OtherSecrets
    if keyring.kid not in known:
        await _add(connection, keyring, now)


async def replace_checks(connection: Connection, keyring: Keyring, now: float) -> None:
    """Forget which secrets there were: after a restore without them. What they have sealed stays unreadable."""
    from sqlalchemy import text

    await connection.execute(text("DELETE FROM secret_checks"))
    await _add(connection, keyring, now)


async def forget_checks(connection: Connection, kids: frozenset[str]) -> None:
    """Forget secrets on which nothing depends any more: a server that has only them is refused from now on."""
    from sqlalchemy import text

    for kid in sorted(kids):
        await connection.execute(text("DELETE FROM secret_checks WHERE kid = :kid"), {"kid": kid})


async def _known(connection: Connection) -> dict[str, str]:
    from sqlalchemy import text

    rows = await connection.execute(text("SELECT kid, value FROM secret_checks"))
    return {str(row.kid): str(row.value) for row in rows}


async def _add(connection: Connection, keyring: Keyring, now: float) -> None:
    from sqlalchemy import text

    await connection.execute(
        text("INSERT INTO secret_checks (kid, value, created_at) VALUES (:kid, :value, :now)"),
        {"kid": keyring.kid, "value": check_value(keyring, keyring.kid), "now": round(now * 1_000_000)},
    )
