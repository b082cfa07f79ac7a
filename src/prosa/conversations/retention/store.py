"""Taking away for good what people stored; importing this module loads SQLAlchemy.

A conversation goes in one transaction, from which on nobody sees it, with a note that its items are still there. These go in
small transactions, each with the runs that they belong to, and with notes of the files that they named. A kill between any two
of them leaves notes that say what is still to be done.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from prosa.drivers.sql import Connection, Database
from prosa.drivers.sql import insert as known_insert
from prosa.kit.moments import stored
from prosa.runs import RunState

METADATA: Final = sa.MetaData()


def _table(name: str, *columns: str, moments: Sequence[str] = ()) -> sa.Table:
    return sa.Table(
        name, METADATA, *(sa.Column(column, sa.Text) for column in columns), *(sa.Column(each, sa.BigInteger) for each in moments)
    )


CONVERSATIONS: Final = _table("conversations", "id", "space", "tool_resources", moments=("updated_at", "deleted_at"))
ITEMS: Final = _table("items", "id", "space", "conversation_id", "run_id", "body", moments=("created_at",))
ITEMS.append_column(sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite")))
RUNS: Final = _table("runs", "id", "space", "state", "conversation_id", "request", moments=("created_at",))
NAMES: Final = _table("second_names", "object_id")
ACCOUNTS: Final = _table("accounts", "id", "role")
EXCHANGES: Final = _table("interactions", "space", moments=("asked_at",))
EXCHANGES.append_column(sa.Column("number", sa.Integer))
FILES: Final = _table("files", "id", "space", "purpose", moments=("created_at",))
STORED: Final = _table("vector_store_files", "file_id", "space")
ASSISTANTS: Final = tuple(_table(name, "space", "body") for name in ("assistants", "assistant_versions"))
GONE: Final = _table("conversations_gone", "id")
LET_GO: Final = _table("files_let_go", "id")
# What hangs on a run.
OF_RUN: Final = tuple(_table(name, "run_id") for name in ("run_events", "answer_contexts"))
# What hangs on a conversation, and goes with it at once: a link that was given out leads nowhere from then on.
HANGING: Final = tuple(_table(name, "conversation_id") for name in ("conversation_tags", "shares", "opinions"))

AT_ONCE: Final = 20  # conversations of one transaction, which are hidden by it
OPEN: Final = (RunState.QUEUED, RunState.RUNNING, RunState.WAITING)
BATCH: Final = 200  # rows of one transaction
FEW: Final = 10  # files that are looked for among all that a space holds
_FILE: Final = re.compile(r"file-([0-9A-Za-z]{6,64})")
# What a model can be given, and may have been uploaded for a conversation alone; the rest was stored for its own sake.
GIVEN: Final = ("user_data", "vision", "assistants")


@dataclass(frozen=True, slots=True)
class Aged:
    """Who has a role, and since when what they don't touch is too old (seconds since 1970)."""

    role: str
    before: float


class RetentionStore:
    """What is purged belongs to whomever it does: this is the server's own work, and asks for no space."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def hide_trash(self, before: float) -> int:
        """Take away what has been in the trash since before this moment; how many conversations."""
        return await self._hide(CONVERSATIONS.c.deleted_at < stored(before))

    async def hide_aged(self, aged: Aged) -> int:
        """Take away what nobody has touched since; how many conversations."""
        return await self._hide(_of_role(CONVERSATIONS, aged) & (CONVERSATIONS.c.updated_at < stored(aged.before)))

    async def _hide(self, which: "sa.ColumnElement[bool]") -> int:
        busy = sa.exists().where(RUNS.c.conversation_id == CONVERSATIONS.c.id, RUNS.c.state.in_(OPEN))
        async with self._database.writing() as connection:
            wanted = sa.select(CONVERSATIONS.c.id).where(which, ~busy).limit(AT_ONCE)
            # Who restores one at this moment waits, and doesn't find it; or has, and it isn't taken.
            found = list((await connection.execute(wanted.with_for_update(skip_locked=True))).scalars())
            if not found:
                return 0
            await _note(connection, GONE, found)
            for table in HANGING:
                await connection.execute(table.delete().where(table.c.conversation_id.in_(found)))
            await connection.execute(NAMES.delete().where(NAMES.c.object_id.in_(found)))
            await connection.execute(CONVERSATIONS.delete().where(CONVERSATIONS.c.id.in_(found)))
        return len(found)

    async def remove_some(self) -> bool:
        """Take away some of what is left of one conversation that is gone; False where nothing is left of any."""
        async with self._database.writing() as connection:
            # Others that do the same at this moment take another one, or leave it.
            first = sa.select(GONE.c.id).order_by(GONE.c.id).limit(1).with_for_update(skip_locked=True)
            gone = (await connection.execute(first)).scalar()
            if gone is None:
                return False
            of_gone = ITEMS.c.conversation_id == gone
            runs = await _remove_items(connection, of_gone)
            await _remove_runs(connection, RUNS.c.id.in_(runs) & (RUNS.c.conversation_id == gone))
            if not runs and not (await connection.execute(sa.select(sa.exists().where(of_gone)))).scalar():
                left = await _remove_runs(connection, RUNS.c.conversation_id == gone)
                if not left:
                    await connection.execute(GONE.delete().where(GONE.c.id == gone))
        return True

    async def remove_aged(self, aged: Aged) -> int:
        """Take away some of what is too old and in no conversation: runs with what they were given and made, single exchanges."""
        async with self._database.writing() as connection:
            old = _of_role(RUNS, aged) & (RUNS.c.created_at < stored(aged.before)) & RUNS.c.state.not_in(OPEN)
            ids = sa.select(RUNS.c.id).where(old, RUNS.c.conversation_id.is_(None)).limit(AT_ONCE)
            found = list((await connection.execute(ids)).scalars())
            if found:
                while await _remove_items(connection, ITEMS.c.run_id.in_(found) & ITEMS.c.conversation_id.is_(None)):
                    pass
                await _remove_runs(connection, RUNS.c.id.in_(found))
            spoken = _of_role(EXCHANGES, aged) & (EXCHANGES.c.asked_at < stored(aged.before))
            some = sa.select(EXCHANGES.c.number).where(spoken).limit(BATCH)
            exchanges = (await connection.execute(EXCHANGES.delete().where(EXCHANGES.c.number.in_(some)))).rowcount
        return len(found) + exchanges

    async def old_files(self, aged: Aged, after: str) -> list[str]:
        """Ids of files that are too old, in their order, from the one `after` on."""
        old = _of_role(FILES, aged) & (FILES.c.created_at < stored(aged.before)) & (FILES.c.id > after)
        wanted = sa.select(FILES.c.id).where(old, FILES.c.purpose.in_(GIVEN)).order_by(FILES.c.id).limit(FEW)
        async with self._database.reading() as connection:
            return list((await connection.execute(wanted)).scalars())

    async def let_go(self) -> list[str]:
        """Some of the files that were named by what is gone."""
        async with self._database.reading() as connection:
            return list((await connection.execute(sa.select(LET_GO.c.id).order_by(LET_GO.c.id).limit(FEW))).scalars())

    async def settled(self, ids: Sequence[str]) -> None:
        """They were looked at."""
        async with self._database.writing() as connection:
            await connection.execute(LET_GO.delete().where(LET_GO.c.id.in_(ids)))

    async def unnamed(self, ids: Sequence[str]) -> list[tuple[str, str]]:
        """Those that nothing names any more of all that their space holds, each as (space, id)."""
        found: list[tuple[str, str]] = []
        async with self._database.reading() as connection:
            wanted = sa.select(FILES.c.space, FILES.c.id).where(FILES.c.id.in_(ids), FILES.c.purpose.in_(GIVEN))
            for space, id in (await connection.execute(wanted)).all():
                somewhere = sa.or_(*(sa.exists().where(table.c.space == space, by) for table, by in _naming(id)))
                if not (await connection.execute(sa.select(somewhere))).scalar():
                    found.append((space, id))
        return found


def _naming(id: str) -> "list[tuple[sa.Table, sa.ColumnElement[bool]]]":
    """Where a file may be named, and how."""
    shown = f"file-{id}"
    return [
        (ITEMS, ITEMS.c.body.contains(shown)),
        (RUNS, RUNS.c.request.contains(shown)),
        (CONVERSATIONS, CONVERSATIONS.c.tool_resources.contains(shown)),
        (STORED, STORED.c.file_id == id),
        *((table, table.c.body.contains(id)) for table in ASSISTANTS),
    ]


async def _remove_items(connection: Connection, which: "sa.ColumnElement[bool]") -> list[str]:
    """Delete some items, and note the files that they name; the runs that they belonged to, "" for those without one."""
    wanted = sa.select(ITEMS.c.id, ITEMS.c.run_id, ITEMS.c.body).where(which).order_by(ITEMS.c.number).limit(BATCH)
    rows = (await connection.execute(wanted)).all()
    if not rows:
        return []
    ids = [row.id for row in rows]
    await _note(connection, LET_GO, sorted({file for row in rows for file in _FILE.findall(row.body)}))
    await connection.execute(NAMES.delete().where(NAMES.c.object_id.in_(ids)))
    await connection.execute(ITEMS.delete().where(ITEMS.c.id.in_(ids)))
    return list({row.run_id or "" for row in rows})


async def _remove_runs(connection: Connection, which: "sa.ColumnElement[bool]") -> int:
    ids = list((await connection.execute(sa.select(RUNS.c.id).where(which).limit(BATCH))).scalars())
    if ids:
        for table in OF_RUN:
            await connection.execute(table.delete().where(table.c.run_id.in_(ids)))
        await connection.execute(RUNS.delete().where(RUNS.c.id.in_(ids)))
    return len(ids)


async def _note(connection: Connection, table: sa.Table, ids: Sequence[str]) -> None:
    if ids:
        noted = known_insert(connection, table).on_conflict_do_nothing(index_elements=["id"])
        await connection.execute(noted, [{"id": id} for id in ids])


def _of_role(table: sa.Table, aged: Aged) -> "sa.ColumnElement[bool]":
    """What belongs to an account of this role; what a key of the settings owns has none, and stays."""
    people: sa.Select[Any] = sa.select(ACCOUNTS.c.id).where(ACCOUNTS.c.role == aged.role)
    return table.c.space.in_(people)
