"""Providers as administrators see them, wherever they come from. No key stands in any of them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from prosa.administration.models import Fixed, Origin, ProviderState, ProviderView, StoredProvider
from prosa.gateway import REGISTRY, Gateway, ProviderSettings
from prosa.kit import moments

_FIRST: Final = ("api_key", "base_url", "models", "model", "embedding_model", "context_length", "kind")


def fixed_of(name: str, fixed: Mapping[str, Fixed]) -> Fixed | None:
    """The setting that makes a provider of the start be here; None for one that was found on this machine."""
    return next((found for word in _FIRST if (found := fixed.get(f"providers.{name}.{word}")) is not None), None)


def given_view(provider: ProviderSettings, fixed: Mapping[str, Fixed]) -> ProviderView:
    """A provider of the start."""
    row, maker = REGISTRY[provider.kind], fixed_of(provider.name, fixed)
    key = fixed.get(f"providers.{provider.name}.api_key")
    return ProviderView(
        name=provider.name,
        kind=provider.kind,
        title=row.title,
        base_url=provider.base_url or row.base_url,
        origin=Origin.DISCOVERED if maker is None else maker.origin,
        state=ProviderState.READY,
        setting=None if maker is None else maker.setting,
        key_setting=None if key is None else key.setting,
        key_set=provider.api_key is not None,
        models=provider.models,
        default_model=provider.default_model,
        default_embedding_model=provider.default_embedding_model,
        context_length=provider.context_length,
    )


def mock_view(fixed: Mapping[str, Fixed]) -> ProviderView:
    """The mock, which is there by itself unless a setting says no."""
    row, found = REGISTRY["mock"], fixed.get("gateway.mock")
    return ProviderView(
        name=row.name,
        kind=row.name,
        title=row.title,
        base_url="",
        origin=Origin.DEFAULT if found is None else found.origin,
        state=ProviderState.READY,
        setting="PROSA_MOCK",
        default_model=row.default_model,
        default_embedding_model=row.default_embedding_model,
    )


def stored_view(provider: StoredProvider, place: int, state: ProviderState) -> ProviderView:
    """A provider of the database; `place` is where it stands among those."""
    row = REGISTRY.get(provider.kind)
    return ProviderView(
        name=provider.name,
        kind=provider.kind,
        title=row.title if row is not None else provider.kind,
        base_url=provider.base_url or (row.base_url if row is not None else ""),
        origin=Origin.DATABASE,
        state=state,
        key_set=provider.api_key is not None,
        key_hint=provider.key_hint,
        key_changed_at=moments.shown_if(provider.key_at),
        models=provider.models,
        default_model=provider.default_model,
        default_embedding_model=provider.default_embedding_model,
        context_length=provider.context_length,
        enabled=provider.enabled,
        position=place,
        version=provider.version,
    )


def with_facts(view: ProviderView, gateway: Gateway) -> ProviderView:
    """The same with how many models are known of it, and which of them are left alone just now."""
    if view.state is not ProviderState.READY:
        return view
    beginning = f"{view.name}/"
    circuits = tuple(name for name in gateway.breaker.open_targets() if name.startswith(beginning))
    return replace(view, known_models=len(gateway.catalogue.lists(view.name)), open_circuits=circuits)
