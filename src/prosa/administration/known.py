"""Which names lead to a model: what is written down has to lead somewhere, today at least."""

import asyncio
from typing import Final

from prosa.administration.errors import Unfit, UnknownModel
from prosa.administration.models import StoredName
from prosa.gateway import CallKind, Gateway
from prosa.kit.errors import ProsaError

PATIENCE: Final = 2.0  # seconds that a page waits for providers' lists


class KnownModels:
    """Judges names by what the gateway knows."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self._asking: asyncio.Task[None] | None = None

    async def discovered(self) -> None:
        """Have the providers asked for their lists, and wait a little: no page waits for one that is silent."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self.gateway.discover())
        await asyncio.wait([self._asking], timeout=PATIENCE)

    async def stop(self) -> None:
        """Ask for no more lists."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.wait([self._asking])

    def require(self, param: str, name: str, kind: CallKind = CallKind.CHAT) -> None:
        """A name that people may call has to lead somewhere. Raises UnknownModel, Unfit for one that is switched off."""
        catalogue = self.gateway.catalogue
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
        catalogue = self.gateway.catalogue
        if any(entry.alias_of is not None and entry.id == name for entry in catalogue.every_name()):
            raise Unfit(param, f"{name} is an alias itself: an alias leads to models.")
        if any(name in catalogue.lists(provider) for provider in catalogue.providers):
            return
        head, _, rest = name.partition("/")
        provider = catalogue.providers.get(head)
        if provider is None or not rest:
            raise UnknownModel(param, name)
        listed = catalogue.lists(head)
        # Who neither told a list nor had models named is believed: what it has shows when it is called.
        told = listed - {provider.default_model, provider.default_embedding_model}
        if rest not in listed and name not in listed and (told or provider.models):
            raise UnknownModel(param, name)

    def require_targets(self, name: StoredName) -> None:
        """All that a name leads to. Raises UnknownModel, Unfit for an alias of itself or of another alias."""
        led = {f"targets.{place}.model": target for place, (target, _) in enumerate(name.targets)}
        led |= {f"fallbacks.{place}": target for place, target in enumerate(name.fallbacks)}
        for param, target in led.items():
            if target == name.name:
                raise Unfit(param, "It would lead to itself.")
            self.require_target(param, target)
