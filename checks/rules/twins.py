"""A document and its Portuguese twin have the same headings, code and links, and every link within the project leads somewhere.

Reason: a translation that lags behind tells half of its readers something untrue. Words may differ; commands may not.
"""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from checks.repository import Finding, Repository

HEADING = re.compile(r"^(#+) ", re.MULTILINE)
CODE = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
TWIN = ".pt-BR.md"


def find(repository: Repository) -> Iterator[Finding]:
    """Twins out of step, and links to files that are not there."""
    for path in repository.files:
        if not path.endswith(".md"):
            continue
        yield from _broken_links(repository, path)
        original = path.replace(TWIN, ".md")
        if path.endswith(TWIN) and repository.has(original):
            yield from _differences(repository, original, path)
    if repository.has("README.md") and not repository.has("README" + TWIN):
        yield Finding("README.md", 1, "its Portuguese twin is missing")


def _differences(repository: Repository, original: str, twin: str) -> Iterator[Finding]:
    one, two = repository.read(original), repository.read(twin)
    if HEADING.findall(CODE.sub("", one)) != HEADING.findall(CODE.sub("", two)):
        yield Finding(twin, 1, f"its headings differ in number or depth from {original}")
    if [_commands(block) for block in CODE.findall(one)] != [_commands(block) for block in CODE.findall(two)]:
        yield Finding(twin, 1, f"its code blocks differ from {original}")
    # Each document may point to its twin; apart from that the links are the same.
    links = [[link for link in LINK.findall(text) if not link.startswith("README")] for text in (one, two)]
    if links[0] != links[1]:
        yield Finding(twin, 1, f"its links differ from {original}")


def _commands(block: str) -> str:
    return "\n".join(line.partition("  #")[0].rstrip() for line in block.splitlines() if not line.startswith("#"))


def _broken_links(repository: Repository, path: str) -> Iterator[Finding]:
    text = repository.read(path)
    for match in LINK.finditer(text):
        target = match.group(1).partition("#")[0]
        if not target or "://" in target or target.startswith("mailto:"):
            continue
        place = PurePosixPath(path).parent / target
        if not repository.has(str(place)):
            yield Finding(path, text.count("\n", 0, match.start()) + 1, f"the link to {target} leads nowhere")
