"""Public names as people see them: what they are for, what they cost, whose they are."""

import re
from collections.abc import Mapping
from typing import Final

from prosa.administration.models import Fixed, ModelKind, ModelPrice, ModelView, Origin, Stored
from prosa.gateway import CallKind, Catalogue, GatewaySettings, ModelEntry, Provider
from prosa.usage import Price, Rates

# Providers list what they have without saying what it is for; these words stand in the names of such models.
_EMBEDDING: Final = re.compile(r"embed|(?:^|[/_-])(?:bge|e5|gte|minilm|nv-embedqa)(?:[/_:-]|$)", re.IGNORECASE)
_OTHER: Final = re.compile(
    r"whisper|(?:^|[/_-])tts|dall-e|gpt-image|moderation|transcribe|realtime|(?:^|[/_-])sora|rerank|imagen|(?:^|[/_-])veo-"
    r"|babbage-002|davinci-002|orpheus|stable-diffusion|(?:^|[/_-])flux",
    re.IGNORECASE,
)
MOCK: Final = "mock"


def kind_of(model: str, provider: Provider) -> ModelKind:
    """What a model is for, by what its provider is told of it, else by its name."""
    if model == provider.default_embedding_model or _EMBEDDING.search(model):
        return ModelKind.EMBEDDING
    if model == provider.default_model:
        return ModelKind.CHAT
    return ModelKind.OTHER if _OTHER.search(model) else ModelKind.CHAT


class Views:
    """The names of one state of the catalogue, with what is stored of them."""

    def __init__(self, catalogue: Catalogue, settings: GatewaySettings, stored: Stored, fixed: Mapping[str, Fixed]) -> None:
        """`settings`: those of the start, with the aliases of prosa.toml."""
        self._catalogue = catalogue
        self._file = {model.name: model for model in settings.models}
        self._stored = stored
        self._fixed = fixed
        self._defaults = {catalogue.default_name(kind) for kind in CallKind}

    def every(self) -> list[ModelView]:
        """All names, aliases first."""
        return [self.of(entry) for entry in self._catalogue.every_name()]

    def of(self, entry: ModelEntry) -> ModelView:
        """One name."""
        stored, file = self._stored.names.get(entry.id), self._file.get(entry.id)
        leads = file or stored
        provider, model = self._behind(entry)
        return ModelView(
            id=entry.id,
            title=(stored.title if stored is not None else None) or (entry.id if entry.alias_of is not None else model),
            kind=kind_of(model, provider) if provider is not None else ModelKind.CHAT,
            provider=None if entry.alias_of is not None else entry.owner,
            enabled=stored is None or stored.enabled,
            default=entry.id in self._defaults,
            context_length=provider.context_length if provider is not None else None,
            targets=leads.targets if leads is not None else (),
            fallbacks=leads.fallbacks if leads is not None else (),
            origin=self._origin(entry),
            own_price=stored.price if stored is not None else None,
            version=stored.version if stored is not None else 0,
        )

    def price_of(self, entry: ModelView) -> tuple[str, str] | None:
        """By which provider and model its price is found; None for an alias."""
        provider = self._catalogue.providers.get(entry.provider or "")
        return None if provider is None else (provider.name, entry.id.removeprefix(f"{provider.name}/"))

    def _origin(self, entry: ModelEntry) -> Origin:
        if entry.id in self._file:
            return Origin.FILE
        stored = self._stored.names.get(entry.id)
        return Origin.DATABASE if stored is not None and (stored.targets or stored.fallbacks) else Origin.DEFAULT

    def _behind(self, entry: ModelEntry) -> tuple[Provider | None, str]:
        """The provider that answers, and the model's name there; of an alias that of its first target."""
        providers = self._catalogue.providers
        if entry.alias_of is None:
            provider = providers[entry.owner]
            return provider, entry.id if provider.wire == MOCK else entry.id.removeprefix(f"{entry.owner}/")
        head, _, rest = entry.alias_of.partition("/")
        if head in providers and rest:
            return providers[head], rest
        for provider in providers.values():
            if entry.alias_of in self._catalogue.lists(provider.name):
                return provider, entry.alias_of
        return None, entry.alias_of


def priced(price: Price | None) -> ModelPrice | None:
    """A price that doesn't depend on how long a question is; None for every other one."""
    if price is None or len(price.tiers) != 1:
        return None
    rates = price.tiers[0]
    return ModelPrice(rates.input, rates.output, rates.cached)


def chosen_prices(stored: Stored) -> dict[str, Price]:
    """What administrators have said that models cost, by their names with their providers' before them."""
    found = {name.name: name.price for name in stored.names.values() if name.price is not None}
    return {
        name if "/" in name else f"{MOCK}/{name}": Price((Rates(0, price.input, price.output, price.cached),))
        for name, price in found.items()
    }
