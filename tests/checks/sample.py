"""A small project on disk, as a rule of the house sees it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

from checks.repository import Finding, Repository

Rule = Callable[[Repository], Iterator[Finding]]


def project(root: Path, files: dict[str, str]) -> Repository:
    """Write the files below `root` and look at them."""
    for path, text in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(dedent(text), encoding="utf-8")
    return Repository(root)


def findings(rule: Rule, root: Path, files: dict[str, str]) -> list[str]:
    """What a rule says about these files, each as `path:line: message`."""
    return [str(finding) for finding in rule(project(root, files))]
