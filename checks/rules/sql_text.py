"""SQL stands in store.py files, in drivers/sql and in the migrations, and never in an f-string.

Reason: every read of a store begins with what its caller may see. A query elsewhere is a second door past that lock, and
a query built by pasting text is an injection waiting for its input.
"""

import ast
import re
from collections.abc import Iterator

from checks.repository import Finding, Module, Repository, imported

QUERY = re.compile(
    r"\s*(SELECT\s.+|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\S+\s+SET\s|DELETE\s+FROM\s|CREATE\s+(TABLE|INDEX|UNIQUE|VIEW)\s"
    r"|ALTER\s+TABLE\s|DROP\s+(TABLE|INDEX)\s|PRAGMA\s|WITH\s+\w+\s+AS\s*\(|VACUUM\b|ATTACH\s)",
    re.DOTALL,
)
DRIVERS = frozenset({"sqlalchemy", "aiosqlite", "asyncpg", "alembic"})


def find(repository: Repository) -> Iterator[Finding]:
    """Queries and database libraries outside the stores; queries pasted together anywhere in the product."""
    for module in repository.product:
        for node in module.nodes:
            if isinstance(node, ast.JoinedStr) and QUERY.match(_beginning(node)):
                yield Finding(module.path, node.lineno, "SQL in an f-string: bind parameters instead")
        if not _is_store(module):
            yield from _strays(module)


def _strays(module: Module) -> Iterator[Finding]:
    for node in module.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and QUERY.match(node.value):
            yield Finding(module.path, node.lineno, "SQL outside a store: give the store a method")
    for name, line in imported(module):
        if name.partition(".")[0] in DRIVERS or name == "sqlite3.connect":
            yield Finding(module.path, line, f"{name.partition('.')[0]} outside a store: only stores and drivers/sql know it")


def _is_store(module: Module) -> bool:
    last = module.path.rpartition("/")[2]
    return last == "store.py" or last.endswith("_store.py") or module.within("src/prosa/drivers/sql/")


def _beginning(node: ast.JoinedStr) -> str:
    return "".join(part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else "x" for part in node.values)
