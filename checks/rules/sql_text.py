"""SQL stands in store.py files, in drivers/sql and in the migrations.

Reason: every read of a store begins with what its caller may see, and a query elsewhere is a second door past that lock.
(That no query is pasted together from text is the linter's rule S608.)
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
    """Queries and database libraries outside the stores."""
    for module in repository.product:
        if not _is_store(module):
            yield from _strays(module)


def _strays(module: Module) -> Iterator[Finding]:
    for node in module.nodes:
        if QUERY.match(_text(node)):
            yield Finding(module.path, getattr(node, "lineno", 1), "SQL outside a store: give the store a method")
    for name, line in imported(module):
        if name.partition(".")[0] in DRIVERS or name == "sqlite3.connect":
            yield Finding(module.path, line, f"{name.partition('.')[0]} outside a store: only stores and drivers/sql know it")


def _is_store(module: Module) -> bool:
    last = module.path.rpartition("/")[2]
    return last == "store.py" or last.endswith("_store.py") or module.within("src/prosa/drivers/sql/")


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) or "x" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
