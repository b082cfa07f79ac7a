"""`make mutants`: takes one guard away at a time and asks whether the tests notice (attacks.md M16).

`checks/mutants.toml` lists them: a name, a file, the text of the guard, what stands there without it, and the tests that have
to fail. A guard whose text is not found any more makes the list wrong, and so does a mutant that stays green. It works on
copies below build/, two at a time; nothing here is changed.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "checks" / "mutants.toml"
COPIED = ("src", "tests", "migrations", "checks", "docs", "pyproject.toml")
COPIES = 2
PATIENCE = 300.0  # seconds; a mutant that makes its tests hang is noticed too


@dataclass(frozen=True, slots=True)
class Mutant:
    """One guard and what shows that it is needed."""

    name: str
    file: str
    guard: str
    without: str
    tests: tuple[str, ...]


def read_mutants(text: str) -> list[Mutant]:
    """The list. Raises KeyError for an entry that lacks something."""
    rows = tomllib.loads(text)["mutant"]
    return [Mutant(row["name"], row["file"], row["guard"], row["without"], tuple(row["tests"])) for row in rows]


def mutated(source: str, mutant: Mutant) -> str:
    """The file without the guard. Raises ValueError where the guard isn't there exactly once."""
    if source.count(mutant.guard) != 1:
        raise ValueError(f"{mutant.name}: the guard stands {source.count(mutant.guard)} times in {mutant.file}; mend the list")
    return source.replace(mutant.guard, mutant.without)


def prepare(place: Path) -> None:
    """A fresh copy of what the tests need."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, place / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
        else:
            shutil.copy(source, place / name)


def noticed(mutant: Mutant, place: Path) -> tuple[bool, str]:
    """Whether a test fails without the guard, and the last line of what pytest said."""
    target = place / mutant.file
    original = target.read_text(encoding="utf-8")
    target.write_text(mutated(original, mutant), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-m", "not faults", *mutant.tests]
    environment = os.environ | {"PYTHONPATH": str(place / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command, cwd=place, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return True, "the tests hung"
    finally:
        target.write_text(original, encoding="utf-8")
    said = done.stdout.strip().splitlines()[-1:] or [done.stderr.strip()[-200:]]
    # 1: tests failed. Anything else (nothing collected, a wrong call) shows nothing.
    if done.returncode not in (0, 1):
        raise ValueError(f"{mutant.name}: pytest ended with {done.returncode}: {said[0]}")
    return done.returncode == 1, said[0]


def check_sound(tests: tuple[str, ...], place: Path) -> bool:
    """Whether the tests pass while every guard stands: only then do their failures mean anything."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-m", "not faults", *tests]
    environment = os.environ | {"PYTHONPATH": str(place / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout[-3000:])
    return done.returncode == 0


def main() -> int:
    """Try every mutant; exit code 1 when one goes unnoticed."""
    options = argparse.ArgumentParser(description="Takes each guard away in turn; the tests have to notice.")
    options.add_argument("names", nargs="*", help="only mutants whose name holds one of these words")
    given = options.parse_args()
    mutants = [
        mutant
        for mutant in read_mutants(LIST.read_text(encoding="utf-8"))
        if not given.names or any(word in mutant.name for word in given.names)
    ]
    places: SimpleQueue[Path] = SimpleQueue()
    for number in range(COPIES):
        place = ROOT / "build" / "mutants" / str(number)
        prepare(place)
        places.put(place)
    needed = tuple(sorted({test for mutant in mutants for test in mutant.tests}))
    place = places.get()
    if not check_sound(needed, place):
        print("mutants: the tests fail with every guard in its place; mend that first")
        return 1
    places.put(place)
    began = time.monotonic()
    survivors = []

    def attempt(mutant: Mutant) -> tuple[Mutant, bool, str]:
        mine = places.get()
        try:
            return (mutant, *noticed(mutant, mine))
        finally:
            places.put(mine)

    with ThreadPoolExecutor(COPIES) as pool:
        for mutant, caught, said in pool.map(attempt, mutants):
            print(f"{'noticed ' if caught else 'SURVIVED'}  {mutant.name}: {said}", flush=True)
            if not caught:
                survivors.append(mutant.name)
    print(f"{len(mutants) - len(survivors)} of {len(mutants)} noticed in {time.monotonic() - began:.0f} s")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
