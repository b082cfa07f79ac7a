"""Script files of the mock."""

from pathlib import Path

import pytest

from prosa.gateway.providers.mock import MockTransport, Script, WrongScript
from tests.gateway.providers.playing import answer, begun, chat, post, said

SCRIPT = """
[models]
"shop-assistant" = "What our shop's tests talk to"

[defaults]
report_model = "scripted"

[[rules]]
match = { contains = "WEATHER", call = 1 }
answer = { status = 503, retry_after = 0 }

[[rules]]
match = { contains = "weather" }
answer = { text = "Sunny." }

[[rules]]
match = { model = "shop-*", regex = "(?i)order \\\\d+", stream = false }
answer = { json = { order = "found" } }

[[rules]]
match = { endpoint = "embeddings", call = [2, 3] }
answer = { status = 429 }
"""


async def test_rules_apply_in_order_and_by_call() -> None:
    transport = MockTransport(Script.parse(SCRIPT))
    assert (await begun(chat("How is the weather?"), transport)).status == 503
    assert await said(chat("How is the weather?"), transport) == "Sunny."
    assert await said(chat("Where is Order 17?", "shop-assistant"), transport) == '{"order":"found"}'
    assert "You wrote" in await said(chat("Where is Order 17?"), transport)
    assert (await answer(chat("hello"), transport))["model"] == "scripted"
    assert await said(chat("weather [[mock text=no]]"), transport) == "no"
    statuses = [(await begun(post("/v1/embeddings", {"model": "m", "input": "x"}), transport)).status for _ in range(4)]
    assert statuses == [200, 429, 429, 200]


async def test_a_script_adds_names_to_the_list() -> None:
    assert "shop-assistant" in MockTransport(Script.parse(SCRIPT)).stage.models()
    assert "shop-assistant" not in MockTransport().stage.models()


def test_a_script_is_loaded_from_toml_and_json(tmp_path: Path) -> None:
    (tmp_path / "script.toml").write_text(SCRIPT, encoding="utf-8")
    (tmp_path / "script.json").write_text('{"rules":[{"answer":{"text":"hi"}}]}', encoding="utf-8")
    assert len(Script.load(tmp_path / "script.toml").rules) == 4
    assert Script.load(str(tmp_path / "script.json")).rules[0].answer == {"text": "hi"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[[rules]", "wrong"),
        (
            "[[rules]]\nanswer = { txt = 'x' }",
            "rule 1: Object contains unknown field `txt`. Did you mean text? Known words: text, echo",
        ),
        ("[[rules]]\nmatch = { modell = 'x' }\nanswer = {}", "unknown field `modell`"),
        ("[[rules]]\nmatch = { regex = '(' }\nanswer = {}", "rule 1: the regex"),
        ("[[rules]]\nmatch = { call = 0 }\nanswer = {}", "rules[0].match.call"),
        ("[defaults]\nspeed = -1", "defaults: Expected `float` > 0"),
    ],
)
def test_a_wrong_script_says_where(text: str, expected: str) -> None:
    with pytest.raises(WrongScript) as caught:
        Script.parse(text)
    assert expected in caught.value.message


def test_a_script_that_is_not_there_is_told_without_its_path(tmp_path: Path) -> None:
    with pytest.raises(WrongScript) as caught:
        Script.load(tmp_path / "nothing.toml")
    assert str(tmp_path) not in caught.value.message
