"""Where settings come from, and which place wins."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from prosa.boot.settings import Loaded, SettingRefused, Settings, load


def write(folder: Path, dotenv: str = "", toml: str = "") -> Path:
    if dotenv:
        (folder / ".env").write_text(dotenv)
    if toml:
        (folder / "prosa.toml").write_text(toml)
    return folder


def settings(folder: Path, environ: Mapping[str, str] | None = None) -> Settings:
    return load(environ or {}, folder).settings


def source(loaded: Loaded, name: str) -> str:
    return next(line.source for line in loaded.lines if line.name == name)


def test_without_anything_the_defaults_hold(tmp_path: Path) -> None:
    found = settings(tmp_path)
    assert (found.server.host, found.server.port, found.server.workers) == ("127.0.0.1", 3000, 1)
    assert found.gateway.providers == ()
    assert found.gateway.mock
    assert not found.server.production


def test_the_command_line_wins_over_the_environment_over_the_file_over_toml(tmp_path: Path) -> None:
    write(tmp_path, "PROSA_PORT=2\n", "[server]\nport = 3\nworkers = 2\n")
    assert load({}, tmp_path).settings.server.workers == 2
    assert load({}, tmp_path).settings.server.port == 2
    assert load({"PROSA_PORT": "4"}, tmp_path).settings.server.port == 4
    assert load({"PROSA_PORT": "4"}, tmp_path, {"PROSA_PORT": "5"}).settings.server.port == 5


@pytest.mark.contract("B24", "B45")
def test_of_two_equal_names_in_the_file_the_last_one_wins(tmp_path: Path) -> None:
    found = settings(write(tmp_path, "NVIDIA_API_KEY=\n# appended by the deploy job\nNVIDIA_API_KEY=nvapi-real\n"))
    assert [(provider.name, provider.api_key) for provider in found.gateway.providers] == [("nvidia", "nvapi-real")]


def test_the_file_may_quote_export_comment_and_refer(tmp_path: Path) -> None:
    text = "export A_NAME='site'\nALLOWED_ORIGINS=\"https://${A_NAME}.example\" # ours\nPROSA_PUBLIC_URL=https://${UNSET:-chat}.example\n"
    found = settings(write(tmp_path, text))
    assert found.identity.origins == {"https://site.example"}
    assert found.server.public_url == "https://chat.example"


def test_an_empty_value_of_the_environment_switches_the_same_name_of_the_file_off(tmp_path: Path) -> None:
    write(tmp_path, "OPENAI_API_KEY=sk-file\n")
    assert settings(tmp_path).gateway.providers != ()
    assert settings(tmp_path, {"OPENAI_API_KEY": ""}).gateway.providers == ()


@pytest.mark.contract("B45")
def test_generic_names_count_from_the_file_alone(tmp_path: Path) -> None:
    environ = {"HOST": "0.0.0.0", "PORT": "9", "WORKERS": "9", "RELOAD": "true"}
    assert settings(tmp_path, environ).server.port == 3000
    assert settings(tmp_path, environ).server.host == "127.0.0.1"
    write(tmp_path, "HOST=0.0.0.0\nPORT=3002\nWORKERS=4\nRELOAD=true\n")
    found = settings(tmp_path, environ).server
    assert (found.host, found.port, found.workers, found.reload) == ("0.0.0.0", 3002, 4, True)


def test_each_value_tells_where_it_came_from(tmp_path: Path) -> None:
    write(tmp_path, "\n# ours\nAPI_PORT=4000\nLOG_LEVEL=debug\n", "[limits]\nrate_limit_per_minute = 5\n")
    loaded = load({"PROSA_WORKERS": "2"}, tmp_path, {"PROSA_HOST": "127.0.0.2"})
    assert source(loaded, "PROSA_HOST") == "command line"
    assert source(loaded, "PROSA_WORKERS") == "environment"
    assert source(loaded, "PROSA_PORT") == ".env line 3, as API_PORT"
    assert source(loaded, "RATE_LIMIT_PER_MINUTE") == "prosa.toml"
    assert source(loaded, "PROSA_RETRIES") == "default"


def test_a_line_that_is_none_is_left_out_with_a_warning(tmp_path: Path) -> None:
    loaded = load({}, write(tmp_path, "PROSA_PORT=3005\n'unclosed = x\n"))
    assert loaded.settings.server.port == 3005
    assert any(".env line 2" in warning for warning in loaded.warnings)


@pytest.mark.attack("M3")
def test_a_secret_can_lie_in_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("sk-from-a-file\n")
    loaded = load({"OPENAI_API_KEY_FILE": str(tmp_path / "key")}, tmp_path)
    assert loaded.settings.gateway.providers[0].api_key == "sk-from-a-file"
    assert source(loaded, "OPENAI_API_KEY") == "file of OPENAI_API_KEY_FILE"
    with pytest.raises(SettingRefused, match="OPENAI_API_KEY_FILE"):
        load({"OPENAI_API_KEY_FILE": str(tmp_path / "nowhere")}, tmp_path)


def test_reading_settings_leaves_the_environment_alone(tmp_path: Path) -> None:
    before = dict(os.environ)
    settings(write(tmp_path, "PROSA_PORT=3005\nSOME_NEW_NAME=1\n"))
    assert dict(os.environ) == before


def test_toml_holds_providers_models_and_aliases(tmp_path: Path) -> None:
    toml = """
        [providers.lab]
        base_url = "http://10.0.0.5:8000/v1/"
        models = ["a", "b"]
        [providers.openai]
        api_key = "sk-toml"
        [models.fast]
        targets = [{ model = "lab/a", weight = 3 }, "openai/gpt-4o-mini"]
        fallbacks = ["lab/b"]
        reasoning = "drop"
        [aliases]
        "gpt-4" = "openai/gpt-4o"
    """
    found = settings(write(tmp_path, toml=toml)).gateway
    assert [(row.name, row.kind, row.base_url, row.models) for row in found.providers] == [
        ("openai", "openai", None, ()),
        ("lab", "openai_compatible", "http://10.0.0.5:8000/v1", ("a", "b")),
    ]
    fast, alias = found.models
    assert fast.targets == (("lab/a", 3.0), ("openai/gpt-4o-mini", 1.0))
    assert (fast.fallbacks, fast.reasoning) == (("lab/b",), "drop")
    assert (alias.name, alias.targets) == ("gpt-4", (("openai/gpt-4o", 1.0),))


@pytest.mark.parametrize(
    ("toml", "expected"),
    [
        ("[server]\nprot = 1\n", "server.prot (prosa.toml): there is no such setting; did you mean server.port?"),
        ("[server]\nport = 'x'\n", "server.port='x' (prosa.toml): expected a whole number from 0 to 65535"),
        ("[server\n", "prosa.toml: expected a readable TOML file"),
        ("[models.a]\ntargets = [1]\n", "prosa.toml: Expected"),
        ("[models.a]\ntargets = [{model = 'x', weight = 0}]\n", "models.a.targets (prosa.toml): expected weights above 0"),
        ("[models.a]\n[aliases]\na = 'b'\n", "'a' stands under [models] and under [aliases]"),
        ("[providers.'My Lab']\nbase_url = 'http://a'\n", "expected a name of small letters"),
        ("providers = 1\n", "providers (prosa.toml): expected tables"),
    ],
)
def test_a_mistake_in_toml_stops_the_start_with_its_place(tmp_path: Path, toml: str, expected: str) -> None:
    with pytest.raises(SettingRefused) as caught:
        settings(write(tmp_path, toml=toml))
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_misspelt_name_is_told(tmp_path: Path) -> None:
    loaded = load({"PROSA_PROT": "3001"}, write(tmp_path, "BITACA_MODEL=a\nAGNO_TELEMETRY=false\n"))
    assert "PROSA_PROT (environment) is no setting of prosa; did you mean PROSA_PORT?" in loaded.warnings
    assert "BITACA_MODEL (.env line 1) is no setting of prosa; did you mean BITACA_MODELS?" in loaded.warnings
    assert len(loaded.warnings) == 2
