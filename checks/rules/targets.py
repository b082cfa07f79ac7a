"""Every word that `make` knows says what it does, and CONTRIBUTING.md names it.

Reason: the Makefile is the list of words that a newcomer learns; one that nobody explains is one that nobody uses.
"""

import re
from collections.abc import Iterator

from checks.repository import Finding, Repository

TARGET = re.compile(r"^([a-z][a-z-]*):(?!=)([^\n]*)$", re.MULTILINE)


def find(repository: Repository) -> Iterator[Finding]:
    """Targets without a `## ` text, or without a line in CONTRIBUTING.md."""
    if not repository.has("Makefile"):
        return
    text = repository.read("Makefile")
    guide = repository.read("CONTRIBUTING.md") if repository.has("CONTRIBUTING.md") else ""
    for match in TARGET.finditer(text):
        name, rest = match.groups()
        line = text.count("\n", 0, match.start()) + 1
        if not re.search(r"## \S", rest):
            yield Finding("Makefile", line, f"{name}: say what it does after '## '")
        if f"make {name}" not in guide:
            yield Finding("Makefile", line, f"{name}: CONTRIBUTING.md does not name it")
