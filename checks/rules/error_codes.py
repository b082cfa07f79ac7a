"""Every code of an error stands in the guide of errors.

Reason: a code is what a caller's program decides by and what a person searches for; one without an explanation is a riddle.
"""

import ast
from collections.abc import Iterator

from checks.repository import Finding, Module, Repository

GUIDE = "docs/guides/errors.md"


def find(repository: Repository) -> Iterator[Finding]:
    """Codes of error classes that the guide does not name."""
    guide = repository.read(GUIDE) if repository.has(GUIDE) else ""
    for module in repository.product:
        for code, line in codes(module):
            if f"`{code}`" not in guide:
                yield Finding(module.path, line, f"the error code {code!r} is not explained in {GUIDE}")


def codes(module: Module) -> Iterator[tuple[str, int]]:
    """Each `code = "…"` in the body of a class, with its line."""
    for node in module.nodes:
        for statement in node.body if isinstance(node, ast.ClassDef) else ():
            named = statement.targets if isinstance(statement, ast.Assign) else []
            named = [statement.target] if isinstance(statement, ast.AnnAssign) else named
            value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
            text = value.value if isinstance(value, ast.Constant) else None
            if isinstance(text, str) and any(isinstance(name, ast.Name) and name.id == "code" for name in named):
                yield text, statement.lineno
