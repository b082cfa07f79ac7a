"""No file names a package registry's host or a path of one machine.

Reason: a lock that names a host works only where that host answers, and a path of somebody's machine works nowhere else.
Where packages come from is the business of the machine that installs them.
"""

import re
from collections.abc import Iterator

from checks.repository import Finding, Repository

REGISTRIES = re.compile(
    r"https?://[^\s\"'`]*/(simple|packages)/|\"resolved\":\s*\"https?:|(?<![\w-])(--)?(extra-)?index-url\s*=?\s*https?:"
    r"|files\.python" + r"hosted\.org|registry\.npm" + r"js\.org|registry\.yarn" + r"pkg\.com"
)
MACHINE = re.compile(r"(?<![\w.$}~/-])/(work|farm|root|Users|home/(?!prosa/|ubuntu/|\$))(?:/|(?<=/))[\w.]")
UNREAD = (".png", ".jpg", ".ico", ".woff2", ".gz", ".db", ".gguf", ".pdf")


def find(repository: Repository) -> Iterator[Finding]:
    """Lines that name a registry or a machine's path."""
    for path in repository.files:
        if path.endswith(UNREAD) or path == "checks/rules/hosts.py" or path == ".env":
            continue
        for number, line in enumerate(repository.read(path).splitlines(), 1):
            if REGISTRIES.search(line):
                yield Finding(path, number, "names a package registry: leave that to the machine that installs")
            if MACHINE.search(line):
                yield Finding(path, number, "names a path of one machine")
