"""`python -m checks.ui WORD…`: what make does with the app. `check` is all that checks; WORDS below has each by itself."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from checks.repository import Finding, Repository
from checks.ui import addresses, house, lock, schema, sizes
from checks.ui.node import script
from hatch_build import TARGET, BuildFailed

ROOT = Path(__file__).resolve().parent.parent.parent


def _told(findings: Iterable[Finding]) -> int:
    found = list(findings)
    for finding in found:
        print(finding)
    return 1 if found else 0


def _house() -> int:
    from prosa.web.app import PLACES

    repository = Repository(ROOT)
    return _told((*house.find(repository), *addresses.find(repository, PLACES)))


def _openapi() -> int:
    schema.write(ROOT)
    print(f"wrote {schema.SCHEMA}")
    return 0


WORDS: dict[str, Callable[[], int]] = {
    "lock": lambda: _told(lock.find(Repository(ROOT))),
    "house": _house,
    "schema": lambda: _told(schema.find(ROOT)),
    "types": lambda: script(ROOT, "types"),
    "lint": lambda: script(ROOT, "lint"),
    "test": lambda: script(ROOT, "test"),
    "sizes": lambda: _told(sizes.find(ROOT / TARGET)),
    "openapi": _openapi,
}
CHECKS = ("lock", "house", "schema", "types", "lint", "test", "sizes")


def main(arguments: list[str]) -> int:
    """Run the words in their order; `check` is all that checks. The exit code is 1 where one of them finds something."""
    words = [word for argument in arguments for word in (CHECKS if argument == "check" else (argument,))]
    unknown = [word for word in words if word not in WORDS]
    if unknown or not words:
        print(f"no such word: {', '.join(unknown)} (there are check, {', '.join(WORDS)})", file=sys.stderr)
        return 2
    broken = []
    for word in words:
        try:
            failed = WORDS[word]()
        except BuildFailed as error:
            print(error)
            failed = 1
        if failed:
            broken.append(word)
    if broken:
        print(f"the app's {', '.join(broken)}: see above")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
