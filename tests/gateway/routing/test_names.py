"""What a model's name stands for."""

from dataclasses import replace

import pytest

from prosa.gateway.errors import ModelNotFound, NoDefaultModel, NoProvider
from prosa.gateway.models import CallKind, Provider
from prosa.gateway.providers import REGISTRY, configured
from prosa.gateway.routing import Candidates, Policy, candidates
from prosa.gateway.settings import ModelSettings, ProviderSettings, Reasoning

CHAT, EMBEDDINGS = CallKind.CHAT, CallKind.EMBEDDINGS


def provider(kind: str, name: str | None = None, **more: str) -> Provider:
    return configured(ProviderSettings(name=name or kind, kind=kind, api_key="sk-test", **more))  # type: ignore[arg-type]  # strings only


def policy(*kinds: str, models: tuple[ModelSettings, ...] = (), default: str | None = None, production: bool = False) -> Policy:
    providers = {kind: provider(kind) for kind in kinds}
    listed = {
        kind: frozenset(name for name in (row.default_model, row.default_embedding_model) if name)
        for kind, row in providers.items()
    }
    if "mock" in listed:
        listed["mock"] = frozenset({"mock", "mock-echo"})
    if "ollama" in listed:
        listed["ollama"] = frozenset({"gemma3:1b", "llama3.2"})
    return Policy(
        providers, {model.name: model for model in models}, listed, default, production=production, vendors=frozenset(REGISTRY)
    )


def first(found: Candidates) -> str:
    return found.targets[0].attempt.key


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("openai/gpt-4o", "openai/gpt-4o"),
        ("gpt-4o", "openai/gpt-4o"),
        ("claude-opus-4-1", "anthropic/claude-opus-4-1"),
        ("gemma3:1b", "ollama/gemma3:1b"),
        ("mock", "mock/mock"),
        ("mock-echo", "mock/mock-echo"),
        ("something-nobody-lists", "openai/something-nobody-lists"),
        ("gpt-4-turbo-preview", "openai/gpt-4o-mini"),
        ("gemini-pro", "openai/gpt-4o-mini"),
        (None, "openai/gpt-4o-mini"),
    ],
)
@pytest.mark.contract("A71")
def test_a_name_is_resolved_by_the_first_rule_that_fits(name: str | None, expected: str) -> None:
    assert first(candidates(policy("openai", "anthropic", "ollama", "mock"), CHAT, name)) == expected


def test_a_vendor_prefix_that_is_no_configured_provider_is_part_of_the_name() -> None:
    assert first(candidates(policy("nvidia", "mock"), CHAT, "meta/llama-3.1-8b-instruct")) == "nvidia/meta/llama-3.1-8b-instruct"
    assert (
        first(candidates(policy("openrouter"), CHAT, "openrouter/google/gemini-2.5-flash"))
        == "openrouter/google/gemini-2.5-flash"
    )


def test_with_the_mock_alone_an_unknown_name_is_refused_with_the_way_out() -> None:
    with pytest.raises(ModelNotFound, match="API key") as caught:
        candidates(policy("mock"), CHAT, "gpt-9")
    assert caught.value.status == 404 and caught.value.code == "model_not_found" and caught.value.param == "model"


def test_old_names_run_on_the_mock_when_it_is_the_default() -> None:
    assert first(candidates(policy("mock"), CHAT, "gpt-3.5-turbo")) == "mock/mock"


@pytest.mark.contract("B36")
def test_the_pinned_embedding_model_is_never_another_models_vectors() -> None:
    name = "nvidia/nv-embedqa-e5-v5"
    assert first(candidates(policy("nvidia", "openai", "mock"), EMBEDDINGS, name)) == f"nvidia/{name}"
    assert first(candidates(policy("openai", "mock"), EMBEDDINGS, name)) == f"mock/{name}"
    with pytest.raises(NoProvider):
        candidates(policy("openai", production=True), EMBEDDINGS, name)


def test_an_alias_keeps_its_targets_weights_fallbacks_and_says_what_it_dropped() -> None:
    alias = ModelSettings(
        "fast",
        targets=(("openai/gpt-4o-mini", 3.0), ("groq/llama", 1.0), ("mistral/mistral-small-latest", 0.5)),
        fallbacks=("anthropic/claude-haiku-4-5",),
        reasoning=Reasoning.FIELD,
    )
    found = candidates(policy("openai", "mistral", "anthropic", models=(alias,)), CHAT, "fast")
    assert [(target.attempt.key, target.weight) for target in found.targets] == [
        ("openai/gpt-4o-mini", 3.0),
        ("mistral/mistral-small-latest", 0.5),
    ]
    assert [(drop.target, drop.reason) for drop in found.dropped] == [("groq/llama", "the provider groq is not configured")]
    assert [attempt.key for attempt in found.fallbacks] == ["anthropic/claude-haiku-4-5"]
    assert found.reasoning is Reasoning.FIELD


def test_a_target_that_a_configured_provider_lists_goes_there_though_it_begins_with_a_vendors_name() -> None:
    alias = ModelSettings("fast", targets=(("openai/gpt-oss-120b", 1.0),))
    listing = replace(policy("groq", models=(alias,)), listed={"groq": frozenset({"openai/gpt-oss-120b"})})
    assert first(candidates(listing, CHAT, "fast")) == "groq/openai/gpt-oss-120b"


def test_an_alias_with_no_configured_target_is_an_unknown_model() -> None:
    alias = ModelSettings("fast", targets=(("gpt-9", 1.0),))
    with pytest.raises(ModelNotFound, match="no target"):
        candidates(policy("mock", models=(alias,)), CHAT, "fast")


def test_nothing_configured_says_what_to_set() -> None:
    with pytest.raises(NoProvider, match="OPENAI_API_KEY"):
        candidates(policy(production=True), CHAT, None)


def test_the_configured_default_wins_over_the_first_provider() -> None:
    assert (
        first(candidates(policy("openai", "mistral", default="mistral/mistral-small-latest"), CHAT, None))
        == "mistral/mistral-small-latest"
    )
    found = candidates(policy("openai", "mistral", default="mistral/mistral-small-latest"), CHAT, "unknown-name")
    assert first(found) == "mistral/unknown-name"


def test_without_the_operators_default_a_request_has_to_name_its_model() -> None:
    with pytest.raises(NoDefaultModel, match="name its model") as caught:
        candidates(policy("mock", default="openai/nothing"), CHAT, None)
    assert (caught.value.status, caught.value.param) == (400, "model")
    with pytest.raises(ModelNotFound) as named:
        candidates(policy("mock", default="openai/nothing"), CHAT, "openai/nothing")
    assert named.value.status == 404


@pytest.mark.contract("A71")
def test_names_that_moved_assistants_were_made_with_run_on_the_default_where_nobody_of_their_family_is() -> None:
    assert first(candidates(policy("openai", "groq"), CHAT, "gpt-4o-mini")) == "openai/gpt-4o-mini"
    assert first(candidates(policy("anthropic", "mock"), CHAT, "gpt-4o-mini")).startswith("anthropic/")
    assert first(candidates(policy("mock"), CHAT, "gpt-4.1-nano")) == "mock/mock"
