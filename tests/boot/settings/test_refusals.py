"""What stops a start: wrong values, and what production must not begin with."""

from pathlib import Path

import pytest

from prosa.boot.settings import SettingRefused, load

GOOD_KEY = "k3y-zRw8PqLx71mN"


def refusal(folder: Path, **environ: str) -> str:
    with pytest.raises(SettingRefused) as caught:
        load(environ, folder)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("PROSA_PORT", "eighty", "PROSA_PORT='eighty' (environment): expected a whole number from 0 to 65535"),
        ("PROSA_PORT", "65536", "expected a whole number"),
        ("PROSA_PORT", "٣", "expected a whole number"),
        ("PROSA_WORKERS", "0", "expected a whole number from 1 to 256"),
        ("PROSA_ENV", "test", "expected one of development, production"),
        ("PROSA_HOST", "a b", "expected an address or a host name"),
        ("PROSA_PUBLIC_URL", "chat.example", "expected an address such as https://host.example, without a path"),
        ("PROSA_PUBLIC_URL", "https://u:p@chat.example", "expected an address"),
        ("PROSA_TRUSTED_PROXIES", "*", "expected a list of addresses"),
        ("PROSA_ANONYMOUS", "all", "expected a list of bitaca, serverless"),
        ("ALLOWED_ORIGINS", "site.example", "expected a list of origins"),
        ("ALLOWED_ORIGINS", '["https://a.example"', "expected a list of origins"),
        ("REQUIRE_API_KEY", "maybe", "expected true or false"),
        ("LOG_LEVEL", "loud", "expected one of debug, info, warning, error, critical"),
        ("LOG_FORMAT", "xml", "expected one of auto, json, console"),
        ("RATE_LIMIT_PER_MINUTE", "-1", "expected a whole number"),
        ("PROSA_DRAIN_SECONDS", "nan", "expected a number"),
        ("PROSA_MAX_BODY_MB", "0", "expected a whole number of MB"),
        ("OPENAI_BASE_URL", "ftp://a", "expected an address such as"),
        ("OPENAI_BASE_URL", "http://a b/v1", "expected an address such as"),
        ("OPENAI_API_KEY", "sk-…", "OPENAI_API_KEY=(not shown) (environment): expected the key as the provider gave it"),
        ("OPENAI_API_KEY", "sk-a b", "without blanks"),
        ("LLM_PROVIDER", "skynet", "expected openrouter, gemini, mock or a configured provider's name"),
        ("PROSA_MOCK_SCRIPT", "/nowhere.toml", "expected a readable file"),
        ("OLLAMA_CONTEXT_LENGTH", "many", "expected a whole number"),
    ],
)
def test_a_wrong_value_is_one_line_with_name_value_and_what_was_expected(
    tmp_path: Path, name: str, value: str, expected: str
) -> None:
    line = refusal(tmp_path, **{name: value})
    assert expected in line
    assert name in line


@pytest.mark.attack("M3", "M5")
def test_a_wrong_secret_is_not_shown_and_a_wrong_value_is_bounded_and_escaped(tmp_path: Path) -> None:
    assert "sesame" not in refusal(tmp_path, OPENAI_API_KEY="sesame\x1b[31m")
    line = refusal(tmp_path, PROSA_HOST="\x1b[31m\n" + "x" * 5000)
    assert "\x1b" not in line
    assert len(line) < 300


@pytest.mark.attack("M1")
@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"API_KEY": "your-secret-key"}, "example's value"),
        ({"JWT_SECRET_KEY": "a-very-long-key-change-in-production"}, "example's value"),
        ({"FLASK_SECRET_KEY": "sua_chave_secreta_super_segura_aqui"}, "example's value"),
        ({"API_KEYS": f"{GOOD_KEY},short"}, "at least 16 characters"),
        ({"API_KEY": "dev-key-123"}, "well-known"),
        ({"API_KEY": "a" * 40}, "nobody guesses"),
        ({"PROSA_METRICS_TOKEN": "scrape"}, "at least 16 characters"),
        ({"NVIDIA_API_KEY": "your-nvidia-key"}, "expected the vendor's key"),
        ({"ALLOWED_ORIGINS": "*"}, "expected the origins of your pages by name"),
        ({"PROSA_SECRET": "too short"}, "at least 16 characters"),
        ({"PROSA_SECRET": f"{GOOD_KEY},change-me"}, "well-known"),
        ({"PROSA_SETUP_CODE": "admin123"}, "well-known"),
        ({"SECRET_KEY": "short"}, "at least 16 characters"),
        ({"PROSA_DATABASE_URL": "postgresql://prosa:password@db/prosa"}, "a password that nobody guesses"),
        ({"PROSA_DATABASE_URL": "postgresql://prosa@db/prosa?password=prosa"}, "a password that nobody guesses"),
        ({"PROSA_RELOAD": "true"}, "expected false in production"),
        ({"PROSA_TRUSTED_PROXIES": "0.0.0.0/0"}, "not everybody's"),
        ({"PROSA_TRUSTED_PROXIES": "::/0"}, "not everybody's"),
    ],
)
def test_production_refuses(tmp_path: Path, environ: dict[str, str], expected: str) -> None:
    line = refusal(tmp_path, PROSA_ENV="production", **environ)
    assert expected in line
    assert not any(value in line for name, value in environ.items() if name.endswith(("KEY", "KEYS", "TOKEN", "SECRET", "URL")))
    if "PROSA_TRUSTED_PROXIES" not in environ:
        load(environ, tmp_path)  # development starts


@pytest.mark.attack("M1")
def test_production_refuses_secrets_in_a_file_that_everybody_may_read(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text(f"PROSA_ENV=production\nAPI_KEY={GOOD_KEY}\n")
    dotenv.chmod(0o644)
    assert "chmod 600" in refusal(tmp_path)
    dotenv.chmod(0o600)
    assert load({}, tmp_path).settings.server.production


def test_production_starts_beyond_this_machine_since_nobody_comes_in_without_an_account_or_a_key(tmp_path: Path) -> None:
    public = {"PROSA_ENV": "production", "PROSA_HOST": "0.0.0.0"}
    plain = load(public, tmp_path).settings.identity
    assert (plain.keys, plain.anonymous, plain.people.registration) == ((), frozenset(), "invite")
    assert load(public | {"API_KEY": GOOD_KEY}, tmp_path).settings.gateway.mock is False
    assert load(public | {"PROSA_ANONYMOUS": "bitaca"}, tmp_path).settings.identity.anonymous == {"bitaca"}
    assert load({"PROSA_ENV": "production", "LLM_PROVIDER": "mock"}, tmp_path).settings.interactions.model is None


@pytest.mark.contract("C29")
@pytest.mark.parametrize("value", ["your-openai-api-key", "sk-your-openai-api-key-here", "SUA_CHAVE_AQUI", "SUA_CHAVE"])
def test_placeholders_of_example_files_count_as_not_set(tmp_path: Path, value: str) -> None:
    assert load({"OPENAI_API_KEY": value, "PROSA_ENV": "production"}, tmp_path).settings.gateway.providers == ()


def test_in_development_an_example_secret_counts_as_not_set_with_a_warning(tmp_path: Path) -> None:
    loaded = load({"API_KEY": "your-key", "SECRET_KEY": "x-change-in-production"}, tmp_path)
    assert loaded.settings.identity.keys == ()
    assert loaded.settings.identity.people.signing_secrets == ()
    assert sum("counts as not set" in warning for warning in loaded.warnings) == 2


@pytest.mark.attack("M3", "M4")
def test_no_secret_shows_in_lines_warnings_or_texts_of_the_settings(tmp_path: Path) -> None:
    secrets = {
        name: f"canary-{name}-9f8e7d" for name in ("API_KEY", "API_KEYS", "PROSA_METRICS_TOKEN", "SECRET_KEY", "OPENAI_API_KEY")
    }
    loaded = load({**secrets, "PROSA_PROVIDER_LAB_API_KEY": "canary-lab", "PROSA_PROVIDER_LAB_BASE_URL": "http://a/v1"}, tmp_path)
    shown = repr(loaded) + str(loaded.lines) + str(loaded.settings)
    assert "canary" not in shown
    assert "canary-API_KEY-9f8e7d" in loaded.settings.logs.secrets
