"""Care for people's rows around a restore; loads SQLAlchemy."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import sqlalchemy as sa

from prosa.drivers.sql import Connection
from prosa.identity.accounts.models import AccountStatus, Eraser
from prosa.identity.accounts.store import TABLE as ACCOUNTS
from prosa.identity.accounts.store import AccountStore
from prosa.identity.api_keys.store import TABLE as KEYS
from prosa.identity.links.store import TABLE as LINKS
from prosa.identity.models import OPERATOR
from prosa.identity.one_time.store import TABLE as ONE_TIME
from prosa.identity.sessions.store import TABLE as SESSIONS
from prosa.identity.tokens.store import TABLE as FAMILIES
from prosa.identity.upkeep import Taken

_INVITES: Final = sa.table("invites", *(sa.column(name) for name in ("id", "used_at", "revoked_at")))
_A, _K, _I = ACCOUNTS.c, KEYS.c, _INVITES.c
_AT_ONCE: Final = 500
_MOST_NAMES: Final = 20


async def taken(connection: Connection) -> Taken:
    """What was taken from whom in this database."""
    changed = await connection.execute(
        sa.select(_A.id, _A.password_hash, _A.password_at).where(_A.status != AccountStatus.DELETED, _A.password_at.is_not(None))
    )
    return Taken(
        erased=await _ids(connection, sa.select(_A.id).where(_A.status == AccountStatus.DELETED)),
        suspended=await _ids(connection, sa.select(_A.id).where(_A.status == AccountStatus.SUSPENDED)),
        revoked=await _ids(connection, sa.select(_K.id).where(_K.revoked_at.is_not(None))),
        unlinked=await _ids(connection, sa.select(LINKS.c.id).where(LINKS.c.revoked_at.is_not(None))),
        spent=await _ids(connection, sa.select(_I.id).where(sa.or_(_I.used_at.is_not(None), _I.revoked_at.is_not(None)))),
        passwords={row.id: (row.password_hash, row.password_at) for row in changed},
    )


async def _ids(connection: Connection, query: sa.Select[str]) -> frozenset[str]:
    return frozenset((await connection.execute(query)).scalars())


class Care:
    """The restored rows, being mended inside the restore's transaction; `now` in microseconds since 1970."""

    def __init__(self, connection: Connection, now: int, erasers: Sequence[Eraser]) -> None:
        self._connection = connection
        self._now = now
        self._erasers = erasers

    async def take_again(self, taken: Taken) -> list[str]:
        """Take once more what had been taken after the backup was made; what that was."""
        erased = await self._erase(taken.erased)
        suspended = 0
        for some in _groups(taken.suspended):
            active = _A.id.in_(some) & (_A.status == AccountStatus.ACTIVE)
            suspended += await self._change(ACCOUNTS.update().where(active).values(status=AccountStatus.SUSPENDED))
        revoked = 0
        for some in _groups(taken.revoked):
            revoked += await self._change(self._revoking(_K.id.in_(some)))
        for some in _groups(taken.unlinked):
            lasting = LINKS.c.id.in_(some) & LINKS.c.revoked_at.is_(None)
            await self._change(LINKS.update().where(lasting).values(revoked_at=self._now))
        for some in _groups(taken.spent):
            open_ones = _I.id.in_(some) & _I.used_at.is_(None) & _I.revoked_at.is_(None)
            await self._change(sa.update(_INVITES).where(open_ones).values(revoked_at=self._now))
        passwords = await self._keep_passwords(taken)
        told = (
            (erased, "accounts that were deleted since the backup are deleted again"),
            (suspended, "accounts that were suspended since are suspended again"),
            (revoked, "API keys that were revoked since are revoked again"),
            (passwords, "passwords that were changed since stay changed"),
        )
        return [f"{count} {text}" for count, text in told if count]

    async def _erase(self, ids: Iterable[str]) -> int:
        store, count = AccountStore(), 0
        for some in _groups(ids):
            there = await _ids(self._connection, sa.select(_A.id).where(_A.id.in_(some), _A.status != AccountStatus.DELETED))
            for account_id in sorted(there):
                count += 1
                for erase in self._erasers:
                    await erase(self._connection, account_id)
                await self._change(self._revoking(_K.account_id == account_id))
                await store.erase(self._connection, OPERATOR, account_id, self._now)
        return count

    async def _keep_passwords(self, taken: Taken) -> int:
        restored = await self._connection.execute(sa.select(_A.id, _A.password_at).where(_A.status != AccountStatus.DELETED))
        older = [row.id for row in restored if (row.password_at or 0) < taken.passwords.get(row.id, (None, 0))[1]]
        for account_id in older:
            password_hash, moment = taken.passwords[account_id]
            newer = ACCOUNTS.update().where(_A.id == account_id).values(password_hash=password_hash, password_at=moment)
            await self._change(newer)
        return len(older)

    async def revoke_unusable(self, kids: Sequence[str]) -> list[str]:
        """Revoke the living keys whose digests were made with a secret that isn't here: no text could ever match one."""
        dead = _K.pepper.not_in(kids) & _K.revoked_at.is_(None)
        query = sa.select(_K.name, _A.email).join(ACCOUNTS, _A.id == _K.account_id).where(dead).order_by(_A.email, _K.name)
        names = [f"{row.name} ({row.email or 'deleted'})" for row in await self._connection.execute(query)]
        if not names:
            return []
        await self._change(self._revoking(dead))
        more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
        shown = ", ".join(names[:_MOST_NAMES]) + more
        return [f"{len(names)} API keys can't be used without the old secret and were revoked: {shown}"]

    async def end_sign_ins(self) -> None:
        """End every session, token family and one-time token: some of them may have been ended since the backup was made."""
        for table in (SESSIONS, FAMILIES, ONE_TIME):
            await self._connection.execute(table.delete())

    def _revoking(self, which: sa.ColumnElement[bool]) -> sa.Update:
        return KEYS.update().where(which, _K.revoked_at.is_(None)).values(revoked_at=self._now, version=_K.version + 1)

    async def _change(self, statement: sa.Update) -> int:
        return (await self._connection.execute(statement)).rowcount


def _groups(ids: Iterable[str]) -> Iterator[list[str]]:
    """As many at once as a statement takes well."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), _AT_ONCE):
        yield ordered[start : start + _AT_ONCE]
