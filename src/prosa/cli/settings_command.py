"""`prosa config`: the effective settings."""

from itertools import groupby

import msgspec

from prosa.cli.port import Configuration
from prosa.cli.terminal import complain, say, table


def show(configuration: Configuration, section: str | None, *, json: bool) -> int:
    """Print the settings; 1 for a section that there isn't."""
    lines = [line for line in configuration.lines if section in (None, line.section)]
    if not lines:
        known = ", ".join(dict.fromkeys(line.section for line in configuration.lines))
        complain(f"there is nothing in a section {section!r}; sections are {known}")
        return 1
    if json:
        say(msgspec.json.format(msgspec.json.encode(lines), indent=2).decode())
        return 0
    for name, group in groupby(lines, key=lambda line: line.section):
        say(f"[{name}]")
        say(table([(line.name, line.value or "-", line.source) for line in group]))
        say()
    for warning in configuration.warnings:
        say(f"warning: {warning}")
    return 0
