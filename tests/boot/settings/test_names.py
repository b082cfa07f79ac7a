"""Every name that a document tells has its effect."""

from collections.abc import Callable
from pathlib import Path

import pytest

from prosa.boot.settings import Settings, load

Look = Callable[[Settings], object]

NAMES: list[tuple[str, str, Look, object]] = [
    ("PROSA_ENV", "production", lambda s: (s.server.production, s.edge.production, s.gateway.production), (True, True, True)),
    ("FLASK_ENV", "production", lambda s: s.server.production, True),
    ("PROSA_HOST", "127.0.0.2", lambda s: s.server.host, "127.0.0.2"),
    ("API_HOST", "0.0.0.0", lambda s: s.server.host, "0.0.0.0"),
    ("API_PORT", "8000", lambda s: s.server.port, 8000),
    ("PROSA_PORT", "3001", lambda s: s.server.port, 3001),
    ("PROSA_WORKERS", "4", lambda s: s.server.workers, 4),
    ("PROSA_DATA_DIR", "elsewhere", lambda s: s.database.path, Path("elsewhere/prosa.db")),
    ("PROSA_PUBLIC_URL", "https://chat.example/", lambda s: s.identity.public_url, "https://chat.example"),
    (
        "PROSA_TRUSTED_PROXIES",
        "cloudflare, 10.0.0.0/8,::1",
        lambda s: s.identity.trusted_proxies,
        ("cloudflare", "10.0.0.0/8", "::1"),
    ),
    ("PROSA_ANONYMOUS", "bitaca,serverless", lambda s: s.identity.anonymous, {"bitaca", "serverless"}),
    ("PROSA_METRICS_TOKEN", "scrape", lambda s: s.edge.metrics_token, "scrape"),
    ("ENABLE_METRICS", "false", lambda s: s.edge.metrics, False),
    ("PROSA_MAX_BODY_MB", "2", lambda s: s.edge.body_bytes, 2 * 1024 * 1024),
    ("PROSA_MAX_SOCKETS", "7", lambda s: s.edge.sockets, 7),
    ("PROSA_MAX_RUNS", "7", lambda s: s.runs.driving, 7),
    ("PROSA_REQUESTS_PER_MINUTE", "7", lambda s: s.usage.key_per_minute, 7),
    ("RATE_LIMIT_PER_MINUTE", "7", lambda s: (s.usage.bitaca_per_minute, s.usage.serverless_per_minute), (7, 7)),
    (
        "ALLOWED_ORIGINS",
        "https://a.example/, https://b.example",
        lambda s: s.identity.origins,
        {"https://a.example", "https://b.example"},
    ),
    ("CORS_ORIGINS", '["http://localhost:3000"]', lambda s: s.identity.origins, {"http://localhost:3000"}),
    ("API_KEY", "one, two", lambda s: [key.secret for key in s.identity.keys], ["one", "two"]),
    ("API_KEYS", "one,two,one", lambda s: [key.secret for key in s.identity.keys], ["one", "two"]),
    ("PROSA_API_KEYS", "three", lambda s: [key.secret for key in s.identity.keys], ["three"]),
    ("REQUIRE_API_KEY", "TRUE", lambda s: s.identity.serverless_requires_key, True),
    ("LOG_LEVEL", "DEBUG", lambda s: s.logs.level, "debug"),
    ("LOG_FORMAT", "json", lambda s: s.logs.form, "json"),
    ("PROSA_DEFAULT_MODEL", "openai/gpt-4o", lambda s: s.gateway.default_model, "openai/gpt-4o"),
    ("PROSA_DEFAULT_EMBEDDING_MODEL", "e", lambda s: s.gateway.default_embedding_model, "e"),
    ("CIRCUIT_BREAKER_THRESHOLD", "9", lambda s: s.gateway.breaker_threshold, 9),
    ("CIRCUIT_BREAKER_TIMEOUT", "9.5", lambda s: s.gateway.breaker_seconds, 9.5),
    ("PROSA_TOTAL_SECONDS", "9", lambda s: s.gateway.timeouts.total, 9.0),
    ("BITACA_MODELS", "a,b", lambda s: s.bitaca.models, ("a", "b")),
    ("SERVERLESS_STRICT", "true", lambda s: s.interactions.strict, True),
    ("ENABLE_CACHE", "true", lambda s: s.interactions.cache, True),
    ("CACHE_TTL_SECONDS", "60", lambda s: s.interactions.cache_seconds, 60),
    ("DATABASE_PATH", "old.db", lambda s: s.import_path, Path("old.db")),
    ("JWT_SECRET_KEY", "signing", lambda s: s.identity.people.signing_secrets, ("signing",)),
    ("SECRET_KEY", "signing", lambda s: s.identity.people.signing_secrets, ("signing",)),
    ("FLASK_SECRET_KEY", "signing", lambda s: s.identity.people.signing_secrets, ("signing",)),
    ("NVIDIA_API_KEY", "nvapi-1", lambda s: s.bitaca.model, "nvidia/qwen/qwen3-next-80b-a3b-thinking"),
    ("OPENAI_API_KEY", "sk-1", lambda s: (s.gateway.providers[0].name, s.gateway.providers[0].api_key), ("openai", "sk-1")),
    ("GEMINI_API_KEY", "g", lambda s: s.interactions.model, "gemini/gemini-2.5-flash"),
    ("OPENROUTER_API_KEY", "o", lambda s: s.interactions.model, "openrouter/google/gemini-2.5-flash"),
    ("OLLAMA_BASE_URL", "http://box:11434/v1", lambda s: s.gateway.providers[0].base_url, "http://box:11434"),
    ("VLLM_BASE_URL", "http://box:8000/v1", lambda s: s.gateway.providers[0].name, "vllm"),
    ("LLAMACPP_BASE_URL", "http://box:8080/v1", lambda s: s.gateway.providers[0].name, "llamacpp"),
    ("LMSTUDIO_BASE_URL", "http://box:1234/v1", lambda s: s.gateway.providers[0].name, "lmstudio"),
    ("PROSA_PROVIDER_MY_LAB_BASE_URL", "http://box:1/v1", lambda s: s.gateway.providers[0].name, "my_lab"),
]


@pytest.mark.contract("B45", "S30", "C29")
@pytest.mark.parametrize(("name", "value", "look", "expected"), NAMES, ids=[name for name, *_ in NAMES])
def test_the_name_works_from_environment_and_file(tmp_path: Path, name: str, value: str, look: Look, expected: object) -> None:
    assert look(load({name: value}, tmp_path).settings) == expected
    (tmp_path / ".env").write_text(f"{name}={value}\n")
    assert look(load({}, tmp_path).settings) == expected


def test_keys_of_both_names_are_valid_together_and_own_things_by_what_they_are(tmp_path: Path) -> None:
    first = load({"API_KEY": "one", "API_KEYS": "two"}, tmp_path).settings.identity.keys
    turned = load({"API_KEY": "two", "API_KEYS": "one"}, tmp_path).settings.identity.keys
    assert {(key.name, key.secret) for key in first} == {(key.name, key.secret) for key in turned}
    assert len({key.name for key in first}) == 2


def test_origins_of_both_names_are_united_and_examples_are_no_defaults_in_production(tmp_path: Path) -> None:
    both = {"ALLOWED_ORIGINS": "https://a.example", "CORS_ORIGINS": "https://b.example"}
    assert load(both, tmp_path).settings.identity.origins == {"https://a.example", "https://b.example"}
    assert "http://localhost:5173" in load({}, tmp_path).settings.identity.origins
    assert load({"PROSA_ENV": "production"}, tmp_path).settings.identity.origins == frozenset()


@pytest.mark.contract("B45")
def test_the_older_name_of_nvidias_address_and_its_model_work(tmp_path: Path) -> None:
    environ = {"NVIDIA_API_KEY": "nvapi-1", "NVIDIA_API_URL": "http://10.0.0.1/v1", "NVIDIA_MODEL": "meta/llama"}
    found = load(environ, tmp_path).settings
    assert found.gateway.providers[0].base_url == "http://10.0.0.1/v1"
    assert found.bitaca.model == "nvidia/meta/llama"
    # the vendor's own address in an example file, beside an empty key, configures nothing
    assert load({"NVIDIA_API_URL": "https://integrate.api.nvidia.com/v1"}, tmp_path).settings.gateway.providers == ()


@pytest.mark.contract("S04", "S30")
@pytest.mark.parametrize(
    ("environ", "model", "fallbacks"),
    [
        ({}, None, ()),
        ({"GEMINI_API_KEY": "g"}, "gemini/gemini-2.5-flash", ()),
        ({"GEMINI_API_KEY": "g", "OPENROUTER_API_KEY": "o"}, "openrouter/google/gemini-2.5-flash", ("gemini/gemini-2.5-flash",)),
        (
            {"GEMINI_API_KEY": "g", "OPENROUTER_API_KEY": "o", "LLM_PROVIDER": "gemini", "OPENROUTER_MODEL": "x/y"},
            "gemini/gemini-2.5-flash",
            ("openrouter/x/y",),
        ),
        ({"GEMINI_API_KEY": "g", "OPENROUTER_API_KEY": "o", "LLM_FALLBACK": "false"}, "openrouter/google/gemini-2.5-flash", ()),
        ({"OPENROUTER_API_KEY": "o", "LLM_PROVIDER": "gemini"}, "openrouter/google/gemini-2.5-flash", ()),
        ({"GEMINI_API_KEY": "g", "LLM_PROVIDER": "mock"}, "mock", ("gemini/gemini-2.5-flash",)),
        ({"OPENAI_API_KEY": "sk-1", "OPENAI_MODEL": "gpt-x", "LLM_PROVIDER": "openai"}, "openai/gpt-x", ()),
    ],
)
def test_the_serverless_dialects_model_goes_by_provider_and_keys(
    tmp_path: Path, environ: dict[str, str], model: str | None, fallbacks: tuple[str, ...]
) -> None:
    found = load(environ, tmp_path).settings.interactions
    assert (found.model, found.fallback_models) == (model, fallbacks)


@pytest.mark.parametrize(
    "url", ["http://localhost:3000/v1", "http://127.0.0.1:3000/v1", "http://[::1]:3000/v1", "http://chat.example:3000/v1"]
)
def test_prosa_never_takes_itself_for_a_provider(tmp_path: Path, url: str) -> None:
    environ = {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": "key-of-prosa", "PROSA_PUBLIC_URL": "http://chat.example:3000"}
    loaded = load(environ, tmp_path)
    assert loaded.settings.gateway.providers == ()
    assert any("OPENAI_BASE_URL" in warning for warning in loaded.warnings)
    (tmp_path / ".env").write_text("OPENAI_API_KEY=sk-of-openai\n")
    del environ["OPENAI_API_KEY"]
    found = load(environ, tmp_path).settings.gateway.providers
    assert [(row.api_key, row.base_url) for row in found] == [("sk-of-openai", None)]


def test_only_an_address_that_the_operator_wrote_may_be_private(tmp_path: Path) -> None:
    found = load({"OPENAI_API_KEY": "sk-1", "VLLM_BASE_URL": "http://10.0.0.1:8000/v1"}, tmp_path).settings.gateway.providers
    assert [(row.name, row.private) for row in found] == [("openai", False), ("vllm", True)]
