"""The guide and the example file are what the table says."""

from pathlib import Path

import pytest

from prosa.boot.settings import load
from prosa.boot.settings.guide import EXAMPLE, GUIDE, example, guide

ROOT = Path(__file__).parents[3]
ADVICE = "run: python -m prosa.boot.settings.guide"


def test_the_guide_is_up_to_date() -> None:
    assert (ROOT / GUIDE).read_text() == guide(), ADVICE


def test_the_example_file_is_up_to_date_and_starts_as_it_is(tmp_path: Path) -> None:
    text = (ROOT / EXAMPLE).read_text()
    assert text == example(), ADVICE
    (tmp_path / ".env").write_text(text)
    plain = load({}, tmp_path)
    assert plain.warnings == ()
    assert plain.settings == load({}, tmp_path / "nowhere").settings


@pytest.mark.contract("B24", "C29")
@pytest.mark.parametrize("name", ["env.example", "env.production.example", "production.env.example"])
def test_the_other_example_files_point_to_it(tmp_path: Path, name: str) -> None:
    text = (ROOT / name).read_text()
    assert ".env.example" in text
    (tmp_path / ".env").write_text(text)
    assert load({}, tmp_path).settings.server.production is ("production" in name)


def test_every_uncommented_default_of_the_example_is_valid(tmp_path: Path) -> None:
    lines = [line.removeprefix("# ") for line in example().splitlines() if "=" in line and not line.startswith("# All")]
    (tmp_path / ".env").write_text(
        "\n".join(line for line in lines if not line.startswith(("OLLAMA", "VLLM", "LLAMACPP", "LMSTUDIO")))
    )
    assert load({}, tmp_path).settings == load({}, tmp_path / "nowhere").settings
