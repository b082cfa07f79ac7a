"""The evidence of promises is complete and merged, also over several processes."""

import json
from pathlib import Path

import pytest

import checks
from checks.evidence import Entry, read

pytest_plugins = ["pytester"]

SAMPLE = """
import pytest

@pytest.mark.contract("B01", "B02")
def test_shown(): pass

@pytest.mark.contract("B03")
@pytest.mark.attack("C1")
def test_broken(): assert False

@pytest.mark.attack("C2")
def test_skipped(): pytest.skip("no tool")

def test_unmarked(): pass
"""

CONFTEST = """
import checks
from checks.evidence import Evidence

def pytest_configure(config):
    config.addinivalue_line("markers", "contract: ids")
    config.addinivalue_line("markers", "attack: ids")
    config.pluginmanager.register(Evidence(config))
"""


def by_name(root: Path) -> dict[str, Entry]:
    """The report's entries by the test's bare name."""
    return {entry.test.rpartition("::")[2]: entry for entry in read(root)}


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project of one test module with marks of all sorts."""
    monkeypatch.setenv("PYTHONPATH", str(Path(checks.__file__).parent.parent))
    monkeypatch.delenv("CI", raising=False)
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(test_sample=SAMPLE)
    return pytester


@pytest.mark.slow
def test_every_marked_test_leaves_its_outcome_and_ids_over_two_processes(project: pytest.Pytester) -> None:
    project.runpytest_subprocess("-n", "2", "-p", "no:schemathesis", "-p", "no:hypothesispytest")
    found = by_name(project.path)
    assert set(found) == {"test_shown", "test_broken", "test_skipped"}
    assert (found["test_shown"].outcome, found["test_shown"].contract) == ("passed", ["B01", "B02"])
    assert (found["test_broken"].outcome, found["test_broken"].attack) == ("failed", ["C1"])
    assert found["test_skipped"].outcome == "skipped"
    project.makepyfile(test_sample=SAMPLE.replace("test_broken", "test_mended"))
    project.runpytest_subprocess("-n", "2", "-p", "no:schemathesis", "-p", "no:hypothesispytest")
    assert set(by_name(project.path)) == {"test_shown", "test_mended", "test_skipped"}


def test_a_run_of_one_test_keeps_what_the_others_showed(project: pytest.Pytester) -> None:
    project.runpytest_inprocess()
    project.makepyfile(test_sample=SAMPLE.replace("assert False", "pass"))
    project.runpytest_inprocess("-k", "broken")
    found = by_name(project.path)
    assert found["test_broken"].outcome == "passed"
    assert found["test_shown"].outcome == "passed"


def test_entries_of_a_file_that_is_gone_are_dropped(project: pytest.Pytester) -> None:
    project.runpytest_inprocess()
    (project.path / "test_sample.py").unlink()
    project.makepyfile(test_other='import pytest\n@pytest.mark.contract("B09")\ndef test_other(): pass\n')
    project.runpytest_inprocess()
    assert set(by_name(project.path)) == {"test_other"}


def test_a_test_that_was_renamed_is_dropped_and_one_that_was_left_out_is_kept(project: pytest.Pytester) -> None:
    project.runpytest_inprocess()
    project.makepyfile(test_sample=SAMPLE.replace("test_broken", "test_mended").replace("assert False", "pass"))
    project.runpytest_inprocess("-k", "mended")
    assert set(by_name(project.path)) == {"test_shown", "test_mended", "test_skipped"}


def test_an_unreadable_report_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "evidence.json").write_text("{")
    assert read(tmp_path) == []
    (tmp_path / "build" / "evidence.json").write_text(json.dumps([{"test": "t.py::x", "outcome": "passed"}]))
    assert [entry.test for entry in read(tmp_path)] == ["t.py::x"]
