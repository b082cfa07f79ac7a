"""Only `boot` reads the process's environment.

Reason: settings are read once, checked, and handed down as dataclasses; a module that reads the environment by itself has a
setting nobody can list, mask, explain or test.
"""

import ast
from collections.abc import Iterator

from checks.repository import Finding, Repository, dotted, imported

NAMES = frozenset({"os.environ", "os.environb", "os.getenv", "os.getenvb", "os.putenv", "os.unsetenv"})


def find(repository: Repository) -> Iterator[Finding]:
    """Reads and writes of the environment outside boot."""
    for module in repository.product:
        if module.within("src/prosa/boot/"):
            continue
        for node in module.nodes:
            if isinstance(node, ast.Attribute) and dotted(node) in NAMES:
                yield Finding(module.path, node.lineno, f"{dotted(node)}: only boot reads the environment")
        for name, line in imported(module):
            if name in NAMES:
                yield Finding(module.path, line, f"{name}: only boot reads the environment")
