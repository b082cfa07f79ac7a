"""Every id that a test marks is a promise of docs/promises.md, and every promise held now has a test that shows it.

Reason: `make contracts` tells what prosa keeps of what it promises; a misspelt id or a promise without a test would make that
list a decoration.
"""

import ast
from collections.abc import Iterator

from checks.promises import Promise, read_promises
from checks.repository import Finding, Module, Repository, dotted

PATH = "docs/promises.md"


def find(repository: Repository) -> Iterator[Finding]:
    """Marks of unknown ids; promises without a test; rows that read wrong."""
    if not repository.has(PATH):
        yield Finding(PATH, 1, "is missing")
        return
    promises = {(promise.mark, promise.id): promise for promise in read_promises(repository.read(PATH))}
    shown: set[tuple[str, str]] = set()
    for module in repository.modules:
        if module.path.startswith("tests/"):
            for mark, name, line in marks(module):
                shown.add((mark, name))
                if (mark, name) not in promises:
                    yield Finding(module.path, line, f"{mark}({name!r}): no such id in {PATH}")
    for key, promise in promises.items():
        yield from _row(promise, key in shown)


def _row(promise: Promise, shown: bool) -> Iterator[Finding]:
    if promise.state == "now" and not shown:
        yield Finding(PATH, promise.line, f"{promise.id} is held now, but no test is marked {promise.mark}({promise.id!r})")
    if promise.state == "later" and shown:
        yield Finding(PATH, promise.line, f"{promise.id} reads 'later', but a test shows it: set its state")


def marks(module: Module) -> Iterator[tuple[str, str, int]]:
    """Every id in a `contract` or `attack` mark of a test module: mark, id, line."""
    for node in module.nodes:
        if not isinstance(node, ast.Call):
            continue
        mark = dotted(node.func).removeprefix("pytest.mark.")
        if mark in {"contract", "attack"} and dotted(node.func).startswith("pytest.mark."):
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield mark, argument.value, node.lineno
