"""`python -m checks GROUP…`: the house rules by group (sizes, lints, generated); exit code 1 when one is broken."""

import ast
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from checks import generated
from checks.repository import Finding, Repository
from checks.rules import (
    broad_excepts,
    dangerous,
    docstrings,
    environment,
    error_codes,
    frameworks,
    front_doors,
    guards,
    hosts,
    names,
    placement,
    promises,
    setting_names,
    sizes,
    sockets,
    sql_text,
    suppressions,
    targets,
    twins,
)

Rule = Callable[[Repository], Iterator[Finding]]

GROUPS: dict[str, tuple[Rule, ...]] = {
    "sizes": (sizes.find,),
    "lints": (
        names.find,
        placement.find,
        front_doors.find,
        frameworks.find,
        environment.find,
        sockets.find,
        sql_text.find,
        broad_excepts.find,
        dangerous.find,
        suppressions.find,
        docstrings.find,
        hosts.find,
    ),
    "generated": (
        targets.find,
        twins.find,
        error_codes.find,
        setting_names.find,
        promises.find,
        guards.find,
        generated.find,
    ),
}


def main(arguments: list[str]) -> int:
    """Run the groups that are named, or all."""
    unknown = [name for name in arguments if name not in GROUPS]
    if unknown:
        print(f"no such group: {', '.join(unknown)} (there are {', '.join(GROUPS)})", file=sys.stderr)
        return 2
    repository = Repository(Path(__file__).resolve().parent.parent)
    unread = list(_unreadable(repository))
    if unread:
        print("\n".join(unread))
        return 1
    broken = 0
    for group in arguments or list(GROUPS):
        for rule in GROUPS[group]:
            name = rule.__module__.rpartition(".")[2]
            for finding in rule(repository):
                print(f"{finding} [{name}]")
                broken += 1
    if broken:
        print(f"{broken} finding{'s' if broken > 1 else ''}; each rule's reason stands at the top of its module in checks/rules/")
    return 1 if broken else 0


def _unreadable(repository: Repository) -> Iterator[str]:
    for module in repository.modules:
        try:
            ast.parse(module.text, module.path)
        except SyntaxError as error:
            yield f"{module.path}:{error.lineno}: no Python: {error.msg}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
