"""Runs that a command writes beside a server, or without one: begun, for whoever looks next, or ended long ago elsewhere."""

from collections.abc import Sequence
from typing import Final

from prosa.drivers.journal import Part, Statement
from prosa.drivers.sql import Database
from prosa.runs.models import NewRun, Run

_BEGIN: Final = Statement(
    "INSERT INTO runs (id, space, kind, state, fence, attempts, account_id, credential_id, request, metadata, created_at)"
    " VALUES ($1, $2, $3, 'running', 1, 0, $4, $5, $6, $7, CAST($8 AS BIGINT))"
)
_FIRST: Final = Statement(
    "INSERT INTO run_events (run_id, first, last, fence, final, payload)"
    " VALUES ($1, CAST(0 AS INTEGER), CAST($2 AS INTEGER), 1, FALSE, $3)"
)
_ENDED: Final = Statement(
    "INSERT INTO runs (id, space, kind, state, fence, attempts, conversation_id, account_id, request, result, metadata,"
    " created_at, ended_at, trimmed) VALUES ($1, $2, $3, $4, 1, 1, $5, $6, $7, $8, $9, CAST($10 AS BIGINT), CAST($11 AS BIGINT),"
    " TRUE) ON CONFLICT (id) DO NOTHING"
)


def begun(new: NewRun, now: int) -> tuple[Part, ...]:
    """A run that has no driver yet: the first process that looks for such takes it. `now` in microseconds since 1970."""
    metadata = None if new.metadata is None else new.metadata.decode()
    row = (new.id, new.space, new.kind, new.account_id, new.credential_id, new.request.decode(), metadata, now)
    events = (new.id, len(new.events) - 1, b"\n".join(new.events).decode())
    return (_BEGIN, row), (_FIRST, events), *new.parts


def ended(run: Run) -> Part:
    """A run that is over, without a log; counts 0 where its id is taken."""
    return _ENDED, (
        *(run.id, run.space, run.kind, run.state.value, run.conversation_id, run.account_id),
        *(run.request, run.result, run.metadata, run.created_at, run.ended_at),
    )


async def runs_here(database: Database, ids: Sequence[str]) -> dict[str, str]:
    """Those of these runs that are here, with their spaces."""
    if not ids:
        return {}
    places = ", ".join(f"${number}" for number in range(1, len(ids) + 1))
    rows = await database.fetch(f"SELECT id, space FROM runs WHERE id IN ({places})", *ids)  # noqa: S608  # numbers
    return {str(id): str(space) for id, space in rows}
