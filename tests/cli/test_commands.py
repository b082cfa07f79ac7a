"""The commands, as a person at a terminal meets them."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from prosa.cli.doctor import sqlite_row
from prosa.cli.terminal import table
from tests.boot.process import environ
from tests.commanding import command

pytestmark = pytest.mark.slow

COMMANDS = (
    (),
    ("serve",),
    ("config",),
    ("models",),
    ("models", "list"),
    ("models", "explain"),
    ("doctor",),
    ("mock",),
    ("import",),
    ("import", "serverless"),
    ("openapi",),
    ("version",),
    ("user",),
    *(("user", verb) for verb in ("add", "list", "suspend", "restore", "reset", "delete")),
    ("key",),
    *(("key", verb) for verb in ("create", "list", "revoke")),
    ("invite",),
    *(("invite", verb) for verb in ("create", "list", "revoke")),
    ("demo",),
    ("completion",),
)


def prosa(folder: Path, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
    return command(folder, words, environ(folder, **more))


def test_every_command_explains_itself() -> None:
    code = """
import sys
from prosa import cli
from prosa.boot.commands import Boot
app = cli.build(Boot([]))
for words in eval(sys.argv[1]):
    app([*words, "--help"])
    print("----")
"""
    done = subprocess.run([sys.executable, "-c", code, repr(COMMANDS)], capture_output=True, text=True, check=True)
    pages = done.stdout.split("----\n")[:-1]
    assert len(pages) == len(COMMANDS)
    for words, page in zip(COMMANDS, pages, strict=True):
        assert "Usage: prosa" in page
        assert len(page.splitlines()) >= 4, words


def test_config_shows_values_sources_and_no_secret(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("API_KEY=canary-4f1c9a\nNVIDIA_API_KEY=nvapi-canary\n")
    done = prosa(tmp_path, "config", PROSA_WORKERS="3")
    assert done.returncode == 0
    assert "canary" not in done.stdout + done.stderr
    rows = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines() if line.startswith("  ")}
    assert rows["PROSA_WORKERS"] == ["3", "environment"]
    assert rows["API_KEY"] == ["********", ".env", "line", "1"]
    assert rows["NVIDIA_API_KEY"] == ["********", ".env", "line", "2"]


def test_config_speaks_json_and_one_section(tmp_path: Path) -> None:
    done = prosa(tmp_path, "config", "--section", "limits", "--json")
    assert {line["section"] for line in json.loads(done.stdout)} == {"limits"}


def test_models_are_listed_and_explained(tmp_path: Path) -> None:
    (tmp_path / "prosa.toml").write_text('[aliases]\nfast = "openai/gpt-4o-mini"\n[providers.openai]\napi_key = "sk-canary"\n')
    listed = prosa(tmp_path, "models")
    assert "fast" in listed.stdout
    assert "alias of openai/gpt-4o-mini" in listed.stdout
    explained = prosa(tmp_path, "models", "explain", "fast")
    assert explained.returncode == 0
    assert "openai" in explained.stdout
    assert "gpt-4o-mini" in explained.stdout


def test_a_name_that_nothing_serves_is_told(tmp_path: Path) -> None:
    done = prosa(tmp_path, "models", "explain", "nobody/knows")
    assert done.returncode == 1
    assert done.stderr.startswith("prosa: ")


def test_doctor_tells_versions_data_and_providers(tmp_path: Path) -> None:
    done = prosa(tmp_path, "doctor", VLLM_BASE_URL="http://127.0.0.1:9/v1")
    assert done.returncode == 1  # the one provider doesn't answer
    for word in ("python", "sqlite", "uvicorn", "fail  vllm"):
        assert word in done.stdout


@pytest.mark.parametrize(
    ("version", "expected"), [((3, 51, 2), "warn"), ((3, 51, 3), "ok"), ((3, 40, 1), "warn"), ((3, 52, 0), "ok")]
)
def test_doctor_knows_the_bugs_of_sqlite(version: tuple[int, ...], expected: str) -> None:
    assert sqlite_row(version)[0] == expected


@pytest.mark.attack("M3")
@pytest.mark.parametrize(
    "words",
    [("serve", "--api-key", "x"), ("serve", "--openai-api-key=canary"), ("serve", "sk-canary"), ("config", "API_KEY=canary")],
)
def test_a_secret_on_the_command_line_is_refused_and_not_repeated(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = prosa(tmp_path, *words)
    assert done.returncode == 2
    assert "doesn't belong on the command line" in done.stderr
    assert "canary" not in done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("sevre",), 'Did you mean "serve"?'),
        (("serve", "--prot", "1"), "Did you mean --port?"),
        (("serve", "--port", "many"), "--port 'many': expected a whole number"),
        (("import", "serverless", "a", "b"), "there is no use here for 'b'"),
        (("mock", "--port", "99999"), "--port 99999: expected a whole number from 0 to 65535"),
        (("mock", "--host", "300.1.1.1"), "--host 300.1.1.1: expected an address of this machine"),
        (("mock", "--script", "nowhere.toml"), "there is no such file"),
    ],
)
def test_a_wrong_word_is_one_line_without_a_traceback(tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    done = prosa(tmp_path, *words)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("prosa: ")
    assert told in done.stderr


def test_a_default_is_shown_as_callers_name_it_or_with_the_reason_why_there_is_none(tmp_path: Path) -> None:
    assert "default for chat: openai/gpt-4o-mini\n" in prosa(tmp_path, "models", OPENAI_API_KEY="sk-canary").stdout
    assert "default for chat: none: the model 'nope/x'" in prosa(tmp_path, "models", PROSA_DEFAULT_MODEL="nope/x").stdout


def test_an_option_of_a_listed_model_is_not_listed_as_a_model_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "prosa.toml").write_text(
        '[providers.lab]\nbase_url = "http://10.0.0.5/v1"\nmodels = ["a"]\n[models."lab/a"]\nreasoning = "field"\n'
    )
    assert prosa(tmp_path, "models").stdout.count("lab/a") == 2  # the default, and the list's one line


@pytest.mark.contract("S32")
def test_an_older_installations_file_is_taken_over_once_and_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    _original(tmp_path / "chat_history.db")
    dry = prosa(tmp_path, "import", "serverless", "--dry-run")
    assert dry.returncode == 0, dry.stderr
    assert "would be imported" in dry.stdout
    assert not (tmp_path / "data" / "prosa.db").exists()
    real = prosa(tmp_path, "import", "serverless", "chat_history.db")
    assert real.returncode == 0, real.stderr
    again = prosa(tmp_path, "import", "serverless", "chat_history.db")
    assert "1  were here already" in again.stdout
    missing = prosa(tmp_path, "import", "serverless", "nowhere.db")
    assert missing.returncode == 1


def test_the_document_and_the_version_are_printed(tmp_path: Path) -> None:
    assert json.loads(prosa(tmp_path, "openapi").stdout)["openapi"].startswith("3.")
    assert prosa(tmp_path, "version").stdout.strip() == prosa(tmp_path, "--version").stdout.strip()


def test_completion_prints_a_script(tmp_path: Path) -> None:
    assert "prosa" in prosa(tmp_path, "completion", "--shell", "bash").stdout


def test_a_table_lines_its_columns_up() -> None:
    assert table([("a", "bb", "c"), ("aaa", "b", "cc")], "") == "a    bb  c\naaa  b   cc"


def _original(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute(
            "CREATE TABLE interactions (interaction_id TEXT PRIMARY KEY, user_id TEXT, prompt TEXT, response TEXT, model TEXT,"
            " timestamp TEXT, trace_id TEXT, tokens INTEGER, latency_ms INTEGER, error TEXT, metadata TEXT)"
        )
        database.execute(
            "INSERT INTO interactions VALUES ('7b682114-6d17-43da-97c7-64a12dd4ed93', 'user123', 'Olá!', 'Oi!', 'm',"
            " '2026-01-15T10:30:00.123456+00:00', '', 3, 12, NULL, NULL)"
        )
    database.close()
