"""Moving to another database: SQLite to PostgreSQL and back, row by row from one instant, verified before it counts."""

from typing import TYPE_CHECKING

from prosa.drivers.archive.content import ROWS, Content, carry
from prosa.drivers.archive.errors import ArchiveNewer, NoDatabase, TargetNotEmpty
from prosa.drivers.archive.models import Copied, TableFacts
from prosa.drivers.archive.rows import RowHash, row_of
from prosa.drivers.sql import DatabaseAddress, revisions

if TYPE_CHECKING:
    from prosa.drivers.archive.snapshot_store import Snapshot, StoredTable
    from prosa.drivers.archive.target_store import Target

_AT_ONCE = 500


async def copy(source: DatabaseAddress, target: DatabaseAddress, contents: tuple[Content, Content] | None = None) -> Copied:
    """Copy everything into an empty database and read it back before committing. The source is only read.

    `contents`: where what rows refer to is kept there and here; without it only rows are copied. Raises ArchiveError; the target
    is then as it was.
    """
    from prosa.drivers.archive.access_store import filling, reading
    from prosa.drivers.archive.snapshot_store import Snapshot
    from prosa.drivers.archive.target_store import State, Target

    made = target.path is not None and not target.path.exists()
    done = False
    try:
        async with reading(source) as there, filling(target) as here:
            snapshot, filled = await Snapshot.of(there), Target(here)
            if snapshot.revision is None:
                raise NoDatabase
            if snapshot.revision not in revisions():
                raise ArchiveNewer("the database")
            state = await filled.state()
            if state is State.FILLED:
                raise TargetNotEmpty("the database to move to is not empty")
            await filled.rebuild(snapshot.revision, state)
            left_out = {ROWS} if contents is not None else set[str]()
            tables = [table for name, table in snapshot.tables.items() if filled.knows(name) and name not in left_out]
            arrived = await filled.finish([await _send(snapshot, table, filled) for table in tables])
            await filled.migrate()
            lost = 0 if contents is None else await carry(contents[0], there, contents[1], here)
        done = True
    finally:
        if made and not done and target.path is not None:
            for suffix in ("", "-wal", "-shm"):
                target.path.with_name(target.path.name + suffix).unlink(missing_ok=True)
    return Copied(tuple(arrived), filled.replaced, lost)


async def _send(snapshot: "Snapshot", table: "StoredTable", target: "Target") -> TableFacts:
    from prosa.drivers.archive.snapshot_store import facts_of

    facts = facts_of(table, RowHash(), await snapshot.counter(table))
    rows: list[list[object]] = []
    async for line in snapshot.lines(table):
        rows.append(row_of(line))
        if len(rows) >= _AT_ONCE:
            await target.put(facts, rows)
            rows = []
    if rows:
        await target.put(facts, rows)
    return facts
