"""The order of the layers holds, and breaking it would be noticed."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINTER = Path(sys.executable).with_name("lint-imports")


def lint(folder: Path, source: Path) -> subprocess.CompletedProcess[str]:
    """import-linter's judgement of the configuration in `folder` over the package in `source`."""
    environ = {**os.environ, "PYTHONPATH": str(source)}
    command = [sys.executable, str(LINTER), "--no-cache"]
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A package with prosa's layers, each of them empty."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = next(contract["layers"] for contract in settings["contracts"] if contract["type"] == "layers")
    lines = "\n".join(f"    {name}" for name in layers)
    head = "[importlinter]\nroot_package = prosa\n\n[importlinter:contract:1]\nname = layers\ntype = layers\n"
    tail = "containers = prosa\nexhaustive = true\nexhaustive_ignores =\n    __main__\n"
    (tmp_path / ".importlinter").write_text(f"{head}{tail}layers =\n{lines}\n", encoding="utf-8")
    for name in ["", *layers]:
        if not name.startswith("("):
            (tmp_path / "prosa" / name).mkdir(parents=True, exist_ok=True)
            (tmp_path / "prosa" / name / "__init__.py").write_text("")
    return tmp_path


@pytest.mark.contract("C33")
def test_imports_go_down_only() -> None:
    done = lint(ROOT, ROOT / "src")
    assert done.returncode == 0, done.stdout
    assert "2 kept, 0 broken" in done.stdout


@pytest.mark.contract("C33")
def test_an_import_upward_and_a_package_without_a_place_are_noticed(broken: Path) -> None:
    assert lint(broken, broken).returncode == 0
    (broken / "prosa" / "kit" / "ids.py").write_text("import prosa.gateway\n")
    (broken / "prosa" / "extra.py").write_text("")
    told = lint(broken, broken)
    assert told.returncode != 0
    assert "prosa.kit is not allowed to import prosa.gateway" in told.stdout
    assert "extra" in told.stdout
