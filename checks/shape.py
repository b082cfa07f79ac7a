"""`make shape`: the figures that tell whether the product stays readable, each beside its target."""

import ast
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path

import grimp

from checks.repository import Module, Repository
from checks.rules.broad_excepts import is_broad
from checks.rules.sizes import Function, lines_of
from checks.rules.suppressions import comments

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, the bounds it should stay within, and how it reads."""

    name: str
    value: float
    most: float
    least: float = 0.0
    form: str = "{:.0f}"

    @property
    def kept(self) -> bool:
        """Whether the target is met."""
        return self.least <= self.value <= self.most

    def __str__(self) -> str:
        target = f"≤ {self.most:g}" if not self.least else f"{self.least:g}–{self.most:g}"
        mark = "" if self.kept else "  ← off target"
        return f"{self.name:<34}{self.form.format(self.value):>8}   {target}{mark}"


def figures(repository: Repository) -> list[Figure]:
    """Every figure of the product's source."""
    modules = [module for module in repository.product if module.text.strip()]
    files = [len(module.lines) for module in modules]
    functions = [lines_of(node) for module in modules for node in module.nodes if isinstance(node, Function)]
    lines = sum(files)
    remarks = sum(_comment_lines(module) for module in modules)
    return [
        Figure("file lines, median", statistics.median(files), 90),
        Figure("file lines, p95", percentile(files, 95), 300),
        Figure("file lines, most", max(files), 400),
        Figure("function lines, median", statistics.median(functions), 8),
        Figure("function lines, p95", percentile(functions, 95), 30),
        Figure("function lines, most", max(functions), 40),
        Figure("import cycles", len(cycles(_imports())), 0),
        Figure("broad excepts per 1,000 lines", 1000 * _broad(modules) / lines, 0.3, form="{:.2f}"),
        Figure("comments, % of lines", 100 * remarks / lines, 6, least=3, form="{:.1f}"),
    ]


def percentile(values: list[int], share: int) -> float:
    """The smallest value that `share` per cent of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * share // 100) - 1)]


def cycles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Groups of modules that import each other in a ring (Tarjan's strongly connected components of two or more)."""
    found: list[list[str]] = []
    state: dict[str, tuple[int, int]] = {}  # node → (its number, the lowest number it reaches)
    stack: list[str] = []

    def visit(node: str) -> None:
        state[node] = (len(state), len(state))
        stack.append(node)
        for other in sorted(graph.get(node, ())):
            if other not in state:
                visit(other)
            if other in stack:
                state[node] = (state[node][0], min(state[node][1], state[other][1]))
        if state[node][0] == state[node][1]:
            ring = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(ring) > 1:
                found.append(sorted(ring))

    for node in sorted(graph):
        if node not in state:
            visit(node)
    return found


def _imports() -> dict[str, set[str]]:
    graph = grimp.build_graph("prosa", cache_dir=None)
    return {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}


def _comment_lines(module: Module) -> int:
    return len({line for _, line in comments(module)})


def _broad(modules: list[Module]) -> int:
    return sum(isinstance(node, ast.ExceptHandler) and is_broad(node) for module in modules for node in module.nodes)


def main() -> int:
    """Print the figures with their targets. They steer; what must hold is in `make check`."""
    repository = Repository(ROOT)
    files, lines = len(repository.product), sum(len(module.lines) for module in repository.product)
    print(f"{files} files, {lines} lines in src\n")
    for figure in figures(repository):
        print(figure)
    for ring in cycles(_imports()):
        print("\nring: " + " · ".join(ring))
    return 0


if __name__ == "__main__":
    sys.exit(main())
