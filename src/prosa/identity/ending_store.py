"""Ending what an account signed in with; importing this module loads SQLAlchemy.

Called inside `Rights.changing`, so that every process hears of it.
"""

import time

from prosa.drivers.sql import Connection
from prosa.identity.api_keys.store import TABLE as KEYS
from prosa.identity.links.store import TABLE as LINKS
from prosa.identity.one_time.store import TABLE as ONE_TIME
from prosa.identity.owner_store import hold_account
from prosa.identity.sessions.store import TABLE as SESSIONS
from prosa.identity.tokens.store import TABLE as FAMILIES


async def end_sessions(connection: Connection, account_id: str, keep: str | None = None) -> None:
    """End every session (but the one whose id is `keep`), token family, ticket and link of the account, used or not.

    A link goes too, because who has it may be whom the person wants to be rid of.
    """
    await hold_account(connection, account_id)
    ended = SESSIONS.c.account_id == account_id
    if keep is not None:
        ended &= SESSIONS.c.id != keep
    await connection.execute(SESSIONS.delete().where(ended))
    await connection.execute(FAMILIES.delete().where(FAMILIES.c.account_id == account_id))
    await connection.execute(ONE_TIME.delete().where(ONE_TIME.c.account_id == account_id))
    lasting = (LINKS.c.account_id == account_id) & LINKS.c.revoked_at.is_(None)
    await connection.execute(LINKS.update().where(lasting).values(revoked_at=time.time_ns() // 1000))


async def revoke_keys(connection: Connection, account_id: str, now: int | None = None) -> None:
    """Revoke every API key of the account, at `now` in microseconds since 1970."""
    await hold_account(connection, account_id)
    moment = time.time_ns() // 1000 if now is None else now
    living = (KEYS.c.account_id == account_id) & KEYS.c.revoked_at.is_(None)
    await connection.execute(KEYS.update().where(living).values(revoked_at=moment, version=KEYS.c.version + 1))
