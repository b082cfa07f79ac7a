"""Coverage is measured in every process of a test run, and summed."""

from pathlib import Path

import coverage
import pytest

import checks

pytest_plugins = ["pytester"]

CONFTEST = """
from checks.measuring import Measuring

def pytest_configure(config):
    config.addinivalue_line("markers", "unmeasured: not measured")
    config.pluginmanager.register(Measuring(config))
"""
UNMEASURED = """
import pytest, thing

@pytest.mark.unmeasured
def test_three(): assert thing.three() == 3

def test_four(): assert thing.four() == 4
"""
THING = "def one():\n    return 1\n\n\ndef two():\n    return 2\n\n\ndef three():\n    return 3\n\n\ndef four():\n    return 4\n"


@pytest.mark.slow
def test_what_two_processes_ran_is_summed(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(checks.__file__).parent.parent))
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(
        thing=THING,
        test_one="import thing\n\ndef test_one(): assert thing.one() == 1\n",
        test_two="import thing\n\ndef test_two(): assert thing.two() == 2\n",
        test_three=UNMEASURED,
    )
    done = pytester.runpytest_subprocess("-n", "2", "--dist", "loadfile", "-p", "no:schemathesis", "-p", "no:hypothesispytest")
    done.assert_outcomes(passed=4)
    data = coverage.CoverageData(str(pytester.path / "build" / "coverage" / "data"))
    data.read()
    assert {2, 6, 14} <= set(data.lines(str(pytester.path / "thing.py")) or ())
    assert 10 not in (data.lines(str(pytester.path / "thing.py")) or ())
