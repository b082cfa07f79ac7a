"""Files that are generated from the code are written again by one command and never drift from it."""

from collections.abc import Iterator

from checks.repository import Finding, Repository


def find(repository: Repository) -> Iterator[Finding]:
    """Generated files that differ from what the code would write."""
    yield from ()
