"""What `prosa usage` does."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from prosa.cli.port import Storage
from prosa.cli.terminal import complain, say, table
from prosa.drivers.sql import Database
from prosa.kit.clock import SystemClock
from prosa.kit.errors import ProsaError
from prosa.usage import Figures, Group, Report, UsageQuery, UsageService

if TYPE_CHECKING:
    from prosa.cli.usage_commands import Asked

DAY: Final = 86_400
MOST: Final = 3_660
ACCOUNT: Final = 32  # letters of an account's id
HEAD: Final = ("", "calls", "failed", "prompt", "cached", "answer", "cost")
EPOCH: Final = date(1970, 1, 1)


async def tell(storage: Storage, options: "Asked") -> int:
    """Print a row for each group, and the sum."""
    if options.by not in list(Group) or not 1 <= options.days <= MOST:
        complain(f"expected --by one of {', '.join(Group)} and --days from 1 to {MOST}")
        return 2
    clock, database = SystemClock(), Database(storage.database)
    today = int(clock.now() // DAY)
    query = UsageQuery(None, today - options.days + 1, today, Group(options.by))
    try:
        report = await UsageService(database, clock).report(query)
    except ProsaError as error:
        complain(f"{error.message} {getattr(error, 'reason', '')}".strip())
        return 1
    finally:
        await database.aclose()
    say(_json(query.group, report) if options.json else _table(query.group, report))
    return 0


def _table(group: Group, report: Report) -> str:
    rows = [HEAD, *(_row(_named(group, name) or "-", figures) for name, figures in report.groups), _row("sum", report.total)]
    lines = [table(rows, "")]
    if report.further:
        lines.append(f"and {report.further} more")
    if report.total.unpriced:
        lines.append(f"{report.total.unpriced} calls are not in the cost: nobody knows their price (docs/guides/usage.md)")
    return "\n".join(lines)


def _row(name: str, figures: Figures) -> tuple[str, ...]:
    counts = (figures.calls, figures.failed, figures.prompt_tokens, figures.cached_tokens, figures.completion_tokens)
    return (name, *(f"{count:,}" for count in counts), _cost(figures))


def _cost(figures: Figures) -> str:
    if figures.unpriced and not figures.cost:
        return "unknown"
    return f"${figures.cost / 1_000_000:,.4f}" + ("+" if figures.unpriced else "")


def _named(group: Group, name: str | int) -> str | None:
    if isinstance(name, int):
        return str(EPOCH + timedelta(days=name))
    shown = f"user_{name}" if group is Group.PERSON and len(name) == ACCOUNT else name
    return "".join(letter if letter.isprintable() else "?" for letter in shown) or None


def _json(group: Group, report: Report) -> str:
    groups = [{"group": _named(group, name), **_figures(figures)} for name, figures in report.groups]
    told = {"group_by": group, "groups": groups, "further_groups": report.further, "total": _figures(report.total)}
    return msgspec.json.format(msgspec.json.encode(told), indent=2).decode()


def _figures(figures: Figures) -> dict[str, int]:
    told: dict[str, int] = msgspec.structs.asdict(figures)
    told["cost_micros"] = told.pop("cost")
    return told
