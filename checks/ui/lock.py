"""The app's lock is whole, on every system, and names no host.

Reason: a registry that lacks a system's package of the newest version leaves it out of a new lock, and `npm ci` then fails even
where that system is none's; and a lock that names a host works only where that host answers.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from checks.repository import Finding, Repository

LOCK = "ui/package-lock.json"
PACKAGE = "ui/package.json"
NAMED = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
EXACT = re.compile(r"(npm:(@[\w.-]+/)?[\w.-]+@)?\d+\.\d+\.\d+[\w.+-]*")

Entries = Mapping[str, Mapping[str, Any]]


def find(repository: Repository) -> Iterator[Finding]:
    """Dependencies without an entry; entries with a host or without a hash; ranges where a version is expected."""
    if not repository.has(PACKAGE):
        return
    if not repository.has(LOCK):
        yield Finding(LOCK, 1, "is missing")
        return
    entries: Entries = json.loads(repository.read(LOCK))["packages"]
    for place, entry in entries.items():
        yield from _unnamed(entries, place, entry)
        if place:
            yield from _kept(place, entry)
    yield from _package(repository, entries)


def _unnamed(entries: Entries, place: str, entry: Mapping[str, Any]) -> Iterator[Finding]:
    for kind in NAMED:
        spared = entry.get("peerDependenciesMeta", {}) if kind == "peerDependencies" else {}
        for name in entry.get(kind, {}):
            if not spared.get(name, {}).get("optional") and not _found(entries, place, name):
                yield Finding(
                    LOCK, 1, f"{place or 'the project'} names {name}, of which there is no entry: npm ci would refuse it"
                )


def _found(entries: Entries, place: str, name: str) -> bool:
    """Whether a package that lies at `place` finds the other, as Node looks for it: beside its own, then further out."""
    while True:
        if f"{place}/node_modules/{name}".lstrip("/") in entries:
            return True
        if not place:
            return False
        place = place.rpartition("node_modules/")[0].rstrip("/")


def _kept(place: str, entry: Mapping[str, Any]) -> Iterator[Finding]:
    if "resolved" in entry:
        yield Finding(LOCK, 1, f"{place} names where it came from: that is the business of the machine that installs")
    if not str(entry.get("integrity", "")).startswith("sha512-") and not (entry.get("link") or entry.get("inBundle")):
        yield Finding(LOCK, 1, f"{place} has no sha512 of its content")


def _package(repository: Repository, entries: Entries) -> Iterator[Finding]:
    package = json.loads(repository.read(PACKAGE))
    for kind in ("dependencies", "devDependencies"):
        for name, version in package.get(kind, {}).items():
            if not EXACT.fullmatch(version):
                yield Finding(PACKAGE, 1, f"{name}: expected one version, not {version}")
        if package.get(kind, {}) != entries.get("", {}).get(kind, {}):
            yield Finding(LOCK, 1, f"its {kind} aren't those of package.json: npm install renews it")
