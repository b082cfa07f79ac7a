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
        unknown = [part for part in budget.parts if _name(manifest, part) is None]
        if unknown:
            yield Finding(str(place), 1, f"{budget.name}: {unknown[0]} isn't there by itself")
            continue
        weight = weigh(folder, manifest, budget)
        if weight > budget.most * KILO:
            yield Finding(str(place), 1, f"{budget.name}: {weight / KILO:.1f} KB packed, of at most {budget.most}")


def weigh(folder: Path, manifest: Mapping[str, Mapping[str, Any]], budget: Budget) -> int:
    """Bytes of what a page needs before it shows, packed."""
    return sum(_packed(folder / file) for file in files(manifest, budget.parts + budget.also) if file.endswith(budget.kinds))


def files(manifest: Mapping[str, Mapping[str, Any]], parts: tuple[str, ...]) -> set[str]:
    """The files of these parts and of all that they import at once."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting = [name for part in parts if (name := _name(manifest, part)) is not None]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        entry = manifest[name]
        found |= {entry["file"], *entry.get("css", ())}
        waiting += entry.get("imports", ())
    return found


def _name(manifest: Mapping[str, Mapping[str, Any]], part: str) -> str | None:
    """The manifest's name of a part: its source, or that with the ending that it was written with."""
    stem = part.rpartition(".")[0]
    return next((name for name in (part, f"{stem}.ts", f"{stem}.tsx") if name in manifest), None)


def _packed(path: Path) -> int:
    twin = path.with_name(path.name + ".gz")
    return twin.stat().st_size if twin.exists() else len(gzip.compress(path.read_bytes(), 9))
