"""`prosa provider`, as an operator types it."""

import json

from prosa.boot.banner import Banner
from prosa.boot.settings import load
from prosa.boot.stocktaking import named
from tests.cli.terminal import Terminal

KEY = b"gsk_of_the_operator_a1b2c3d4\n"


def test_a_provider_is_added_with_a_key_from_standard_input_listed_tried_and_removed(terminal: Terminal) -> None:
    added = terminal.works("provider", "add", "groq", "--key-stdin", "--models", "a, b", stdin=KEY)
    assert "Groq" in added and "gsk_" not in added
    found = {each["name"]: each for each in json.loads(terminal.works("provider", "list", "--json"))}
    assert (found["groq"]["origin"], found["groq"]["key"], found["groq"]["models"]) == ("database", "key", ["a", "b"])
    assert "gsk_" not in terminal.works("provider", "list") and found["mock"]["origin"] == "default"
    assert "mock answered" in terminal.works("provider", "test", "mock")
    terminal.works("provider", "remove", "groq")
    assert "groq" not in terminal.works("provider", "list")


def test_what_cant_be_is_one_line(terminal: Terminal) -> None:
    for words, stdin, told in (
        (("add", "groq"), b"", "key"),
        (("add", "groq", "--key-stdin"), b"", "standard input"),
        (("add", "lab", "--url", "http://10.0.0.1/v1"), b"", "PROSA_PRIVATE_HOSTS"),
        (("remove", "mock"), b"", "PROSA_MOCK"),
        (("test", "nobody"), b"", "no such provider"),
    ):
        done = terminal.type("provider", *words, stdin=stdin)
        assert done.status == 1 and told in done.err and done.err.count("\n") == 1, done.err
    assert terminal.type("provider", "add", "groq", "--key", "gsk_visible_to_all").status == 2


def test_what_is_stored_is_known_to_the_commands_that_look_at_models(terminal: Terminal) -> None:
    before = terminal.works("models")
    assert "groq/a" not in before
    terminal.works("provider", "add", "groq", "--key-stdin", "--models", "a,b", "--model", "a", stdin=KEY)
    assert "groq/a" in terminal.works("models") and "groq" in terminal.works("models", "explain", "groq/b")
    doctor = terminal.type("doctor")
    assert any(line.split()[:2] == ["fail", "groq"] for line in doctor.out.splitlines()) and "gsk_" not in doctor.out
    told = load({"PROSA_DATA_DIR": str(terminal.folder / "data")}, terminal.folder, {}).settings
    banner = "\n".join(Banner(named(told), 3000, "console").lines())
    assert "providers   Groq" in banner and '"model":"groq/a"' in banner
