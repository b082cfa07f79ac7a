"""Every module that holds code opens with a sentence about what it is.

Reason: whoever opens a file learns in one line whether this is the right room of the house.
"""

import ast
from collections.abc import Iterator

from checks.repository import Finding, Repository


def find(repository: Repository) -> Iterator[Finding]:
    """Modules without a docstring; empty ones need none."""
    for module in repository.modules:
        if module.tree.body and not ast.get_docstring(module.tree):
            yield Finding(module.path, 1, "a module opens with one sentence about what it is")
