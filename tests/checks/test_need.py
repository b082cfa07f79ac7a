"""A tool that a test needs is found, or its absence is loud: a skip on a person's machine, a failure in CI."""

import pytest

pytest_plugins = ["pytester"]

SAMPLE = """
def test_needs_a_shell(need): assert need("sh").endswith("/sh")

def test_needs_what_nobody_has(need): need("no-such-tool-anywhere")
"""


@pytest.mark.parametrize(("ci", "outcomes"), [("", {"passed": 1, "skipped": 1}), ("true", {"passed": 1, "failed": 1})])
def test_a_missing_tool_skips_here_and_fails_in_ci(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, ci: str, outcomes: dict[str, int]
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.delenv("PROSA_CI", raising=False)
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    pytester.makeconftest("from tests.conftest import need\n")
    pytester.makepyfile(SAMPLE)
    pytester.runpytest_inprocess().assert_outcomes(**outcomes)
