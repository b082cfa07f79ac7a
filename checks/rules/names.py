"""No module, package or class is called utils, helpers, manager, common, misc or base.

Reason: such a name says nothing, so anything may be put there, and everything comes to be. A name says what the thing is,
in the field's standard terms.
"""

import ast
import re
from collections.abc import Iterator

from checks.repository import Finding, Repository

EMPTY = frozenset({"util", "utils", "helper", "helpers", "manager", "managers", "common", "misc", "base", "stuff", "various"})
CLASS = re.compile(r"(Utils?|Helpers?|Manager|Common|Misc|Impl|V?2|New|Old)$")
NUMBERED = re.compile(r"^[a-z_]+[a-z](2|_new|_old|_v\d+)$")


def find(repository: Repository) -> Iterator[Finding]:
    """Modules, packages and classes with a name that says nothing."""
    for module in repository.modules:
        for part in module.name.split("."):
            if part in EMPTY or part.removeprefix("test_") in EMPTY or NUMBERED.match(part):
                yield Finding(module.path, 1, f"'{part}' says nothing: name it after its noun")
        for node in module.nodes:
            if isinstance(node, ast.ClassDef) and CLASS.search(node.name):
                yield Finding(module.path, node.lineno, f"class {node.name}: name it after what it is")
