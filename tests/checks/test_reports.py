"""What `make contracts` and `make shape` print is what the tests and the source say."""

import ast
import os
from pathlib import Path

import pytest

from checks import contracts, shape
from checks.evidence import Entry, report_path
from checks.promises import Promise
from checks.repository import Repository
from checks.rules.sizes import lines_of, parameters_of

pytestmark = pytest.mark.slow


def promise(state: str) -> Promise:
    """A promise in this state."""
    return Promise("B02", "contract", "Streams.", state)


def entry(outcome: str) -> Entry:
    """A test of B02 with this outcome."""
    return Entry("tests/contracts/test_b.py::test_streams", outcome, contract=["B02"])


@pytest.mark.parametrize(
    ("state", "outcomes", "told"),
    [
        ("now", ["passed"], "pass"),
        ("now", ["passed", "failed"], "fail"),
        ("now", ["skipped"], "fail"),
        ("now", [], "fail"),
        ("part", ["passed"], "part"),
        ("part", ["failed"], "fail"),
        ("part", [], "part"),
        ("later", [], "not yet"),
    ],
)
def test_a_promise_is_told_by_its_tests(state: str, outcomes: list[str], told: str) -> None:
    assert contracts.verdict(promise(state), [entry(outcome) for outcome in outcomes]) == told


def test_a_line_names_the_tests_behind_it() -> None:
    assert contracts.line(promise("now"), [entry("passed")]) == "B02 pass    contracts/test_b.py::test_streams"
    assert contracts.line(promise("now"), [entry("skipped")]).endswith("::test_streams (skipped)")
    many = [Entry(f"tests/test_b.py::test_b[{number}]", outcome) for number, outcome in enumerate(("passed", "failed", "passed"))]
    assert contracts.line(promise("now"), many) == "B02 fail    test_b.py::test_b (failed)"
    assert contracts.line(promise("now"), []) == "B02 fail    (no test was run)"
    assert contracts.line(promise("later"), []) == "B02 not yet"


def test_evidence_older_than_the_code_does_not_count(tmp_path: Path) -> None:
    source = tmp_path / "src" / "x.py"
    source.parent.mkdir()
    source.write_text("")
    assert not contracts.is_current(tmp_path)
    report = report_path(tmp_path)
    report.parent.mkdir()
    report.write_text("[]")
    assert contracts.is_current(tmp_path)
    os.utime(report, (1, 1))
    assert not contracts.is_current(tmp_path)


def test_rings_of_imports_are_found() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": {"e"}, "e": set(), "f": {"f"}}
    assert shape.cycles(graph) == [["a", "b", "c"]]
    assert shape.cycles({"a": {"b"}, "b": set[str]()}) == []


def test_percentiles_are_values_that_occur() -> None:
    assert shape.percentile(list(range(1, 101)), 95) == 95
    assert shape.percentile([7], 95) == 7


def test_a_function_s_size_counts_its_docstring_but_no_decorator() -> None:
    node = ast.parse('@one\ndef f(self, a, *, b):\n    """What."""\n    return a\n').body[0]
    assert isinstance(node, ast.FunctionDef)
    assert lines_of(node) == 3
    assert parameters_of(node) == 2


def test_the_figures_of_this_project_can_be_told() -> None:
    found = shape.figures(Repository(Path(contracts.ROOT)))
    assert [figure.name for figure in found][:1] == ["file lines, median"]
    assert "≤ 0" in str(next(figure for figure in found if figure.name == "import cycles"))
