"""What was asked for approval, in the database: hashes and ids, no word of it."""

from typing import Final

from prosa.drivers.journal import Part, Statement

_ADD: Final = Statement(
    "INSERT INTO tool_approvals (id, space, run_id, bound, print, asked_at)"
    " VALUES (CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS TEXT), CAST($6 AS BIGINT))"
)
_FORGET: Final = Statement("DELETE FROM tool_approvals WHERE asked_at < CAST($1 AS BIGINT)")
# The run that took it may take it again: it goes on elsewhere, and knows by its log whether the call was made.
CLAIM: Final = Statement(
    "UPDATE tool_approvals SET used_by = CAST($3 AS TEXT), used_at = CAST($4 AS BIGINT)"
    " WHERE id = CAST($1 AS TEXT) AND space = CAST($2 AS TEXT) AND asked_at >= CAST($5 AS BIGINT)"
    " AND (used_by IS NULL OR used_by = CAST($3 AS TEXT))"
)
ONE: Final = "SELECT bound, print, used_by FROM tool_approvals WHERE id = $1 AND space = $2 AND asked_at >= $3"


def addition(id: str, space: str, run_id: str, hashes: tuple[str, str], at: int) -> Part:
    """Somebody is asked, at a moment in microseconds since 1970; `hashes`: of the call, and of the tool's description."""
    return _ADD, (id, space, run_id, *hashes, at)


def forgetting(before: int) -> Part:
    """Nobody can answer any more what was asked before this moment."""
    return _FORGET, (before,)
