"""How commands speak: words to standard output, and tables that a person can read."""

import sys
from collections.abc import Sequence


def say(text: str = "") -> None:
    """One line, or several."""
    sys.stdout.write(text + "\n")


def complain(text: str) -> None:
    """One line to standard error."""
    sys.stderr.write(f"prosa: {text}\n")


def table(rows: Sequence[Sequence[str]], indent: str = "  ") -> str:
    """Columns below each other, the last one ragged."""
    if not rows:
        return ""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=False)]
        lines.append((indent + "  ".join([*cells, row[-1]])).rstrip())
    return "\n".join(lines)
