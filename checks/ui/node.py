"""Node and npm of the environment, in the app's folder."""

import subprocess
import sys
from pathlib import Path

from hatch_build import environment, installed, run, tools


def prepare(root: Path) -> None:
    """Bring the app's packages, where they aren't those of its lock. Raises BuildFailed."""
    ui, found = root / "ui", tools()
    if not installed(ui):
        print("prosa: adding the packages that building the app needs to ui/node_modules (once for each lock)", file=sys.stderr)
        run(found, "npm ci", (*found.npm, "ci", "--no-audit", "--no-fund"), ui)


def node(root: Path, *arguments: str) -> None:
    """Run a program of Node's. Raises BuildFailed with what it said."""
    prepare(root)
    found = tools()
    run(found, arguments[0], (found.node, *arguments), root / "ui")


def script(root: Path, word: str) -> int:
    """Run a word of package.json; what it says goes to the terminal."""
    prepare(root)
    found = tools()
    return subprocess.run((*found.npm, "run", "--silent", word), cwd=root / "ui", env=environment(found), check=False).returncode
