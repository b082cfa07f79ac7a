"""The table, the JSON beside it, and the comparison with an earlier run."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

import msgspec

from bench.compile import BenchError
from bench.measures import MEASURES, Figures, Measure, Outcome, Report, Sizes

RATIO_FROM = 1e-9


def number(value: float | None) -> str:
    """Three digits that matter; a dash for nothing."""
    if value is None:
        return "–"
    size = abs(value)
    if size >= 1000:
        return f"{value:,.0f}"
    if size >= 100 or value == int(value):
        return f"{value:.0f}"
    return f"{value:.1f}" if size >= 10 else f"{value:.2f}" if size >= 1 else f"{value:.3f}"


def ratio(value: float | None, other: float | None) -> str:
    """How often `value` goes into `other`."""
    if value is None or other is None or abs(value) < RATIO_FROM or abs(other) < RATIO_FROM:
        return ""
    return f"{number(other / value)}×"


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Columns of equal width: the first to the left, the others to the right; the first row is the head."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.ljust(width) if i == 0 else cell.rjust(width) for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    lines.insert(1, "-" * max(len(line) for line in lines))
    return "\n".join(lines)


def _verdict(measure: Measure, value: float | None) -> str:
    met = None if value is None else measure.met(value)
    return "" if met is None else "yes" if met else "NO"


def _row(measure: Measure, sizes: Sizes, own: Outcome | None, others: Sequence[Outcome]) -> list[str]:
    value = own.figures.get(measure.id) if own else None
    title = measure.title.format(**asdict(sizes)) + (f" [{measure.promise}]" if measure.promise else "")
    cells = [title, measure.unit, number(value), measure.goal(), _verdict(measure, value)]
    cells += [number(other.figures.get(measure.id)) for other in others]
    return cells + [ratio(value, other.figures.get(measure.id)) for other in others]


def table(report: Report, sizes: Sizes, own_name: str) -> str:
    """A row for each measure that somebody has; ratios say how many times prosa's value the other's is."""
    own = next((outcome for outcome in report.outcomes if outcome.name == own_name), None)
    others = [outcome for outcome in report.outcomes if outcome is not own]
    head = ["", "unit", own_name, "goal", "met", *(o.name for o in others), *(f"{o.name}:{own_name}" for o in others)]
    present = {name for outcome in report.outcomes for name in outcome.figures}
    return aligned([head, *(_row(m, sizes, own, others) for m in MEASURES if m.id in present)])


def missed(figures: Figures) -> list[Measure]:
    """The measures whose goal was not reached."""
    return [m for m in MEASURES if m.id in figures and m.met(figures[m.id]) is False]


def notes(report: Report) -> Iterable[str]:
    """What the table does not show: failures in words, and who was left out."""
    for outcome in report.outcomes:
        for problem in outcome.problems:
            yield f"{outcome.name}: {problem}"
    for name, reason in report.left_out.items():
        yield f"{name} left out: {reason}"


def load(path: Path) -> Report:
    """A report that was written by `save`; BenchError when it is none."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Report)
    except (OSError, msgspec.DecodeError) as error:
        raise BenchError(f"{path}: no report of `make bench`: {error}") from error


def save(report: Report, path: Path) -> None:
    """Writes it as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n")


def comparison(now: Report, before: Report) -> str:
    """Each measure that both runs have, and its change, for the subjects that both have."""
    rows = [["", "subject", "unit", "before", "now", "change"]]
    earlier = {outcome.name: outcome.figures for outcome in before.outcomes}
    for outcome in now.outcomes:
        old = earlier.get(outcome.name, {})
        for measure in MEASURES:
            if measure.id not in old or measure.id not in outcome.figures:
                continue
            was, value = old[measure.id], outcome.figures[measure.id]
            change = f"{(value / was - 1) * 100:+.0f} %" if abs(was) > RATIO_FROM else ""
            rows.append([measure.id, outcome.name, measure.unit, number(was), number(value), change])
    return aligned(rows)
