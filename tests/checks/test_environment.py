"""`make run` builds its environment once, says in one line what is missing, and builds anew when the lock changes."""

import os
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "checks" / "environment.sh"

# A Python that only writes down what it is asked to do; the words in FAKE_LACKS are what it can't do.
FAKE = """#!/bin/sh
case "$*" in
  *version_info*) case "$FAKE_LACKS" in *version*) exit 1;; esac; exit 0;;
  *ensurepip*) case "$FAKE_LACKS" in *ensurepip*) exit 1;; esac; exit 0;;
  "-c "*) exit 0;;
esac
echo "$*" >>"$FAKE_LOG"
case "$FAKE_LACKS $*" in packages*"-m pip"*) exit 1;; esac
case "$*" in
  "-m venv"*) mkdir -p .venv/bin; cp "$0" .venv/bin/python; rm -rf .venv/.prosa;;
  *--editable*) touch .venv/bin/prosa; chmod +x .venv/bin/prosa;;
  *wants-node) case "$FAKE_LACKS" in *node*) exit 0;; esac; exit 1;;
  hatch_build.py) case "$FAKE_LACKS" in *sense*) echo "App.tsx: expected ;" >&2; exit 1;; esac
    mkdir -p src/prosa/web/assets; rm -f src/prosa/web/assets/.print; touch src/prosa/web/assets/index.html;;
esac
"""


class Machine:
    """A folder with the project's locks, and a PATH with nothing but a false Python and the basic tools."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.log = root / "log"
        self.lacks = ""
        tools = root / "bin"
        tools.mkdir()
        for name in (
            "sh",
            "cat",
            "cksum",
            "tr",
            "mkdir",
            "rm",
            "cp",
            "touch",
            "chmod",
            "dirname",
            "pwd",
            "sleep",
            "find",
            "sort",
        ):
            os.symlink(str(shutil.which(name)), tools / name)
        self.put("bin/python3", FAKE)
        (tools / "python3").chmod(0o755)
        self.put("project/checks/environment.sh", SCRIPT.read_text(encoding="utf-8"))
        for name in ("requirements.txt", "requirements-dev.txt", "pyproject.toml"):
            self.put(f"project/{name}", name)

    def put(self, path: str, text: str) -> None:
        """Write a file."""
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")

    def run(self, kind: str = "run", **environ: str) -> subprocess.CompletedProcess[str]:
        """What `make` does before anything else."""
        self.log.write_text("")
        environ = {"PATH": str(self.root / "bin"), "FAKE_LOG": str(self.log), "FAKE_LACKS": self.lacks, **environ}
        script = str(self.root / "project" / "checks" / "environment.sh")
        return subprocess.run(["/bin/sh", script, kind], env=environ, capture_output=True, text=True, check=False)

    @property
    def steps(self) -> list[str]:
        """What Python was asked to do in the last run, each by its telling word."""
        words = (
            "-m venv",
            "--editable",
            "requirements-dev.txt",
            "requirements-ui.txt",
            "-r requirements.txt",
            "wants-node",
            "hatch_build",
        )
        return [next(word for word in words if word in line) for line in self.log.read_text().splitlines()]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A fresh machine."""
    return Machine(tmp_path)


def test_the_first_run_builds_and_the_second_does_nothing(machine: Machine) -> None:
    assert machine.run().returncode == 0
    assert machine.steps == ["-m venv", "-r requirements.txt", "--editable"]
    assert "--require-hashes" in machine.log.read_text()
    assert "--no-deps --no-build-isolation --editable" in machine.log.read_text()
    assert machine.run().returncode == 0
    assert machine.steps == []


def test_a_changed_lock_builds_anew(machine: Machine) -> None:
    machine.run()
    machine.put("project/requirements.txt", "something newer")
    machine.run()
    assert machine.steps == ["-m venv", "-r requirements.txt", "--editable"]


def test_a_changed_project_file_installs_the_project_only(machine: Machine) -> None:
    machine.run()
    machine.put("project/pyproject.toml", "another entry point")
    machine.run()
    assert machine.steps == ["--editable"]


def test_an_environment_that_was_moved_or_half_built_is_built_anew(machine: Machine) -> None:
    machine.run()
    (machine.root / "project").rename(machine.root / "moved")
    (machine.root / "moved").rename(machine.root / "project")
    (machine.root / "project" / ".venv" / ".prosa" / "run").unlink()
    machine.run()
    assert machine.steps[0] == "-m venv"


def test_the_development_tools_are_added_once(machine: Machine) -> None:
    assert machine.run("dev").returncode == 0
    assert machine.steps == ["-m venv", "-r requirements.txt", "--editable", "requirements-dev.txt"]
    machine.run("dev")
    assert machine.steps == []
    machine.run("run")
    assert machine.steps == []


def test_the_web_app_is_built_once_for_each_change_of_its_sources(machine: Machine) -> None:
    machine.put("project/ui/src/main.tsx", "one")
    machine.lacks = "node"
    assert machine.run().returncode == 0
    assert machine.steps[-3:] == ["wants-node", "requirements-ui.txt", "hatch_build"]
    machine.run()
    assert machine.steps == []
    machine.lacks = ""  # it is there by now
    machine.put("project/ui/src/main.tsx", "two")
    machine.put("project/ui/src/chat/page.tsx", "new")
    machine.run()
    assert machine.steps == ["wants-node", "hatch_build"]
    for same in ("ui/src/main.test.tsx", "ui/node_modules/vite/vite.js"):
        machine.put(f"project/{same}", "no part of the app")
    machine.run("dev")
    assert machine.steps == ["requirements-dev.txt"]


def test_an_app_that_was_taken_away_is_built_again(machine: Machine) -> None:
    machine.put("project/ui/src/main.tsx", "one")
    machine.run()
    shutil.rmtree(machine.root / "project" / "src")
    machine.run()
    assert machine.steps == ["wants-node", "hatch_build"]


def test_an_app_that_cannot_be_built_says_why_and_what_goes_without_it(machine: Machine) -> None:
    machine.put("project/ui/src/main.tsx", "no sense")
    machine.lacks = "sense"
    done = machine.run()
    assert done.returncode == 1
    assert done.stderr.splitlines()[-2:] == [
        "App.tsx: expected ;",
        "prosa: without it the API works all the same: PROSA_SKIP_UI=1 leaves the app out",
    ]
    assert machine.run(PROSA_SKIP_UI="1").returncode == 0
    assert machine.steps == []
    machine.lacks = ""
    assert machine.run().returncode == 0  # no turn that nobody gives back


def test_no_python_is_told_in_one_line(machine: Machine) -> None:
    (machine.root / "bin" / "python3").unlink()
    done = machine.run()
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "needs Python 3.11 or newer and found none" in done.stderr


def test_an_old_python_is_told_in_one_line(machine: Machine) -> None:
    machine.lacks = "version"
    done = machine.run(PYTHON="python3")
    assert (done.returncode, done.stderr) == (1, "prosa: PYTHON=python3 is not Python 3.11 or newer\n")


def test_a_python_without_environments_is_told_in_one_line(machine: Machine) -> None:
    machine.lacks = "ensurepip"
    done = machine.run()
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "apt install python3-venv" in done.stderr


def test_packages_that_cannot_be_had_are_told_with_the_way_out(machine: Machine) -> None:
    machine.lacks = "packages"
    done = machine.run()
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("prosa: the packages could not be installed")
    machine.lacks = ""
    assert machine.run().returncode == 0  # nothing half-built, no turn that nobody gives back


def test_two_starts_at_once_build_one_after_the_other(machine: Machine) -> None:
    machine.put("project/build/environment.turn/holder", str(os.getpid()))
    with ThreadPoolExecutor(1) as other:
        waiting = other.submit(machine.run)
        while not (waiting.done() or machine.log.exists()):
            time.sleep(0.01)
        time.sleep(0.2)
        assert machine.steps == []
        shutil.rmtree(machine.root / "project" / "build" / "environment.turn")
        done = waiting.result(20)
    assert (done.returncode, done.stderr.count("waiting for another start")) == (0, 1)
    assert machine.steps == ["-m venv", "-r requirements.txt", "--editable"]


def test_a_turn_whose_holder_died_is_taken_over(machine: Machine) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    machine.put("project/build/environment.turn/holder", str(gone.pid))
    assert machine.run().returncode == 0
    assert not (machine.root / "project" / "build" / "environment.turn").exists()
