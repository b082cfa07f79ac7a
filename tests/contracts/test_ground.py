"""What prosa promises about itself as a project: licence, Python, environment, checks, tests."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from itertools import islice
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]


def text(path: str) -> str:
    """A file of the project."""
    return (ROOT / path).read_text(encoding="utf-8")


def pins(lock: str) -> list[Requirement]:
    """The requirements of a lock, without their hashes."""
    return [Requirement(line.removesuffix("\\").strip()) for line in lock.splitlines() if re.match(r"[a-z0-9]", line)]


def recipe(target: str) -> str:
    """The commands of one word of make."""
    found = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", text("Makefile"), re.MULTILINE)
    assert found, f"make {target} is missing"
    return found[1]


@pytest.mark.contract("B33", "C51", "A46", "S19")
def test_the_licence_is_mit() -> None:
    assert text("LICENSE").startswith("MIT License\n")
    assert "without restriction, including without limitation the rights\nto use, copy" in text("LICENSE")
    assert tomllib.loads(text("pyproject.toml"))["project"]["license"] == "MIT"


@pytest.mark.contract("S19", "B24")
def test_python_311_is_enough_and_newer_ones_are_welcome() -> None:
    wanted = tomllib.loads(text("pyproject.toml"))["project"]["requires-python"]
    assert wanted == ">=3.11"


@pytest.mark.contract("S19")
def test_every_source_is_written_for_python_311() -> None:
    for path in (ROOT / "src").rglob("*.py"):
        ast.parse(path.read_text(encoding="utf-8"), str(path), feature_version=(3, 11))
    assert tomllib.loads(text("pyproject.toml"))["tool"]["ruff"]["target-version"] == "py311"


@pytest.mark.contract("B24")
def test_the_environment_is_what_pip_makes_of_requirements_txt() -> None:
    for requirement in pins(text("requirements.txt")):
        if requirement.marker is None or requirement.marker.evaluate():
            assert metadata.version(requirement.name) in requirement.specifier, requirement.name
    assert (ROOT / ".env.example").is_file()


@pytest.mark.attack("M7")
@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_every_locked_package_has_one_version_and_hashes(lock: str) -> None:
    entries = re.split(r"\n(?=[a-z0-9])", text(lock).strip())
    assert len(entries) > 20
    for entry in entries:
        assert re.match(r"[a-z0-9._-]+==[^ ]+ ", entry), entry[:60]
        assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}", entry)) >= 1, entry[:60]


@pytest.mark.attack("M7")
def test_a_package_whose_hash_differs_is_not_installed(tmp_path: Path) -> None:
    (tmp_path / "thing-1-py3-none-any.whl").write_bytes(b"not what was locked")
    wanted = tmp_path / "requirements.txt"
    wanted.write_text("thing==1 --hash=sha256:" + "0" * 64 + "\n")
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--no-index", "--find-links", str(tmp_path)]
    command += ["--require-hashes", "--target", str(tmp_path / "to"), "--requirement", str(wanted)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "DO NOT MATCH THE HASHES" in done.stderr
    assert not (tmp_path / "to").exists()


@pytest.mark.contract("C34")
def test_one_command_checks_format_import_order_style_and_types_in_this_order() -> None:
    steps = ["ruff format --check", "ruff check", "mypy", "lint-imports", "checks sizes", "checks lints", "checks generated"]
    places = [recipe("check").index(step) for step in steps]
    assert places == sorted(places)
    assert "I" in tomllib.loads(text("pyproject.toml"))["tool"]["ruff"]["lint"]["select"]


@pytest.mark.contract("C34", "S13")
@pytest.mark.parametrize(
    ("source", "command"),
    [
        ("import sys\nimport os\n\nprint(os, sys)\n", ("check", "--select", "I")),
        ("print( 'a' )\n", ("format", "--check")),
        ("def f():\n    a = 1\n    lambda: undefined\n", ("check",)),
    ],
)
def test_the_checks_notice_import_order_form_and_style(tmp_path: Path, source: str, command: tuple[str, ...]) -> None:
    (tmp_path / "sample.py").write_text(source)
    words = [sys.executable, "-m", "ruff", *command, "--config", str(ROOT / "pyproject.toml"), "--no-cache", str(tmp_path)]
    assert subprocess.run(words, capture_output=True, check=False).returncode == 1


@pytest.mark.contract("S13", "C34")
def test_there_are_at_least_98_tests_and_91_per_cent_coverage_is_asked_for() -> None:
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "tests").rglob("test_*.py"))
    functions = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    found = (node.name for node in functions if node.name.startswith("test_"))
    assert len(list(islice(found, 98))) == 98
    assert tomllib.loads(text("pyproject.toml"))["tool"]["coverage"]["report"]["fail_under"] >= 91
    assert "--measure" in recipe("test")
    assert "coverage report" in recipe("test")


@pytest.mark.contract("S13")
def test_make_knows_the_words_of_the_documents() -> None:
    for word in ("run", "setup", "test", "quick", "check", "dev", "watch", "bench", "shape", "coverage", "contracts"):
        assert recipe(word)


@pytest.mark.attack("M10")
def test_ci_holds_no_power_and_pins_what_it_uses() -> None:
    workflow = text(".github/workflows/ci.yml")
    assert "permissions:\n  contents: read\n" in workflow
    assert "pull_request_target" not in workflow
    assert "${{ secrets" not in workflow
    assert all(re.search(r"@[0-9a-f]{40}( |$)", line) for line in workflow.splitlines() if "uses:" in line)


@pytest.mark.attack("M8")
def test_the_wheel_is_the_source_and_is_the_same_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    wheels = []
    for name in ("one", "two"):
        command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path / name)]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        wheels += list((tmp_path / name).glob("*.whl"))
    assert wheels[0].read_bytes() == wheels[1].read_bytes()
    inside = {name for name in ZipFile(wheels[0]).namelist() if ".dist-info/" not in name}
    folders = {"src/prosa": "prosa", "migrations": "prosa/_migrations"}
    source = {
        f"{inner}/{path.relative_to(ROOT / folder).as_posix()}"
        for folder, inner in folders.items()
        for path in (ROOT / folder).rglob("*.py")
    }
    assert {name for name in inside if name.endswith(".py")} == source
    assert not any(name.endswith(".pth") for name in inside)
