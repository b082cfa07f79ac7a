"""Tables as CSV (RFC 4180), for programs and for spreadsheets, which must not take a name for a formula (attacks.md E16)."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from prosa.api.app.usage_models import group_shown, sums_shown
from prosa.usage import Figures, Group, Report

Cell = str | int | None
# What a spreadsheet reads as the beginning of a formula, also in full width; and what it skips before one.
_FORMULAS: Final = frozenset("=+-@|%\t\r\n\0＝＋－＠")


def safe(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would otherwise calculate it."""
    return "'" + text if text.lstrip(" \u00a0\ufeff")[:1] in _FORMULAS and text.strip(" ") else text


def table(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """A table with its head; texts in quotes, None as nothing."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(head)
    for row in rows:
        writer.writerow([safe(cell) if isinstance(cell, str) else "" if cell is None else cell for cell in row])
    return out.getvalue()


def usage_table(group: Group, report: Report) -> str:
    """A report's groups, a row each. Its total is the reader's to add up."""
    head = [group.value, *sums_shown(Figures())]
    return table(head, ([group_shown(group, name), *sums_shown(figures).values()] for name, figures in report.groups))
