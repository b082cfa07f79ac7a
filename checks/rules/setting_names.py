"""Every setting that a document names is one that prosa reads.

Reason: a misspelt or forgotten name in a guide costs its reader an hour, because nothing happens at all.
"""

import re
from collections.abc import Iterator

from checks.repository import Finding, Repository

TABLE = "docs/guides/settings.md"  # generated from the code's own table
NAME = re.compile(r"\bPROSA_[A-Z][A-Z_]*[A-Z]\b")
OWN = "PROSA_PROVIDER_"  # the middle of these names is the operator's
BUILDING = frozenset({"PROSA_SKIP_UI"})  # of hatch_build.py and make, not of the server
DOCUMENTS = ("README", "SECURITY", "ARCHITECTURE", "docs/guides/")


def find(repository: Repository) -> Iterator[Finding]:
    """Names in documents that the table of settings does not have."""
    if not repository.has(TABLE):
        return
    known = set(NAME.findall(repository.read(TABLE)))
    for path in repository.files:
        if path.startswith(DOCUMENTS) and path.endswith(".md"):
            for number, line in enumerate(repository.read(path).splitlines(), 1):
                for name in NAME.findall(line):
                    if name not in known | BUILDING and not name.startswith(OWN):
                        yield Finding(path, number, f"{name} is no setting of prosa")
