"""`make mutants`: its list fits the code as it stands, and it tells a guard that is watched from one that nobody would miss."""

from pathlib import Path
from textwrap import dedent

import pytest

from checks import mutants
from checks.mutants import LIST, ROOT, Guard, Mutant, is_sound, mutated, noticed, read_mutants
from checks.repository import Repository
from checks.rules import guards
from tests.checks.sample import findings

PRODUCT = """\
def may(name: str) -> bool:
    if name != "ana":
        return False
    return not name.startswith("x")
"""
TESTS = """\
from product import may

def test_ana_may():
    assert may("ana")

def test_nobody_else_may():
    assert not may("bia")
"""


def mutant(text: str = 'if name != "ana":', without: str = "if False:", tests: str = "tests/test_product.py") -> Mutant:
    return Mutant("a name", (Guard("src/product.py", text, without),), (tests,), "not postgresql")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A copy of a project as the tool makes it."""
    for path, text in {"src/product.py": PRODUCT, "tests/test_product.py": TESTS, "pyproject.toml": MARKERS}.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


MARKERS = '[tool.pytest.ini_options]\nmarkers = ["faults: x"]\n'


@pytest.mark.attack("M16")
def test_every_guard_of_the_list_stands_where_it_says() -> None:
    repository = Repository(ROOT)
    assert [str(found) for found in guards.find(repository)] == []
    assert len(read_mutants(repository.read(LIST))) >= 80


def test_a_mutant_may_take_several_guards_away_and_says_which_tests_it_runs() -> None:
    [one, two] = read_mutants(
        dedent("""\
        [[mutant]]
        name = "one"
        file = "a.py"
        guard = "if x:"
        without = "if True:"
        tests = ["t.py"]

        [[mutant]]
        name = "two"
        file = "a.py"
        guard = "1"
        without = "2"
        also = [{ guard = "3", without = "4" }, { file = "b.py", guard = "5", without = "6" }]
        tests = ["t.py", "u.py::test_x"]
        only = "postgresql"
        """)
    )
    assert one == Mutant("one", (Guard("a.py", "if x:", "if True:"),), ("t.py",), mutants.ONLY)
    assert two.guards == (Guard("a.py", "1", "2"), Guard("a.py", "3", "4"), Guard("b.py", "5", "6"))
    assert (two.tests, two.only) == (("t.py", "u.py::test_x"), "postgresql")
    assert mutated({"a.py": "x = [1, 3]", "b.py": "y = 5"}, two) == {"a.py": "x = [2, 4]", "b.py": "y = 6"}


@pytest.mark.parametrize(
    ("source", "told"), [("x = 1 + 1", "stands 2 times"), ("x = 7", "stands 0 times"), ("def f(1): pass", "is no Python")]
)
def test_a_guard_that_is_not_there_once_or_leaves_no_python_is_told(source: str, told: str) -> None:
    wrong = Mutant("a name", (Guard("a.py", "1", "2"),), ("t.py",), mutants.ONLY)
    with pytest.raises(ValueError, match=told):
        mutated({"a.py": source}, wrong)


def test_a_guard_that_a_test_watches_is_noticed_and_put_back(place: Path) -> None:
    assert is_sound([mutant()], place)
    caught, said = noticed(mutant(), place)
    assert caught and "test_nobody_else_may" in said
    assert (place / "src" / "product.py").read_text(encoding="utf-8") == PRODUCT


def test_a_guard_that_nobody_watches_survives(place: Path) -> None:
    caught, _ = noticed(mutant('not name.startswith("x")', "True"), place)
    assert not caught
    assert not noticed(mutant(tests="tests/test_product.py::test_ana_may"), place)[0]


def test_tests_that_say_nothing_are_no_witness(place: Path) -> None:
    with pytest.raises(ValueError, match="pytest ended with"):
        noticed(mutant(tests="tests/test_product.py::test_that_is_not_there"), place)
    broken = mutant("def may(name: str)", "raise SystemError('at once')\n\n\ndef may(name: str)")
    with pytest.raises(ValueError, match="pytest ended with"):  # what can't be imported is a broken list, and no watched guard
        noticed(broken, place)


def test_tests_that_fail_by_themselves_prove_nothing(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "src" / "product.py").write_text(PRODUCT.replace("ana", "eva"), encoding="utf-8")
    assert not is_sound([mutant()], place)
    assert "test_ana_may" in capsys.readouterr().out


def entry(**changes: str) -> str:
    fields = {"name": '"one"', "file": '"src/a.py"', "guard": '"if x:"', "without": '"if True:"', "tests": '["tests/t.py"]'}
    return "[[mutant]]\n" + "".join(f"{name} = {value}\n" for name, value in (fields | changes).items())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (entry(guard='"if y:"'), "stands 0 times"),
        (entry(file='"src/b.py"'), "there is no src/b.py"),
        (entry(tests='["tests/u.py"]'), "there is no tests/u.py"),
        (entry(tests='["tests/t.py::test_y"]'), "has no test_y"),
        (entry(tests="[]"), "no test watches"),
        (entry(without='"if :"'), "is no Python"),
        (entry() + entry(), "another one has this name"),
        ("[[mutant]]\nname = 'one'\n", "can't be read"),
        ("[[", "can't be read"),
    ],
)
def test_a_list_that_has_gone_stale_is_found(text: str, told: str, tmp_path: Path) -> None:
    files = {LIST: text, "src/a.py": "if x:\n    pass\n", "tests/t.py": "def test_x(): ...\n"}
    found = findings(guards.find, tmp_path, files)
    assert any(told in each for each in found), found


def test_a_list_that_fits_is_left_alone_but_for_its_length(tmp_path: Path) -> None:
    files = {
        LIST: entry(tests='["tests/t.py::test_x[a-b]"]'),
        "src/a.py": "if x:\n    pass\n",
        "tests/t.py": "def test_x(): ...\n",
    }
    assert [found.partition(": ")[2] for found in findings(guards.find, tmp_path, files)] == [
        "holds 1 guards, and less than 80 are too few to show anything"
    ]
    assert findings(guards.find, tmp_path / "empty", {"a.txt": ""}) == [f"{LIST}:1: is missing"]
