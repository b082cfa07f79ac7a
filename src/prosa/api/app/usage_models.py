"""How the app's API shows usage."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, Field

from prosa.api.app.account_models import USER
from prosa.api.app.run_models import CONVERSATION, EXAMPLE_RUN, RUN
from prosa.api.app.shapes import Body, Cursor, Limit, Moment
from prosa.kit import moments
from prosa.kit.errors import BadRequest
from prosa.usage import Call, DayOfActivity, Figures, Group, Report

EPOCH: Final = date(1970, 1, 1)
MOST_DAYS: Final = 3_660
USUAL_DAYS: Final = 30
ACCOUNT_DIGITS: Final = 32
EXAMPLE_CSV: Final = (
    '"day","calls","failed_calls","cancelled_calls","broken_calls","estimated_calls","unpriced_calls","prompt_tokens",'
    '"completion_tokens","cached_tokens","reasoning_tokens","cost_usd"\r\n'
    '"2026-11-21",12,0,1,0,1,0,4213,1022,0,0,"0.001244"\r\n'
)
From = Annotated[date | None, Field(alias="from", description=f"The first day, in UTC; without it {USUAL_DAYS} days are told.")]
To = Annotated[date | None, Field(description="The last day, in UTC; without it today.")]


class Scope(StrEnum):
    """Whose."""

    OWN = "own"
    ALL = "all"


Whose = Annotated[Scope, Field(description="`all`: everybody's together, for administrators.")]


class DayRange(Body):
    """Which days, and whose."""

    from_day: From = None
    to: To = None
    scope: Whose = Scope.OWN

    def days(self, now: float) -> tuple[int, int]:
        """The first and the last one, counted since 1970. Raises BadRequest."""
        last = self.to or moments.EPOCH.date() + timedelta(seconds=now)
        first = self.from_day or max(EPOCH, last - timedelta(days=USUAL_DAYS - 1))
        if not EPOCH <= first <= last:
            raise BadRequest("'from' must be a day that isn't after 'to', from 1970-01-01 on.", param="from")
        if (last - first).days >= MOST_DAYS:
            raise BadRequest(f"'from' and 'to' must be less than {MOST_DAYS} days apart.", param="from")
        return (first - EPOCH).days, (last - EPOCH).days


class UsageAsked(DayRange):
    """Which usage, and in which form."""

    group_by: Annotated[Group, Field(description="What it is told apart by.")] = Group.DAY
    format: Annotated[
        Literal["json", "csv"] | None, Field(description="Without it what `Accept` asks for: `text/csv`, else JSON.")
    ] = None


class CallsAsked(Body):
    """Which page of calls."""

    limit: Limit = 50
    cursor: Cursor = None


class Sums(BaseModel):
    """Sums over model calls."""

    calls: int
    failed_calls: int = Field(description="Refused, or failed before the first byte.")
    cancelled_calls: int = Field(description="The caller left.")
    broken_calls: int = Field(description="The answer broke off.")
    estimated_calls: int = Field(
        description="Their tokens are prosa's own count, because the provider told none that can be true."
    )
    unpriced_calls: int = Field(description="With tokens whose price nobody knows; `cost_usd` leaves them out.")
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = Field(description="Of the prompt's: found in the provider's cache.")
    reasoning_tokens: int = Field(description="Of the completion's.")
    cost_usd: str | None = Field(description="US dollars; null where no call's price is known.", examples=["0.001244"])


class GroupOfUsage(Sums):
    """The sums of one day, model, …"""

    group: str | None = Field(
        description=(
            "A day such as `2026-11-21`; a model, null for calls that failed; a provider; a key, null for calls without one; "
            "a person `user_…`, or the name of what isn't a person, null for who was erased; a dialect."
        ),
        examples=["2026-11-21"],
    )


class Usage(BaseModel):
    """What was used in a range of days."""

    from_day: date = Field(serialization_alias="from", examples=["2026-11-01"])
    to: date = Field(examples=["2026-11-21"])
    scope: Scope
    group_by: Group
    groups: list[GroupOfUsage] = Field(description="Days in their order; of others the one with most calls first.")
    further_groups: int = Field(description="Those that were too many to be told one by one; `total` holds them.", examples=[0])
    total: Sums


class UsageCall(BaseModel):
    """One model call."""

    started_at: Moment
    seconds: float = Field(description="From its beginning to its end.", examples=[1.2])
    first_byte_seconds: float | None = Field(examples=[0.3])
    dialect: str = Field(examples=["openai"])
    kind: str = Field(examples=["chat"])
    asked_model: str | None = Field(description="As it was asked for; null: the default.", examples=["fast"])
    model: str = Field(examples=["gpt-4o-mini"])
    provider: str = Field(examples=["openai"])
    status: Literal["ok", "failed", "cancelled", "broken"]
    error: str | None = Field(description="What went wrong: a code of docs/guides/errors.md.", examples=[None])
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    reasoning_tokens: int
    estimated: bool = Field(description="The tokens are prosa's own count.")
    cost_usd: str | None = Field(description="US dollars; null: nobody knows the price.", examples=["0.001244"])
    attempts: int = Field(description="How many tries it took.")
    key: str | None = Field(examples=["key_7b6821146d1743da97c764a12dd4ed93"])
    run_id: str | None = Field(examples=[EXAMPLE_RUN])
    conversation_id: str | None = Field(examples=[None])


class Activity(BaseModel):
    """What was done on one day."""

    day: date = Field(examples=["2026-11-21"])
    conversations: int = Field(description="That were begun.")
    messages: int = Field(description="Of people and of models, in conversations.")
    people: int = Field(description="Who called a model.")


class ActivityOfDays(BaseModel):
    """What was done in a range of days; a day on which nothing was done is left out."""

    from_day: date = Field(serialization_alias="from", examples=["2026-11-01"])
    to: date = Field(examples=["2026-11-21"])
    scope: Scope
    days: list[Activity]


def dollars(millionths: int) -> str:
    """A cost in US dollars, to the millionth."""
    return f"{millionths // 1_000_000}.{millionths % 1_000_000:06d}"


def day_shown(day: int) -> date:
    """A day that is counted since 1970."""
    return EPOCH + timedelta(days=day)


def group_shown(group: Group, name: str | int) -> str | None:
    """The name of a group as the API tells it."""
    if isinstance(name, int):
        return day_shown(name).isoformat()
    if group is Group.PERSON and len(name) == ACCOUNT_DIGITS:
        return USER + name
    return name or None


def sums_shown(figures: Figures) -> dict[str, Any]:  # the fields of Sums
    """The fields of Sums."""
    return {
        "calls": figures.calls,
        "failed_calls": figures.failed,
        "cancelled_calls": figures.cancelled,
        "broken_calls": figures.broken,
        "estimated_calls": figures.estimated,
        "unpriced_calls": figures.unpriced,
        "prompt_tokens": figures.prompt_tokens,
        "completion_tokens": figures.completion_tokens,
        "cached_tokens": figures.cached_tokens,
        "reasoning_tokens": figures.reasoning_tokens,
        "cost_usd": None if figures.unpriced and not figures.cost else dollars(figures.cost),
    }


def usage_shown(asked: UsageAsked, days: tuple[int, int], report: Report) -> Usage:
    """A whole report."""
    return Usage(
        from_day=day_shown(days[0]),
        to=day_shown(days[1]),
        scope=asked.scope,
        group_by=asked.group_by,
        groups=[GroupOfUsage(group=group_shown(asked.group_by, name), **sums_shown(figures)) for name, figures in report.groups],
        further_groups=report.further,
        total=Sums(**sums_shown(report.total)),
    )


def call_shown(call: Call) -> UsageCall:
    """One call."""
    return UsageCall(
        started_at=moments.shown(call.started_at),
        seconds=call.total / moments.SECOND,
        first_byte_seconds=None if call.first_byte is None else call.first_byte / moments.SECOND,
        dialect=call.dialect,
        kind=call.kind,
        asked_model=call.asked,
        model=call.model,
        provider=call.provider,
        status=call.status,  # type: ignore[arg-type]  # as the gateway names them
        error=call.error,
        prompt_tokens=call.prompt_tokens,
        completion_tokens=call.completion_tokens,
        cached_tokens=call.cached_tokens,
        reasoning_tokens=call.reasoning_tokens,
        estimated=call.estimated,
        cost_usd=None if call.cost is None else dollars(call.cost),
        attempts=call.attempts,
        key=call.key_id,
        run_id=None if call.run_id is None else RUN + call.run_id,
        conversation_id=None if call.conversation_id is None else CONVERSATION + call.conversation_id,
    )


def activity_shown(asked: DayRange, days: tuple[int, int], found: list[DayOfActivity]) -> ActivityOfDays:
    """Days with what was done on them."""
    return ActivityOfDays(
        from_day=day_shown(days[0]),
        to=day_shown(days[1]),
        scope=asked.scope,
        days=[
            Activity(day=day_shown(one.day), conversations=one.conversations, messages=one.messages, people=one.people)
            for one in found
        ],
    )
