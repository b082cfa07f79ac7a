"""What a browser has to load before a page shows stays small.

Reason: it is paid by everybody at each release, on phones too; a library that slips into the entry is seen here on the same day.
Counted is what Vite's manifest says that a page needs, packed by gzip: of the entry its scripts, of the chat page all of it.
"""

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checks.repository import Finding

MANIFEST = "manifest.json"
ENTRY = "index.html"
CHAT = "src/chat/chat-page.tsx"
WORDS = "src/i18n/pt-BR/index.ts"  # the larger of the two, one of which every page needs
SHELL = "src/app/shell.tsx"
KILO = 1024


@dataclass(frozen=True, slots=True)
class Budget:
    """A page with what it is made of (names of the manifest), and the most KB that it may weigh.

    `also`: what belongs to it, and may stand by itself or be part of the others; `kinds`: the files that count.
    """

    name: str
    parts: tuple[str, ...]
    most: int
    also: tuple[str, ...] = ()
    kinds: tuple[str, ...] = (".js", ".css")


BUDGETS = (Budget("entry", (ENTRY,), 180, kinds=(".js",)), Budget("chat page", (ENTRY, CHAT), 270, (WORDS, SHELL)))


def find(folder: Path) -> Iterator[Finding]:
    """The budgets that are exceeded, or can't be told, of the app that was built into `folder`."""
    place = folder / MANIFEST
    if not place.exists():
        yield Finding(str(place), 1, "is missing: make ui builds the app")
        return
    manifest = json.loads(place.read_bytes())
    for budget in BUDGETS:
        unknown = [part for part in budget.parts if not _names(folder, manifest, part)]
        if unknown:
            yield Finding(str(place), 1, f"{budget.name}: {unknown[0]} isn't there by itself")
            continue
        weight = weigh(folder, manifest, budget)
        if weight > budget.most * KILO:
            yield Finding(str(place), 1, f"{budget.name}: {weight / KILO:.1f} KB packed, of at most {budget.most}")


def weigh(folder: Path, manifest: Mapping[str, Mapping[str, Any]], budget: Budget) -> int:
    """Bytes of what a page needs before it shows, packed."""
    return sum(
        _packed(folder / file) for file in files(folder, manifest, budget.parts + budget.also) if file.endswith(budget.kinds)
    )


def files(folder: Path, manifest: Mapping[str, Mapping[str, Any]], parts: tuple[str, ...]) -> set[str]:
    """The files of these parts and of all that they import at once."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting = [name for part in parts for name in _names(folder, manifest, part)]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        entry = manifest[name]
        found |= {entry["file"], *entry.get("css", ())}
        waiting += entry.get("imports", ())
    return found


def _names(folder: Path, manifest: Mapping[str, Mapping[str, Any]], part: str) -> list[str]:
    """The manifest's names of a part: what the page itself loads, or a source, also with the other ending."""
    if part == ENTRY:
        page = (folder / ENTRY).read_text(encoding="utf-8")
        return [name for name, entry in manifest.items() if f'"/{entry["file"]}"' in page]
    stem = part.rpartition(".")[0]
    return [name for name in (f"{stem}.ts", f"{stem}.tsx") if name in manifest]


def _packed(path: Path) -> int:
    twin = path.with_name(path.name + ".gz")
    return twin.stat().st_size if twin.exists() else len(gzip.compress(path.read_bytes(), 9))
