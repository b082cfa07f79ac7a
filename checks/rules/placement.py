"""Every package of the product has its place in the order of layers.

Reason: imports go down only, and a package without a place would be outside that rule. A new one is put into the layers of
pyproject.toml, and into ARCHITECTURE.md, before anything is written in it.
"""

import tomllib
from collections.abc import Iterator

from checks.repository import Finding, Repository


def layers(repository: Repository) -> list[str]:
    """The packages from the ground up, as pyproject.toml orders them, those of later parts included."""
    settings = tomllib.loads(repository.read("pyproject.toml"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    ordered = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return [str(name).strip("()") for name in reversed(ordered)]


def find(repository: Repository) -> Iterator[Finding]:
    """Top-level packages and modules that no layer names; layers that the map of ARCHITECTURE.md leaves out."""
    placed = layers(repository)
    for module in repository.product:
        top = module.path.removeprefix("src/prosa/").partition("/")[0].removesuffix(".py")
        if top not in placed and top not in {"__init__", "__main__"}:
            yield Finding(module.path, 1, f"prosa.{top} has no place in the layers of pyproject.toml")
    chart = repository.read("ARCHITECTURE.md") if repository.has("ARCHITECTURE.md") else ""
    for name in placed:
        if f"`{name}`" not in chart and f"{name}/" not in chart:
            yield Finding("ARCHITECTURE.md", 1, f"the map leaves {name} out")
