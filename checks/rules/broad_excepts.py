"""`except Exception` stands at four edges only: the request, a job, a tool call, a provider's attempt.

Reason: anywhere else it hides defects as silence. A failure is a typed error; what is not foreseen belongs to the edge,
which logs and answers it. A handler that ends in a bare `raise` swallows nothing and may stand anywhere.
"""

import ast
from collections.abc import Iterator

from checks.repository import Finding, Repository, dotted

EDGES = (
    "src/prosa/api/edge/front.py",
    "src/prosa/runs/attempt.py",  # a job is a run
    "src/prosa/jobs/attempt.py",  # or a part of background work
    "src/prosa/answers/tools/attempt.py",
    "src/prosa/gateway/call.py",  # the attempt up to its first byte
    "src/prosa/gateway/reply.py",  # and after it
)
BROAD = frozenset({"Exception", "BaseException"})


def find(repository: Repository) -> Iterator[Finding]:
    """Broad handlers, and `suppress(Exception)`, off the four edges."""
    for module in repository.product:
        if module.within(*EDGES):
            continue
        for node in module.nodes:
            if isinstance(node, ast.ExceptHandler) and is_broad(node) and not _raises_on(node):
                yield Finding(module.path, node.lineno, "broad except off the four edges: name what can fail")
            elif isinstance(node, ast.Call) and _suppresses_all(node):
                yield Finding(module.path, node.lineno, "suppress(Exception) is a broad except: name what can fail")


def is_broad(node: ast.ExceptHandler) -> bool:
    """Whether it catches everything: bare, or Exception or BaseException alone or in a tuple."""
    if node.type is None:
        return True
    kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    return any(dotted(kind) in BROAD for kind in kinds)


def _suppresses_all(node: ast.Call) -> bool:
    return dotted(node.func).rpartition(".")[2] == "suppress" and any(dotted(argument) in BROAD for argument in node.args)


def _raises_on(node: ast.ExceptHandler) -> bool:
    last = node.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None
