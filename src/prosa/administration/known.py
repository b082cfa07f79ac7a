"""Which names lead to a model: what is written down has to lead somewhere, today at least."""

from prosa.administration.errors import Unfit, UnknownModel
from prosa.administration.models import StoredName
from prosa.gateway import CallKind, Gateway
from prosa.kit.errors import ProsaError


class KnownModels:
    """Judges names by what the gateway knows."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def require(self, param: str, name: str, kind: CallKind = CallKind.CHAT) -> None:
        """A name that people may call has to lead somewhere. Raises UnknownModel, Unfit for one that is switched off."""
        catalogue = self._gateway.catalogue
        names = {entry.id for entry in catalogue.every_name()}
        if name in names and name not in {entry.id for entry in catalogue.names()}:
            raise Unfit(param, f"The model {name} is switched off.")
        if name in names:
            return
        self.require_target(param, name)
        try:
            catalogue.candidates(kind, name)
        except ProsaError:
            raise UnknownModel(param, name) from None

    def require_target(self, param: str, name: str) -> None:
        """Where an alias leads: a provider's own model, one that is switched off too. Raises UnknownModel, Unfit."""
        catalogue = self._gateway.catalogue
        if any(entry.alias_of is not None and entry.id == name for entry in catalogue.every_name()):
            raise Unfit(param, f"{name} is an alias itself: an alias leads to models.")
        if any(name in catalogue.lists(provider) for provider in catalogue.providers):
            return
        head, _, rest = name.partition("/")
        provider = catalogue.providers.get(head)
        if provider is None or not rest:
            raise UnknownModel(param, name)
        listed = catalogue.lists(head)
        # A provider that never told a list is believed: what it has shows when it is called.
        if rest not in listed and name not in listed and (listed - self._named(head)):
            raise UnknownModel(param, name)

    def _named(self, provider: str) -> frozenset[str]:
        """The models that somebody named, which isn't a list of the provider's own."""
        found = self._gateway.catalogue.providers[provider]
        return frozenset(name for name in (found.default_model, found.default_embedding_model, *found.models) if name)

    def require_targets(self, name: StoredName) -> None:
        """All that a name leads to. Raises UnknownModel, Unfit for an alias of itself or of another alias."""
        led = {f"targets.{place}.model": target for place, (target, _) in enumerate(name.targets)}
        led |= {f"fallbacks.{place}": target for place, target in enumerate(name.fallbacks)}
        for param, target in led.items():
            if target == name.name:
                raise Unfit(param, "It would lead to itself.")
            self.require_target(param, target)
