"""Prices of models from `prosa.toml` and from the environment."""

from pathlib import Path

import pytest

from prosa.boot.settings import load
from prosa.boot.settings.errors import SettingRefused
from prosa.usage import Price, Rates

TOML = '[prices."openai/gpt-4o"]\ninput = 2.5\noutput = 10\ncached = 1.25\n[prices.own]\ninput = 1\n'


def test_prices_come_from_the_file_and_the_environment_wins(tmp_path: Path) -> None:
    (tmp_path / "prosa.toml").write_text(TOML)
    env = {"PROSA_PRICES": '{"own": {"input": 3, "output": 4}}', "PROSA_USAGE_DAYS": "30"}
    usage = load(env, tmp_path).settings.usage
    assert usage.prices == {"openai/gpt-4o": Price((Rates(0, 2.5, 10.0, 1.25),)), "own": Price((Rates(0, 3.0, 4.0),))}
    assert usage.days == 30


@pytest.mark.parametrize("wrong", ['{"own": {"output": 4}}', '{"own": {"input": -1}}', '{"own": {"input": "1"}}', "{", "[]"])
def test_a_price_that_is_none_stops_the_start(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(SettingRefused, match="PROSA_PRICES"):
        load({"PROSA_PRICES": wrong}, tmp_path)


def test_the_file_is_judged_as_strictly(tmp_path: Path) -> None:
    (tmp_path / "prosa.toml").write_text("[prices.own]\ninput = 1\nouput = 2\n")
    with pytest.raises(SettingRefused, match=r"prices \(prosa.toml\)"):
        load({}, tmp_path)
