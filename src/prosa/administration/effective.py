"""What holds: the settings of the start, and over them what is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from prosa.administration.errors import Unfit
from prosa.administration.hosts import Hosts
from prosa.administration.models import ProviderState, Stored, StoredProvider
from prosa.administration.settings import AdministrationSettings
from prosa.drivers.vault import Keyring, Place, Unsealable
from prosa.gateway import REGISTRY, GatewaySettings, ModelSettings, ProviderRow, ProviderSettings

TABLE: Final = "model_providers"
COLUMN: Final = "api_key"
MOCK: Final = "mock"


def place_of(name: str) -> Place:
    """Where a provider's key is sealed for: copied to another one's row it opens nothing (attacks.md C9)."""
    return Place(TABLE, COLUMN, name)


@dataclass(frozen=True, slots=True)
class Judged:
    """What becomes of a stored provider: `settings` is what the gateway is told, None where it isn't told of it."""

    state: ProviderState
    settings: ProviderSettings | None = None


class Effective:
    """Lays what is stored over the settings of the start; pure but for the keys that it opens."""

    def __init__(self, base: GatewaySettings, settings: AdministrationSettings, hosts: Hosts, keyring: Keyring) -> None:
        self.base = base
        self.settings = settings
        self.hosts = hosts
        self._keyring = keyring
        self._before = frozenset(provider.name for provider in base.providers)

    def gateway(self, stored: Stored, chosen: GatewaySettings) -> GatewaySettings:
        """What the gateway goes on with. `chosen`: the settings of the start with the stored defaults in them."""
        found = [self.judged(provider).settings for provider in stored.providers]
        own = {model.name: model for model in self.base.models}
        return replace(
            chosen,
            providers=(*self.base.providers, *(provider for provider in found if provider is not None)),
            models=tuple(self._models(stored, own)),
            hidden=frozenset(name.name for name in stored.names.values() if not name.enabled),
        )

    def _models(self, stored: Stored, own: Mapping[str, ModelSettings]) -> list[ModelSettings]:
        """Those of prosa.toml as they stand there; then stored aliases, and models that are given fallbacks."""
        added = (
            ModelSettings(name.name, name.targets, name.fallbacks)
            for name in stored.names.values()
            if name.name not in own and (name.targets or name.fallbacks)
        )
        return [*own.values(), *added]

    def judged(self, provider: StoredProvider) -> Judged:
        """Whether a stored provider takes part, and how."""
        if provider.name in self._before or provider.name == MOCK:
            return Judged(ProviderState.SHADOWED)
        row = REGISTRY.get(provider.kind)
        if row is None or row.wire == MOCK:
            return Judged(ProviderState.UNFIT)
        try:
            url, private = self.address(row, provider.base_url)
        except Unfit:
            return Judged(ProviderState.ADDRESS_REFUSED)
        try:
            key = self.key(provider)
        except Unsealable:
            return Judged(ProviderState.KEY_UNREADABLE)
        if not provider.enabled:
            return Judged(ProviderState.DISABLED)
        return Judged(ProviderState.READY, _told(provider, url, key, private=private))

    def address(self, row: ProviderRow, base_url: str | None) -> tuple[str | None, bool]:
        """The base URL where it is another than the row's own, and whether it is a private one. Raises Unfit."""
        if base_url is not None and row.wire == "ollama":
            base_url = base_url.rstrip("/").removesuffix("/v1").removesuffix("/api")  # prosa speaks the native interface
        if base_url is None and not row.base_url:
            raise Unfit("base_url", "Expected the server's address, such as https://llm.example/v1.")
        judged = self.hosts.judged(base_url or row.base_url)
        return (None if judged.url == row.base_url else judged.url), judged.private

    def key(self, provider: StoredProvider) -> str | None:
        """A stored key in the clear. Raises Unsealable."""
        return None if provider.api_key is None else self._keyring.open(provider.api_key, place_of(provider.name))

    def sealed(self, name: str, key: str) -> str:
        """A key as it is stored."""
        return self._keyring.seal(key, place_of(name))


def _told(provider: StoredProvider, url: str | None, key: str | None, *, private: bool) -> ProviderSettings:
    return ProviderSettings(
        name=provider.name,
        kind=provider.kind,
        base_url=url,
        api_key=key,
        models=provider.models,
        default_model=provider.default_model,
        default_embedding_model=provider.default_embedding_model,
        context_length=provider.context_length if REGISTRY[provider.kind].wire == "ollama" else None,
        private=private,
    )
