"""`/api/v1/usage`: what one's model calls took and cost; for administrators everybody's."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Response

from prosa.api.access import needs
from prosa.api.app.documents import problems
from prosa.api.app.routing import AppRoute
from prosa.api.app.shapes import ListOf
from prosa.api.app.surroundings import People, TheExchange, cursors_of
from prosa.api.app.usage_models import (
    EXAMPLE_CSV,
    ActivityOfDays,
    CallsAsked,
    DayRange,
    Scope,
    Usage,
    UsageAsked,
    UsageCall,
    activity_shown,
    call_shown,
    usage_shown,
)
from prosa.api.app.usage_tables import usage_table
from prosa.api.edge import Exchange
from prosa.api.scope import usage_of
from prosa.identity import Caller, Permission
from prosa.usage import UsageQuery, UsageService

router = APIRouter(prefix="/api/v1/usage", tags=["Usage"], route_class=AppRoute)

Reader = Annotated[Caller, needs(Permission.READ_USAGE)]
TheUsage = Annotated[UsageService, Depends(usage_of)]
CSV: Final = "text/csv"
BOTH: Final[dict[int | str, dict[str, Any]]] = {  # of FastAPI's own type for `responses`
    200: {
        "description": "The usage; as a table where `format=csv` or `Accept: text/csv` asks for it.",
        "content": {CSV: {"schema": {"type": "string"}, "example": EXAMPLE_CSV}},
    }
}


@router.get("", operation_id="getUsage", response_model=Usage, responses=BOTH | problems(401, 403))
async def get_usage(
    caller: Reader, asked: Annotated[UsageAsked, Query()], usage: TheUsage, exchange: TheExchange
) -> Usage | Response:
    """What was used in a range of days, and what it cost, told apart by one of several things.

    Every model call counts, whichever dialect it came by, also those that failed or were left. Days are UTC's, and a call counts
    on the day on which it began. It is there within a second of its end.
    """
    days = asked.days(exchange.parts.clock.now())
    report = await usage.report(UsageQuery(_space(caller, asked.scope), *days, asked.group_by))
    if asked.format == "csv" or (asked.format is None and _wants_csv(exchange)):
        name = f"usage-{asked.group_by.value}.csv"
        disposition = {"content-disposition": f'attachment; filename="{name}"'}
        return Response(usage_table(asked.group_by, report), media_type=f"{CSV}; charset=utf-8", headers=disposition)
    return usage_shown(asked, days, report)


@router.get("/calls", operation_id="listCalls", responses=problems(401, 403))
async def list_calls(caller: Reader, asked: Annotated[CallsAsked, Query()], usage: TheUsage, people: People) -> ListOf[UsageCall]:
    """One's own model calls, newest first, for as long as single calls are kept."""
    cursors = cursors_of(people, caller, "calls")
    found = await usage.calls(caller.space, asked.limit + 1, cursors.number(asked.cursor))
    shown = found[: asked.limit]
    further = shown[-1].number if len(found) > asked.limit else None
    return ListOf(data=[call_shown(call) for call in shown], next_cursor=cursors.give(further))


@router.get("/activity", operation_id="getActivity", responses=problems(401, 403))
async def get_activity(
    caller: Reader, asked: Annotated[DayRange, Query()], usage: TheUsage, exchange: TheExchange
) -> ActivityOfDays:
    """Conversations begun, messages, and people who called a model, day by day; what was deleted since still counts."""
    days = asked.days(exchange.parts.clock.now())
    return activity_shown(asked, days, await usage.activity(_space(caller, asked.scope), *days))


def _space(caller: Caller, scope: Scope) -> str | None:
    """Whose usage is asked for. Raises PermissionDenied."""
    if scope is Scope.OWN:
        return caller.space
    caller.require(Permission.READ_EVERY_USAGE)
    return None


def _wants_csv(exchange: Exchange) -> bool:
    accepted = exchange.header(b"accept") or b""
    return CSV.encode() in accepted and b"application/json" not in accepted
