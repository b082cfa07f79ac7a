"""A feature is entered by its front door: `from prosa.gateway import Gateway`, never a module inside it.

Reason: what a package's `__init__` offers is its promise to the others; everything behind it can be rebuilt in an afternoon.
`kit` has no door (each of its modules is one); in `drivers`, `api` and `api.legacy` each package is a house of its own.
"""

import ast
from collections.abc import Iterator

from checks.repository import Finding, Module, Repository, imported

TOWNS = frozenset({"drivers", "api", "api.legacy"})  # packages of packages: each below has a door of its own
OPEN = frozenset({"kit"})
ENTRY = "src/prosa/__main__.py"  # `python -m prosa` names the command, as the installed script does


def find(repository: Repository) -> Iterator[Finding]:
    """Imports that go past another house's door."""
    for module in repository.product:
        for name, line in imported(module) if module.path != ENTRY else ():
            if name.startswith("prosa.") and _passes_a_door(repository, module, name):
                yield Finding(module.path, line, f"{name}: enter by the front door, from {_shown(repository, name)} import …")


def house(repository: Repository, name: str) -> str:
    """The house that a dotted name stands in, without `prosa.`: `gateway`, `drivers.outbound`, `api.legacy.bitaca`."""
    parts = name.removeprefix("prosa.").split(".")
    depth = 1
    while depth < len(parts) and ".".join(parts[:depth]) in TOWNS and _is_module(repository, parts[: depth + 1]):
        depth += 1
    return ".".join(parts[:depth])


def _is_module(repository: Repository, parts: list[str]) -> bool:
    path = "src/prosa/" + "/".join(parts)
    return repository.has(path + "/__init__.py") or repository.has(path + ".py")


def _passes_a_door(repository: Repository, module: Module, name: str) -> bool:
    there = house(repository, name)
    here = house(repository, module.name)
    if there.partition(".")[0] in OPEN or here == there or here.startswith(there + "."):
        return False
    inside = name.removeprefix("prosa.").removeprefix(there).lstrip(".").split(".")
    if not inside[0] or not _is_module(repository, [*there.split("."), inside[0]]):
        return False
    # A door may offer a function under the name of the module that it comes from.
    return len(inside) > 1 or inside[0] not in _offered(repository, there)


def _offered(repository: Repository, there: str) -> frozenset[str]:
    path = f"src/prosa/{there.replace('.', '/')}/__init__.py"
    door = next((module for module in repository.product if module.path == path), None)
    nodes = door.nodes if door else ()
    return frozenset(alias.asname or alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names)


def _shown(repository: Repository, name: str) -> str:
    return f"prosa.{house(repository, name)}"
