"""What the rules look at: the project's files, read and parsed once."""

import ast
import functools
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CODE = ("src", "tests", "checks", "bench", "migrations")
BUILT = "src/prosa/web/assets"  # the web app, of which ui/ holds the sources
UNWATCHED = frozenset({"build", "dist", "data", "node_modules", "__pycache__", "htmlcov"})
HIDDEN = frozenset({".ci", ".github"})  # of the folders that begin with a dot, those that are ours


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach of a rule: where, and what to do about it."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


@dataclass(frozen=True)
class Module:
    """One Python file: `path` relative to the root with forward slashes."""

    path: str
    text: str

    @functools.cached_property
    def tree(self) -> ast.Module:
        """Its syntax tree, parsed once."""
        return ast.parse(self.text, self.path)

    @functools.cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of the tree."""
        return tuple(ast.walk(self.tree))

    @property
    def lines(self) -> list[str]:
        """Its lines without their ends."""
        return self.text.splitlines()

    @property
    def name(self) -> str:
        """Its dotted name: `prosa.kit.ids` for a file of the product, `tests.checks.test_x` elsewhere."""
        bare = self.path.removesuffix(".py").removeprefix("src/").removesuffix("/__init__")
        return bare.replace("/", ".")

    @property
    def package(self) -> str:
        """The package that relative imports start from."""
        return self.name if self.path.endswith("/__init__.py") else self.name.rpartition(".")[0]

    def within(self, *places: str) -> bool:
        """Whether the file is one of `places`, or lies below one that ends in a slash."""
        return any(self.path.startswith(place) if place.endswith("/") else self.path == place for place in places)


class Repository:
    """The files of the project below one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @functools.cached_property
    def files(self) -> tuple[str, ...]:
        """Every file's path, sorted, but for what is generated or installed."""
        return tuple(sorted(self._walk()))

    def _walk(self) -> Iterator[str]:
        for folder, names, files in os.walk(self.root):
            above = Path(folder).relative_to(self.root).as_posix()
            names[:] = [name for name in names if _is_ours(name) and f"{above}/{name}" != BUILT]
            for name in files:
                yield (Path(folder) / name).relative_to(self.root).as_posix()

    @functools.cached_property
    def modules(self) -> tuple[Module, ...]:
        """Every Python file of the product, its tests, checks, benchmarks and migrations."""
        paths = [path for path in self.files if path.endswith(".py") and path.partition("/")[0] in CODE]
        return tuple(Module(path, self.read(path)) for path in paths)

    @property
    def product(self) -> tuple[Module, ...]:
        """The Python files of `src/`."""
        return tuple(module for module in self.modules if module.path.startswith("src/"))

    def read(self, path: str) -> str:
        """A file's text; what is no UTF-8 is replaced."""
        return (self.root / path).read_text(encoding="utf-8", errors="replace")

    def has(self, path: str) -> bool:
        """Whether there is such a file or folder."""
        return (self.root / path).exists()


def _is_ours(folder: str) -> bool:
    hidden = folder.startswith(".") and folder not in HIDDEN
    return not hidden and folder not in UNWATCHED and not folder.endswith(".egg-info")


def imported(module: Module) -> Iterator[tuple[str, int]]:
    """Every name that a module imports, in full (`prosa.kit.ids.new_id` for a `from` import), with its line."""
    for node in module.nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            base = _base(module, node)
            for alias in node.names:
                yield f"{base}.{alias.name}", node.lineno


def _base(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = module.package.split(".")
    parts = parts[: len(parts) - node.level + 1]
    return ".".join([*parts, node.module] if node.module else parts)


def dotted(node: ast.AST) -> str:
    """`a.b.c` for names and attributes, "" for anything else; an unknown owner reads `?.c`."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value) or '?'}.{node.attr}"
    return ""
