"""Each rule about the project's documents finds its breach and leaves a good project alone."""

from pathlib import Path

import pytest

from checks import generated
from checks.promises import read_promises
from checks.rules import error_codes, hosts, placement, promises, setting_names, targets, twins
from tests.checks.sample import findings, project

LAYERS = """
[[tool.importlinter.contracts]]
type = "layers"
layers = ["usage", "(runs)", "kit"]
"""
CHART = "usage/ runs/ kit/"
README = """\
# prosa

Words. [Guide](GUIDE.md)

```sh
make run
```
"""


def test_a_package_without_a_place_is_found(tmp_path: Path) -> None:
    files = {"pyproject.toml": LAYERS, "ARCHITECTURE.md": CHART, "src/prosa/extra/thing.py": "", "src/prosa/kit/ids.py": ""}
    assert findings(placement.find, tmp_path, files) == [
        "src/prosa/extra/thing.py:1: prosa.extra has no place in the layers of pyproject.toml"
    ]


def test_a_layer_that_the_map_leaves_out_is_found(tmp_path: Path) -> None:
    files = {"pyproject.toml": LAYERS, "ARCHITECTURE.md": "usage/ kit/", "src/prosa/__main__.py": ""}
    assert findings(placement.find, tmp_path, files) == ["ARCHITECTURE.md:1: the map leaves runs out"]


@pytest.mark.parametrize(
    "line",
    [
        "see https://" + "packages.example.org/simple/prosa",
        "https://" + "mirror.example/packages/ab/prosa-1.whl",
        '"resolved": "' + 'https://npm.example/prosa.tgz"',
        "pip install --index" + "-url https://a.example",
        "extra-index-url = " + "https://a.example",
        "from files.python" + "hosted.org",
        "cd /" + "work/main && make",
        "home is /" + "home/maria/prosa",
        "see `/" + "root/prosa`",
    ],
)
def test_a_host_of_packages_or_a_machine_s_path_is_found(line: str, tmp_path: Path) -> None:
    assert len(findings(hosts.find, tmp_path, {"docs/guide.md": f"one\n{line}\n"})) == 1


@pytest.mark.parametrize(
    "line",
    [
        "uv pip compile --no-emit-index-url --no-header",
        "curl http://127.0.0.1:3000/v1/models",
        "[simple](docs/simple/words.md)",
        "the framework/work of others, /var/lib/prosa, a/root/b",
        "https://example.org/work/on/it",
    ],
)
def test_ordinary_addresses_and_paths_are_left_alone(line: str, tmp_path: Path) -> None:
    assert findings(hosts.find, tmp_path, {"docs/guide.md": line}) == []


def test_twins_in_step_are_left_alone(tmp_path: Path) -> None:
    twin = README.replace("Words.", "Palavras.").replace("make run\n", "# comece\nmake run  # comece\n")
    assert findings(twins.find, tmp_path, {"README.md": README, "README.pt-BR.md": twin, "GUIDE.md": ""}) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("make run", "make go", "code blocks differ"),
        ("# prosa", "## prosa", "headings differ"),
        ("(GUIDE.md)", "(README.md)", "links differ"),
    ],
)
def test_a_twin_out_of_step_is_found(old: str, new: str, told: str, tmp_path: Path) -> None:
    found = findings(twins.find, tmp_path, {"README.md": README, "README.pt-BR.md": README.replace(old, new), "GUIDE.md": ""})
    assert len(found) == 1
    assert told in found[0]


def test_a_link_to_nowhere_and_a_missing_twin_are_found(tmp_path: Path) -> None:
    found = findings(twins.find, tmp_path, {"README.md": README})
    assert found == ["README.md:3: the link to GUIDE.md leads nowhere", "README.md:1: its Portuguese twin is missing"]


def test_a_word_of_make_that_nobody_explains_is_found(tmp_path: Path) -> None:
    files = {"Makefile": "run: ## start\nstop:\n\techo\n", "CONTRIBUTING.md": "`make run` starts; `make stop` stops."}
    assert findings(targets.find, tmp_path, files) == ["Makefile:2: stop: say what it does after '## '"]
    files = {"Makefile": "run: ## start\n", "CONTRIBUTING.md": "Nothing."}
    assert findings(targets.find, tmp_path, files) == ["Makefile:1: run: CONTRIBUTING.md does not name it"]


def test_an_error_s_code_that_the_guide_leaves_out_is_found(tmp_path: Path) -> None:
    source = 'class A(E):\n    code = "one"\n\nclass B(E):\n    code: str = "two"\n'
    files = {"src/prosa/usage/errors.py": source, "docs/guides/errors.md": "| 400 | `one` | … |"}
    assert findings(error_codes.find, tmp_path, files) == [
        "src/prosa/usage/errors.py:5: the error code 'two' is not explained in docs/guides/errors.md"
    ]


def test_a_setting_that_nobody_reads_is_found_in_a_document(tmp_path: Path) -> None:
    guide = "Set `PROSA_PORT`, not\n`PROSA_PROT`; `PROSA_PROVIDER_LAB_BASE_URL` is yours.\n"
    files = {"docs/guides/settings.md": "| `PROSA_PORT` |", "docs/guides/a.md": guide, "docs/decisions/b.md": "PROSA_OLD"}
    assert findings(setting_names.find, tmp_path, files) == ["docs/guides/a.md:2: PROSA_PROT is no setting of prosa"]


def test_a_generated_file_that_drifted_is_found(tmp_path: Path) -> None:
    repository = project(tmp_path, {"a.json": "{}", "b.json": "{}"})
    files = {"a.json": lambda: b"{}", "b.json": lambda: b"[]", "c.json": lambda: b""}
    assert [str(finding) for finding in generated.find(repository, files)] == [
        "b.json:1: differs from what the code says: make openapi, and read the difference",
        "c.json:1: is missing: make openapi",
    ]


TABLE = """\
| B02 | Streams. | now |
| B03 | Plain. | part |
| B04 | Later. | later |

## Attacks

| B2 | Tokens. | now |
"""


def test_marks_and_promises_that_disagree_are_found(tmp_path: Path) -> None:
    marked = 'import pytest\n@pytest.mark.contract("B02", "B99")\n@pytest.mark.contract("B04")\ndef test_x(): ...\n'
    assert findings(promises.find, tmp_path, {"docs/promises.md": TABLE, "tests/test_x.py": marked}) == [
        "tests/test_x.py:2: contract('B99'): no such id in docs/promises.md",
        "docs/promises.md:3: B04 reads 'later', but a test shows it: set its state",
        "docs/promises.md:7: B2 is held now, but no test is marked attack('B2')",
    ]


@pytest.mark.parametrize("row", ["| B02 | Streams. | soon |", "| B02 | Streams. |", "| B02 | A. | now |\n| B02 | B. | now |"])
def test_a_row_of_promises_that_reads_wrong_is_refused(row: str) -> None:
    with pytest.raises(ValueError, match="B02"):
        read_promises(row)
