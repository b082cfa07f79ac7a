"""What `prosa doctor` tells of background work."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from prosa.drivers.sql import DatabaseAddress, DatabaseNotMigrated, DatabaseUnavailable
from prosa.jobs import JobFigures, Total, look_at_jobs

LATE: Final = 3600.0  # seconds for which nothing should have to wait

Row = tuple[str, str, str]


async def jobs(address: DatabaseAddress) -> list[Row]:
    """The queue and its age, what each job came to, and whether purging is paused; nothing of a database that isn't there yet."""
    if address.path is not None and not address.path.exists():
        return [("ok", "queue", "empty")]
    now = time.time()
    try:
        return list(_rows(await look_at_jobs(address, now), now))
    except DatabaseNotMigrated:
        return [("ok", "queue", "empty")]
    except DatabaseUnavailable as error:
        return [("fail", "queue", error.message)]


def _rows(figures: JobFigures, now: float) -> Iterator[Row]:
    queue = figures.queue
    age = 0.0 if queue.oldest is None else max(0.0, now - queue.oldest)
    told = f"{queue.waiting} waiting, {queue.running} running"
    if age > LATE:
        yield "warn", "queue", f"{told}; the oldest has waited for {_span(age)}: does a server or `prosa worker` run?"
    else:
        yield "ok", "queue", told
    if figures.paused is not None:
        yield "warn", "purge", f"paused for {_span(figures.paused - now)} more: the clock leapt, or nothing ran for over a day"
    for total in figures.totals:
        yield _total(total)


def _total(total: Total) -> Row:
    failing = total.failed_at is not None and (total.done_at is None or total.failed_at > total.done_at)
    done = f"{total.done} done" + ("" if total.done_at is None else f", last {_moment(total.done_at)}")
    if total.failed_at is None:
        return "ok", total.name, done
    return (
        "warn" if failing else "ok",
        total.name,
        f"{done}; {total.failed} failed, last {_moment(total.failed_at)}: {total.error}",
    )


def _span(seconds: float) -> str:
    return f"{seconds / 3600:.1f} hours"


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
