"""`make contracts`: a line for each promise of docs/promises.md, from what the tests last showed.

`B02 pass`, `B02 fail`, `B31 part` (what exists of it passes; the rest is to come) or `A12 not yet`, then the tests' names.
Ids of attacks come after those of the contracts, under their own heading, for the two share letters.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from checks.evidence import Entry, read, report_path
from checks.promises import Promise, read_promises

ROOT = Path(__file__).resolve().parent.parent


def verdict(promise: Promise, entries: Iterable[Entry]) -> str:
    """What is true of a promise: pass, fail, part or not yet. A skipped test shows nothing."""
    outcomes = {entry.outcome for entry in entries}
    if "failed" in outcomes:
        return "fail"
    if "passed" not in outcomes:
        return {"now": "fail", "part": "part", "later": "not yet"}[promise.state]
    return "pass" if promise.state == "now" else "part"


def line(promise: Promise, entries: list[Entry]) -> str:
    """`B02 pass` and the tests behind it, each once whatever its parameters; those that did not pass with their outcome."""
    worst: dict[str, str] = {}
    for entry in entries:
        name = entry.test.removeprefix("tests/").partition("[")[0]
        if worst.get(name) != "failed":
            worst[name] = entry.outcome if entry.outcome != "passed" else worst.get(name, "passed")
    names = [name if outcome == "passed" else f"{name} ({outcome})" for name, outcome in worst.items()]
    if not names and promise.state == "now":
        names = ["(no test was run)"]
    return f"{promise.id} {verdict(promise, entries):<8}{', '.join(names)}".rstrip()


def is_current(root: Path) -> bool:
    """Whether the report is younger than everything it tells about."""
    report = report_path(root)
    if not report.exists():
        return False
    written = report.stat().st_mtime
    watched = [path for folder in ("src", "tests") for path in (root / folder).rglob("*.py")]
    return all(path.stat().st_mtime <= written for path in watched)


def renew(root: Path) -> None:
    """Run the tests that carry ids, as `make contracts` does when what is known is older than the code."""
    report_path(root).unlink(missing_ok=True)
    # The marks are looked at by name only, so `-m` picks every test that shows a promise.
    command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadfile", "-m", "(contract or attack) and not faults"]
    subprocess.run(command, cwd=root, check=False, stdout=sys.stderr)


def main() -> int:
    """Print every line; exit code 1 when a promise of now fails."""
    options = argparse.ArgumentParser(description="What prosa keeps of its promises, by id.")
    options.add_argument("ids", nargs="*", help="only these ids")
    options.add_argument("--last", action="store_true", help="from the last run, even when it is older than the code")
    given = options.parse_args()
    if not is_current(ROOT) and not given.last:
        renew(ROOT)
    entries = read(ROOT)
    promises = read_promises((ROOT / "docs" / "promises.md").read_text(encoding="utf-8"))
    counts = {"pass": 0, "part": 0, "fail": 0, "not yet": 0}
    heading = "contract"
    for promise in promises:
        if given.ids and promise.id not in given.ids:
            continue
        if promise.mark != heading:
            heading = promise.mark
            print("\nAttacks")
        showing = [entry for entry in entries if promise.id in getattr(entry, promise.mark)]
        counts[verdict(promise, showing)] += 1
        print(line(promise, showing))
    print("\n" + ", ".join(f"{count} {name}" for name, count in counts.items()) + f" (tests of {_age(entries)})")
    return 1 if counts["fail"] else 0


def _age(entries: list[Entry]) -> str:
    if not entries:
        return "no run"
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(max(entry.at for entry in entries)))


if __name__ == "__main__":
    sys.exit(main())
