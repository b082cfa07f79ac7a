"""The guide says what the mock can do, all of it and nothing else."""

import re
from pathlib import Path

from prosa.gateway.providers.mock import MODELS, Script
from prosa.gateway.providers.mock.directive import take
from prosa.gateway.providers.mock.vocabulary import WORDS, check

GUIDE = (Path(__file__).parents[3] / "docs" / "guides" / "mock.md").read_text(encoding="utf-8")


def test_the_guide_lists_every_word_and_every_model() -> None:
    named = {name for row in re.findall(r"^\| (`[^|]*) \|", GUIDE, re.MULTILINE) for name in re.findall(r"`([a-z_-]+)`", row)}
    assert set(WORDS) - {"key"} <= named and set(MODELS) <= named
    assert named <= set(WORDS) | set(MODELS)


def test_every_directive_in_the_guide_can_be_read() -> None:
    shown = re.findall(r"\[\[mock .*?\]\](?=[`' ])", GUIDE)
    assert len(shown) > 10
    for directive in shown:
        rest, words = take(directive)
        assert rest == "" and words, directive
        check(words, directive)


def test_the_guides_script_is_one() -> None:
    script = Script.parse(GUIDE.partition("```toml\n")[2].partition("```")[0])
    assert len(script.rules) == 3 and script.models
