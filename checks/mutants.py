"""`make mutants`: takes one guard away at a time and asks whether the tests notice (attacks.md M16).

`checks/mutants.toml` lists them: a name, a file, the text of the guard, what stands there without it, and the tests that have
to fail. `also` names further places that fall together with the first (where two guards cover each other), `only` what pytest's
`-k` selects; without it the tests run on SQLite alone. A mutant that stays green makes the run fail. It works on copies below
build/, two at a time; nothing here is changed. A test that starts prosa with an environment of its own starts what is installed,
so it is no witness: name one that calls the code itself.
"""

import argparse
import ast
import compileall
import os
import py_compile
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

ROOT = Path(__file__).resolve().parent.parent
LIST = "checks/mutants.toml"
COPIED = ("src", "tests", "migrations", "checks", "docs", "pyproject.toml")
COPIES = 2
PATIENCE = 300.0  # seconds; a mutant that makes its tests hang is noticed too
ONLY = "not postgresql"
PLUGINS = ("pytest_asyncio.plugin", "pytest_timeout")  # the others take seconds to load, and these tests need none of them
FAILED = "FAILED "


@dataclass(frozen=True, slots=True)
class Guard:
    """One place: the text that guards, and what stands there without it."""

    file: str
    text: str
    without: str


@dataclass(frozen=True, slots=True)
class Mutant:
    """The guards that fall together, and what shows that they are needed."""

    name: str
    guards: tuple[Guard, ...]
    tests: tuple[str, ...]
    only: str


def read_mutants(text: str) -> list[Mutant]:
    """The list. Raises KeyError for an entry that lacks something."""
    return [_mutant(row) for row in tomllib.loads(text)["mutant"]]


def _mutant(row: dict[str, str | list[str] | list[dict[str, str]]]) -> Mutant:
    def places() -> Iterator[Guard]:
        yield Guard(str(row["file"]), str(row["guard"]), str(row["without"]))
        for more in row.get("also", ()):
            assert isinstance(more, dict)
            yield Guard(more.get("file", str(row["file"])), more["guard"], more["without"])

    return Mutant(str(row["name"]), tuple(places()), tuple(map(str, row["tests"])), str(row.get("only", ONLY)))


def mutated(sources: dict[str, str], mutant: Mutant) -> dict[str, str]:
    """The files (path → text) without the mutant's guards. Raises ValueError where one isn't there exactly once."""
    changed = dict(sources)
    for guard in mutant.guards:
        times = changed[guard.file].count(guard.text)
        if times != 1:
            raise ValueError(f"{mutant.name}: the guard stands {times} times in {guard.file}; mend the list")
        changed[guard.file] = changed[guard.file].replace(guard.text, guard.without)
        try:
            ast.parse(changed[guard.file])
        except SyntaxError as error:
            raise ValueError(f"{mutant.name}: without the guard {guard.file} is no Python; mend the list") from error
    return changed


def prepare(place: Path) -> None:
    """A fresh copy of what the tests need, compiled: the bytecode of a file is used as long as its very text is the same."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, place / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
        else:
            shutil.copy(source, place / name)
    compileall.compile_dir(place / "src", quiet=2, invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH)


def tried(tests: Sequence[str], only: str, place: Path) -> tuple[int, list[str]]:
    """Run these tests in a copy: pytest's exit code, and the lines that it wrote. Raises subprocess.TimeoutExpired."""
    options = ["-x", "-q", "-rf", "--tb=short", "-p", "no:cacheprovider", "--timeout=60", "-m", "not faults", "-k", only]
    options += [word for plugin in PLUGINS for word in ("-p", plugin)]
    environment = os.environ | {"PYTHONPATH": str(place / "src"), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "COLUMNS": "200"}
    command = [sys.executable, "-m", "pytest", *options, *tests]
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False)
    return done.returncode, (done.stdout or done.stderr).strip().splitlines()


def noticed(mutant: Mutant, place: Path) -> tuple[bool, str]:
    """Whether a test fails without the guards, and which. Raises ValueError where pytest tells nothing."""
    files = {guard.file for guard in mutant.guards}
    sources = {file: (place / file).read_text(encoding="utf-8") for file in files}
    for file, text in mutated(sources, mutant).items():
        (place / file).write_text(text, encoding="utf-8")
    try:
        code, lines = tried(mutant.tests, mutant.only, place)
    except subprocess.TimeoutExpired:
        return True, "the tests hung"
    finally:
        for file, text in sources.items():
            (place / file).write_text(text, encoding="utf-8")
    # 1: tests failed. Anything else (nothing collected, a wrong call) shows nothing.
    if code not in (0, 1):
        raise ValueError(f"{mutant.name}: pytest ended with {code}: {' '.join(lines[-3:])}")
    told = [line.removeprefix(FAILED) for line in lines if line.startswith(FAILED)]
    return code == 1, (told or ["a test hung" if code else "its tests are green"])[0]


def is_sound(mutants: Sequence[Mutant], place: Path) -> bool:
    """Whether the tests pass while every guard stands: only then do their failures mean anything."""
    for only in sorted({mutant.only for mutant in mutants}):
        tests = sorted({test for mutant in mutants if mutant.only == only for test in mutant.tests})
        code, lines = tried(tests, only, place)
        if code:
            print("\n".join(lines[-60:]))
            return False
    return True


def attempt_all(mutants: Sequence[Mutant], places: Sequence[Path]) -> list[str]:
    """The names of those that nobody noticed; tells of each as it goes."""
    free: SimpleQueue[Path] = SimpleQueue()
    for place in places:
        free.put(place)

    def attempt(mutant: Mutant) -> tuple[Mutant, bool, str, float]:
        mine, began = free.get(), time.monotonic()
        try:
            return (mutant, *noticed(mutant, mine), time.monotonic() - began)
        finally:
            free.put(mine)

    survivors = []
    with ThreadPoolExecutor(len(places)) as pool:
        for mutant, caught, said, seconds in pool.map(attempt, mutants):
            print(f"{'noticed ' if caught else 'SURVIVED'}  {mutant.name} ({seconds:.0f} s): {said[:180]}", flush=True)
            if not caught:
                survivors.append(mutant.name)
    return survivors


def main() -> int:
    """Try every mutant; exit code 1 when one goes unnoticed."""
    options = argparse.ArgumentParser(description="Takes each guard away in turn; the tests have to notice.")
    options.add_argument("words", nargs="*", help="only mutants whose name or file holds one of these words")
    words = options.parse_args().words
    mutants = [
        mutant
        for mutant in read_mutants((ROOT / LIST).read_text(encoding="utf-8"))
        if not words or any(word in mutant.name or word in mutant.guards[0].file for word in words)
    ]
    if not mutants:
        print("mutants: none has such a name")
        return 1
    places = [ROOT / "build" / "mutants" / str(number) for number in range(min(COPIES, len(mutants)))]
    for place in places:
        prepare(place)
    if not is_sound(mutants, places[0]):
        print("mutants: the tests fail with every guard in its place; mend that first")
        return 1
    began = time.monotonic()
    survivors = attempt_all(mutants, places)
    print(f"{len(mutants) - len(survivors)} of {len(mutants)} noticed in {time.monotonic() - began:.0f} s")
    if survivors:
        print("survived: " + "; ".join(survivors))
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
