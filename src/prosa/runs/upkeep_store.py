"""What must be true of runs, as `prosa verify` asks; loads SQLAlchemy."""

from typing import Any, Final

import sqlalchemy as sa

from prosa.drivers.archive import Finding, listed
from prosa.drivers.sql import Connection
from prosa.runs.models import OPEN, RunState

METADATA: Final = sa.MetaData()
RUNS: Final = sa.Table(
    "runs",
    METADATA,
    *(sa.Column(name, sa.Text) for name in ("id", "state")),
    sa.Column("ended_at", sa.BigInteger),
    sa.Column("trimmed", sa.Boolean),
)
EVENTS: Final = sa.Table(
    "run_events",
    METADATA,
    sa.Column("run_id", sa.Text),
    *(sa.Column(name, sa.Integer) for name in ("first", "last")),
    sa.Column("final", sa.Boolean),
)
_R, _E = RUNS.c, EVENTS.c
_LOGS: Final = (
    sa.select(
        _E.run_id,
        sa.func.min(_E.first).label("first"),
        sa.func.max(_E.last).label("last"),
        sa.func.sum(_E.last - _E.first + 1).label("events"),
        sa.func.sum(sa.case((_E.final, 1), else_=0)).label("ends"),
        sa.func.max(sa.case((_E.final, _E.last), else_=-1)).label("end"),
    )
    .group_by(_E.run_id)
    .subquery()
)
_L: Final = _LOGS.c


async def findings(connection: Connection) -> list[Finding]:
    """All of it."""
    is_open = _R.state.in_(list(OPEN))
    logged = RUNS.join(_LOGS, _L.run_id == _R.id)
    questions: tuple[tuple[Any, sa.ColumnElement[bool], str], ...] = (
        (RUNS, _R.state.not_in(list(RunState)), "have a state that there isn't"),
        (RUNS, is_open != _R.ended_at.is_(None), "are open with a moment of their end, or ended without one"),
        (logged, (_L.first != 0) | (_L.events != _L.last + 1), "have gaps in their log"),
        (logged, is_open & (_L.ends > 0), "are open, and their log has ended"),
        (logged, ~is_open & ((_L.ends != 1) | (_L.end != _L.last)), "have ended, and their log hasn't, or twice"),
        (
            RUNS.outerjoin(_LOGS, _L.run_id == _R.id),
            _L.run_id.is_(None) & sa.or_(is_open, ~_R.trimmed),
            "have no log",
        ),
    )
    found = []
    for source, which, text in questions:
        ids = list((await connection.execute(sa.select(_R.id).select_from(source).where(which).order_by(_R.id))).scalars())
        if ids:
            found.append(Finding("runs", f"{len(ids)} runs {text}: {listed(ids)}"))
    stray = sa.select(_E.run_id).where(_E.run_id.not_in(sa.select(_R.id))).distinct()
    ids = list((await connection.execute(stray)).scalars())
    if ids:
        found.append(Finding("runs", f"{len(ids)} logs belong to no run: {listed(ids)}"))
    return found
