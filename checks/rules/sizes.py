"""A module has at most 400 lines, a test module 600, a function 40 lines and 6 parameters.

Reason: code that fits on a screen is read whole, and products of this kind fail at the tails, not at the medians. There is
no list of exceptions: what outgrows its bound is split by noun, and many options stand in one dataclass.
"""

import ast
from collections.abc import Iterator

from checks.repository import Finding, Module, Repository

MODULE_LINES = 400
TEST_MODULE_LINES = 600
FUNCTION_LINES = 40
PARAMETERS = 6

Function = ast.FunctionDef | ast.AsyncFunctionDef


def find(repository: Repository) -> Iterator[Finding]:
    """Modules, functions and parameter lists beyond their bounds."""
    for module in repository.modules:
        yield from _of(module)


def _of(module: Module) -> Iterator[Finding]:
    most = TEST_MODULE_LINES if module.path.startswith("tests/") else MODULE_LINES
    if len(module.lines) > most:
        yield Finding(module.path, most + 1, f"{len(module.lines)} lines, at most {most}: split it by noun")
    for node in module.nodes:
        if isinstance(node, Function):
            length = lines_of(node)
            if length > FUNCTION_LINES:
                yield Finding(module.path, node.lineno, f"{node.name} has {length} lines, at most {FUNCTION_LINES}")
            count = parameters_of(node)
            if count > PARAMETERS:
                yield Finding(module.path, node.lineno, f"{node.name} takes {count} parameters, at most {PARAMETERS}")


def lines_of(node: Function) -> int:
    """A function's lines from `def` to its end, its docstring included, its decorators not."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def parameters_of(node: Function) -> int:
    """Named parameters, `self` and `cls` left out."""
    named = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    return len(named) - (1 if named and named[0] in {"self", "cls"} else 0)
