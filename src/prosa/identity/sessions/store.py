"""Sessions in the database; importing this module loads SQLAlchemy."""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from prosa.drivers.sql import Connection
from prosa.identity.models import Reach
from prosa.identity.sessions.models import Session, SessionQuery
from prosa.kit import moments

METADATA: Final = sa.MetaData()
TABLE: Final = sa.Table(
    "sessions",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("account_id", sa.Text, nullable=False, index=True),
    sa.Column("digest", sa.Text, nullable=False, unique=True),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("last_used_at", sa.BigInteger, nullable=False),
    sa.Column("expires_at", sa.BigInteger, nullable=False, index=True),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("agent", sa.Text, nullable=False),
)
_T = TABLE.c


class SessionStore:
    """Reads and writes within a reach, each as part of the transaction that it is given. `now` in microseconds since 1970."""

    def __init__(self, idle: int) -> None:
        """`idle`: microseconds without use after which a session has ended."""
        self._idle = idle

    def _living(self, now: int) -> sa.ColumnElement[bool]:
        return (_T.expires_at > now) & (_T.last_used_at > now - self._idle)

    def _of(self, reach: Reach) -> sa.ColumnElement[bool]:
        return sa.true() if reach.account_id is None else _T.account_id == reach.account_id

    async def add(self, connection: Connection, reach: Reach, session: Session, digest: str) -> None:
        """A new session of the account that `reach` names."""
        await connection.execute(TABLE.insert().values(_row(session) | {"account_id": reach.account_id, "digest": digest}))

    async def clear(self, connection: Connection, reach: Reach, now: int) -> None:
        """Throw away the account's sessions that have ended by themselves."""
        await connection.execute(TABLE.delete().where(_T.account_id == reach.account_id, ~self._living(now)))

    async def surplus(self, connection: Connection, reach: Reach, now: int, kept: int) -> Sequence[str]:
        """The ids of the account's sessions beyond the `kept` ones that were used last."""
        query = (
            sa.select(_T.id)
            .where(self._of(reach), self._living(now))
            .order_by(_T.last_used_at.desc(), _T.created_at.desc(), _T.id)
        )
        return (await connection.execute(query.limit(2 * kept).offset(kept))).scalars().all()

    async def page(self, connection: Connection, reach: Reach, now: int, query: SessionQuery) -> list[Session]:
        """The query's sessions, newest sign-in first."""
        select = sa.select(TABLE).where(self._of(reach), self._living(now))
        if query.account_id is not None:
            select = select.where(_T.account_id == query.account_id)
        if query.after is not None:
            select = select.where(sa.tuple_(_T.created_at, _T.id) < sa.tuple_(*query.after))
        select = select.order_by(_T.created_at.desc(), _T.id.desc()).limit(query.limit)
        return [_session(row) for row in (await connection.execute(select)).mappings()]

    async def get(self, connection: Connection, reach: Reach, now: int, session_id: str) -> Session | None:
        """One session."""
        query = sa.select(TABLE).where(self._of(reach), self._living(now), _T.id == session_id)
        row = (await connection.execute(query)).mappings().first()
        return None if row is None else _session(row)

    async def change_digest(self, connection: Connection, reach: Reach, session_id: str, digest: str) -> bool:
        """Give it another token; whether it was there."""
        changing = TABLE.update().where(self._of(reach), _T.id == session_id).values(digest=digest)
        return (await connection.execute(changing)).rowcount == 1

    async def end(self, connection: Connection, reach: Reach, session_id: str) -> bool:
        """Throw it away; whether it was there."""
        return (await connection.execute(TABLE.delete().where(self._of(reach), _T.id == session_id))).rowcount == 1


def _row(session: Session) -> dict[str, object]:
    return {
        "id": session.id,
        "created_at": moments.of(session.created_at),
        "last_used_at": moments.of(session.last_used_at),
        "expires_at": moments.of(session.expires_at),
        "address": session.address,
        "agent": session.agent,
    }


def _session(row: sa.RowMapping) -> Session:
    return Session(
        id=row["id"],
        account_id=row["account_id"],
        created_at=moments.shown(row["created_at"]),
        last_used_at=moments.shown(row["last_used_at"]),
        expires_at=moments.shown(row["expires_at"]),
        address=row["address"],
        agent=row["agent"],
    )
