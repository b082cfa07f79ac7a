"""Every guard in the list of `make mutants` stands in the product exactly once, and the tests that watch over it are there.

Reason: a guard that was reworded would drop out of the list unseen, and with it the proof that somebody would notice its loss.
"""

import ast
import tomllib
from collections.abc import Iterator

from checks.mutants import LIST, Mutant, mutated, read_mutants
from checks.repository import Finding, Repository

LEAST = 80  # attacks.md M16


def find(repository: Repository) -> Iterator[Finding]:
    """Guards that aren't found, names that stand twice, tests that aren't there."""
    if not repository.has(LIST):
        yield Finding(LIST, 1, "is missing")
        return
    text = repository.read(LIST)
    try:
        mutants = read_mutants(text)
    except (tomllib.TOMLDecodeError, KeyError) as error:
        yield Finding(LIST, 1, f"can't be read: {error}")
        return
    known: dict[str, frozenset[str]] = {}
    seen: set[str] = set()
    for mutant in mutants:
        line = text.count("\n", 0, text.find(f'name = "{mutant.name}"')) + 1
        for told in _wrong(repository, mutant, known):
            yield Finding(LIST, line, told)
        if mutant.name in seen:
            yield Finding(LIST, line, f"{mutant.name}: another one has this name")
        seen.add(mutant.name)
    if len(mutants) < LEAST:
        yield Finding(LIST, 1, f"holds {len(mutants)} guards, and less than {LEAST} are too few to show anything")


def _wrong(repository: Repository, mutant: Mutant, known: dict[str, frozenset[str]]) -> Iterator[str]:
    files = {guard.file for guard in mutant.guards}
    missing = [path for path in sorted(files) if not repository.has(path)]
    if missing:
        yield f"{mutant.name}: there is no {missing[0]}"
        return
    try:
        mutated({path: repository.read(path) for path in files}, mutant)
    except ValueError as error:
        yield str(error)
    if not mutant.tests:
        yield f"{mutant.name}: no test watches over it"
    for test in mutant.tests:
        path, _, function = test.partition("::")
        if not repository.has(path):
            yield f"{mutant.name}: there is no {path}"
        elif function and function.partition("[")[0] not in _functions(repository, path, known):
            yield f"{mutant.name}: {path} has no {function}"


def _functions(repository: Repository, path: str, known: dict[str, frozenset[str]]) -> frozenset[str]:
    if path not in known:
        nodes = ast.walk(ast.parse(repository.read(path)))
        known[path] = frozenset(node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return known[path]
