"""Every address that the app's router knows is one at which the server shows the app.

Reason: the router moves between pages without asking the server; a page that the server doesn't know is there until somebody
reloads it.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from checks.repository import Finding, Repository

ROUTES: Final = "ui/src/app/routes.tsx"
PATH: Final = re.compile(r"\bpath: \"(/[^\"]*)\"")
DEVELOPMENT: Final = "/dev/"  # shown by Vite's own server alone


def find(repository: Repository, places: Iterable[str]) -> Iterator[Finding]:
    """Routes that no place of the server's covers; `/chat/*` covers all below `/chat/`."""
    if not repository.has(ROUTES):
        return
    known = set(places) | {"/"}
    for number, line in enumerate(repository.read(ROUTES).splitlines(), 1):
        for path in PATH.findall(line):
            above = "/" + path[1:].partition("/")[0] + "/*"
            if path not in known and (above not in known or path + "/*" == above) and not path.startswith(DEVELOPMENT):
                yield Finding(ROUTES, number, f"{path}: the server shows no page there (prosa/web/app.py, PLACES)")
