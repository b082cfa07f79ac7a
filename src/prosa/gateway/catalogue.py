"""Which models there are: aliases, what the settings name, and what providers list when asked."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from prosa.drivers.outbound import Transport
from prosa.gateway.breaker import Breaker
from prosa.gateway.listing import LIST_BYTES, LISTING, list_request, names_in
from prosa.gateway.models import CallKind, Provider
from prosa.gateway.providers import REGISTRY, configured
from prosa.gateway.providers.mock import MODELS as MOCK_MODELS
from prosa.gateway.routing import Candidates, Plan, Policy, candidates, ordered
from prosa.gateway.settings import GatewaySettings, ProviderSettings
from prosa.kit.clock import Clock
from prosa.kit.errors import ProsaError

LISTED_FOR = 300.0  # seconds that a provider's own list is believed
ASKED_AGAIN = 10.0  # seconds, where somebody didn't answer
_CACHE = 1024  # resolved names; callers choose them, so they are bounded
MOCK = ProviderSettings(name="mock", kind="mock")


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One public name: `provider/model`, an alias, or one of the mock's own."""

    id: str
    owner: str
    alias_of: str | None = None


class Catalogue:
    """Names in, candidates out; resolved names are kept, because the hot path asks for the same few."""

    def __init__(self, settings: GatewaySettings, transport: Transport, clock: Clock, before: "Catalogue | None" = None) -> None:
        """`before`: the one that it takes the place of; what that knows of providers which stay as they are needn't be asked."""
        self._settings = settings
        self._transport = transport
        self._clock = clock
        self._models = {model.name: model for model in settings.models}
        chosen = [row for row in settings.providers if not (settings.production and row.kind == "mock")]
        if settings.mock and not settings.production and all(row.kind != "mock" for row in chosen):
            chosen.append(MOCK)
        self.providers: dict[str, Provider] = {row.name: configured(row) for row in chosen}
        self._found: dict[str, tuple[str, ...]] = {}
        self._found_at: float | None = None
        if before is not None:
            self._know(before)
        self._listing = asyncio.Lock()
        self._resolved: dict[tuple[CallKind, str | None], Candidates] = {}
        self._policy = self._make_policy()

    def _know(self, before: "Catalogue") -> None:
        stay = {name for name, provider in self.providers.items() if before.providers.get(name) == provider}
        self._found = {name: found for name, found in before._found.items() if name in stay}
        if stay == self.providers.keys():
            self._found_at = before._found_at

    def candidates(self, kind: CallKind, name: str | None) -> Candidates:
        """What `name` stands for. Raises ModelNotFound, NoProvider."""
        found = self._resolved.get((kind, name))
        if found is None:
            found = candidates(self._policy, kind, name)
            if len(self._resolved) >= _CACHE:
                self._resolved.clear()
            self._resolved[(kind, name)] = found
        return found

    def explain(self, name: str | None, kind: CallKind = CallKind.CHAT, breaker: Breaker | None = None) -> Plan:
        """The plan that a call of this name would have now, with its reasons."""
        closed: Callable[[str], bool] = breaker.closed if breaker is not None else _always
        return ordered(self.candidates(kind, name), closed, 0.0)

    def default(self, kind: CallKind) -> str | None:
        """The public name of the default model, None when there is none."""
        try:
            attempt = self.candidates(kind, None).targets[0].attempt
        except ProsaError:
            return None
        return attempt.model

    def default_name(self, kind: CallKind) -> str | None:
        """The name by which callers know the default model: an alias, or that of a provider's own."""
        wanted = self._settings.default_model if kind is CallKind.CHAT else self._settings.default_embedding_model
        try:
            found = self.candidates(kind, None)
        except ProsaError:
            return None
        alias = self._models.get(wanted) if wanted is not None else None
        return wanted if alias is not None and alias.targets else found.targets[0].attempt.public

    def names(self) -> list[ModelEntry]:
        """Every public name that can be called, once, aliases first."""
        return [entry for entry in self.every_name() if entry.id not in self._settings.hidden]

    def lists(self, name: str) -> frozenset[str]:
        """The names of a provider's models that are known, as it has them."""
        return self._policy.listed.get(name, frozenset())

    def every_name(self) -> list[ModelEntry]:
        """Those that are switched off too; `[models.NAME]` without targets only gives options to a name that is listed."""
        entries = [ModelEntry(model.name, "prosa", model.targets[0][0]) for model in self._settings.models if model.targets]
        for provider in self.providers.values():
            entries += [ModelEntry(provider.public(name), provider.name) for name in sorted(self._policy.listed[provider.name])]
        return list(by_name(entries).values())

    async def discover(self, *, only: str | None = None) -> None:
        """Ask the providers for their lists, at most once in five minutes; who doesn't answer keeps what is known of it."""
        async with self._listing:
            now = self._clock.monotonic()
            if only is None and self._found_at is not None and now - self._found_at < LISTED_FOR:
                return
            asked = [row for row in self.providers.values() if row.wire != "mock" and only in (None, row.name)]
            lists = await asyncio.gather(*(self._list(provider) for provider in asked))
            self._found |= {provider.name: found for provider, found in zip(asked, lists, strict=True) if found}
            if only is None:
                # A server that isn't up yet is asked again soon.
                self._found_at = now if all(lists) else now - LISTED_FOR + ASKED_AGAIN
            self._policy = self._make_policy()
            self._resolved.clear()

    async def probe(self, provider: Provider) -> int:
        """Ask one provider for its list, for doctor. Returns the number of models; raises what the call raises."""
        return len(await self._ask(provider))

    async def _list(self, provider: Provider) -> tuple[str, ...]:
        try:
            return await self._ask(provider)
        except ProsaError:
            # A provider that can't be asked now is still there for calls; its calls will say what is wrong.
            return ()

    async def _ask(self, provider: Provider) -> tuple[str, ...]:
        reply = await self._transport.open(provider.target, list_request(provider), LISTING)
        try:
            body = await reply.body(LIST_BYTES)
        finally:
            reply.close()
        if reply.status in (401, 403):
            raise ProsaError(f"the provider refuses the key (status {reply.status})")
        if reply.status != 200:
            raise ProsaError(f"the provider answered its list of models with status {reply.status}")
        return names_in(body)

    def _make_policy(self) -> Policy:
        return Policy(
            providers=self.providers,
            models=self._models,
            listed={name: self._names_of(provider) for name, provider in self.providers.items()},
            default_model=self._settings.default_model,
            default_embedding_model=self._settings.default_embedding_model,
            production=self._settings.production,
            vendors=frozenset(REGISTRY),
            hidden=self._settings.hidden,
        )

    def _names_of(self, provider: Provider) -> frozenset[str]:
        if provider.wire == "mock":
            return frozenset(MOCK_MODELS)
        named = {provider.default_model, provider.default_embedding_model, *provider.models, *self._found.get(provider.name, ())}
        return frozenset(name for name in named if name)


def _always(_target: str) -> bool:
    return True


def by_name(entries: list[ModelEntry]) -> Mapping[str, ModelEntry]:
    """The entries by id; of two equal ids the first (an alias hides a model)."""
    found: dict[str, ModelEntry] = {}
    for entry in entries:
        found.setdefault(entry.id, entry)
    return found
