"""A comment that silences a check names the check's code and gives a reason; size and complexity are never silenced.

Reason: a bare suppression hides the next mistake too, and nobody knows when it may go. Limits without exceptions are the
point of having them.
"""

import io
import re
import tokenize
from collections.abc import Iterator

from checks.repository import Finding, Module, Repository

SILENCER = re.compile(
    r"#\s*(type:\s*ignore|noqa|pragma: no (cover|branch)|fmt:\s*(off|skip)|mypy:|ruff:|pyright:)", re.IGNORECASE
)
COMPLETE = re.compile(
    r"#\s*(type: ignore\[[a-z-]+(, ?[a-z-]+)*\]|noqa: [A-Z]+\d+(, ?[A-Z]+\d+)*|pragma: no (cover|branch))\s+(#|-)\s*\S.{3,}"
)
LIMITS = re.compile(r"C901|PLR09\d\d|E501")


def find(repository: Repository) -> Iterator[Finding]:
    """Suppressions without code or reason, and those of a limit."""
    for module in repository.modules:
        for comment, line in comments(module):
            if not SILENCER.search(comment):
                continue
            if not COMPLETE.search(comment):
                yield Finding(module.path, line, "a suppression carries its code and, after a further '#', its reason")
            if LIMITS.search(comment):
                yield Finding(module.path, line, "limits have no exceptions: split it")


def comments(module: Module) -> Iterator[tuple[str, int]]:
    """Every comment of a module with its line."""
    for token in tokenize.generate_tokens(io.StringIO(module.text).readline):
        if token.type == tokenize.COMMENT:
            yield token.string, token.start[0]
