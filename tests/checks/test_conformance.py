"""`make conformance`: what isn't there is said, and what a suite says is passed on. The suites themselves run by that word."""

from pathlib import Path

import pytest

from checks.conformance import __main__ as conformance
from checks.conformance.serving import NotStarted, Prosa, serving
from checks.conformance.suites import installed

PROSA = Prosa("http://127.0.0.1:1/v1", "sk-x")


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder named as the checkout, and a place for programs that is searched alone."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("OPENRESPONSES_DIR", str(tmp_path))
    monkeypatch.setenv("PATH", f"{tmp_path / 'programs'}:/bin:/usr/bin")
    return tmp_path


def bun(checkout: Path, status: int) -> None:
    """A program of that name that notes what it is told."""
    program = checkout / "programs" / "bun"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$PWD $@" >"{checkout}/told"\nexit {status}\n')
    program.chmod(0o755)


def test_a_suite_that_is_not_there_is_said_and_fails_nothing(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = conformance.openresponses(PROSA, Path("python"))
    assert outcome.passed is None and "is not a checkout" in outcome.why
    (checkout / "bin" / "compliance-test.ts").touch()
    monkeypatch.setattr("shutil.which", lambda _: None)
    assert "bun" in conformance.openresponses(PROSA, Path("python")).why
    monkeypatch.delenv("OPENRESPONSES_DIR")
    assert "OPENRESPONSES_DIR" in conformance.openresponses(PROSA, Path("python")).why


@pytest.mark.parametrize(("status", "passed"), [(0, True), (1, False)])
def test_the_specifications_own_suite_runs_in_its_checkout(checkout: Path, status: int, passed: bool) -> None:
    (checkout / "bin" / "compliance-test.ts").touch()
    bun(checkout, status)
    assert conformance.openresponses(PROSA, Path("python")).passed is passed
    told = (checkout / "told").read_text()
    assert told.startswith(f"{checkout} run ") and f"--base-url {PROSA.base} --api-key sk-x --model conform" in told


def test_an_unknown_suite_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert conformance.main(["nonsense"]) == 2
    assert "'nonsense'" in capsys.readouterr().err


def test_the_suites_are_installed_once_for_a_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = tmp_path / "checks" / "conformance" / "suites.txt"
    lock.parent.mkdir(parents=True)
    lock.write_text("nothing==1\n")
    asked: list[list[str]] = []

    def run(command: list[str], check: bool) -> None:
        asked.append(command)
        python = tmp_path / "build" / "conformance" / "venv" / "bin" / "python"
        python.parent.mkdir(parents=True, exist_ok=True)
        python.touch()

    monkeypatch.setattr("checks.conformance.suites.subprocess.run", run)
    assert installed(tmp_path) == installed(tmp_path)
    assert len(asked) == 2 and "--require-hashes" in asked[1]
    lock.write_text("nothing==2\n")
    installed(tmp_path)
    assert len(asked) == 4


@pytest.mark.slow
def test_a_prosa_is_started_for_the_suites_and_one_that_ends_tells_why(tmp_path: Path) -> None:
    given = Path(conformance.HERE)
    with serving(tmp_path, given) as prosa:
        assert prosa.base.startswith("http://127.0.0.1:") and prosa.base.endswith("/v1")
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "prosa.toml").write_text("")
    with pytest.raises(NotStarted, match=r"script\.toml"), serving(tmp_path, broken):
        pass
