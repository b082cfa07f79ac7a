"""Which models there are: aliases, what the settings name, and what providers list when asked."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec

from prosa.drivers.outbound import OutboundRequest, Target, Timeouts, Transport
from prosa.gateway.breaker import Breaker
from prosa.gateway.models import CallKind, Provider
from prosa.gateway.providers import REGISTRY, configured
from prosa.gateway.providers.mock import MODELS as MOCK_MODELS
from prosa.gateway.routing import Candidates, Plan, Policy, candidates, ordered
from prosa.gateway.settings import GatewaySettings, ProviderSettings
from prosa.kit.clock import Clock
from prosa.kit.errors import ProsaError

LISTING = Timeouts(connect=2.0, first_byte=4.0, silence=4.0, total=6.0)
LISTED_FOR = 300.0  # seconds that a provider's own list is believed
ASKED_AGAIN = 10.0  # seconds, where somebody didn't answer
_CACHE = 1024  # resolved names; callers choose them, so they are bounded
_LIST_BYTES = 8 * 1024 * 1024
MOCK = ProviderSettings(name="mock", kind="mock")


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One public name: `provider/model`, an alias, or one of the mock's own."""

    id: str
    owner: str
    alias_of: str | None = None


class Catalogue:
    """Names in, candidates out; resolved names are kept, because the hot path asks for the same few."""

    def __init__(self, settings: GatewaySettings, transport: Transport, clock: Clock) -> None:
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
        self._listing = asyncio.Lock()
        self._resolved: dict[tuple[CallKind, str | None], Candidates] = {}
        self._policy = self._make_policy()

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

    def names(self) -> list[ModelEntry]:
        """Every public name once, aliases first; `[models.NAME]` without targets only gives options to a name that is listed."""
        entries = [ModelEntry(model.name, "prosa", model.targets[0][0]) for model in self._settings.models if model.targets]
        for provider in self.providers.values():
            prefix = "" if provider.wire == "mock" else f"{provider.name}/"
            entries += [ModelEntry(prefix + name, provider.name) for name in sorted(self._policy.listed[provider.name])]
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
        path = "/api/tags" if provider.wire == "ollama" else f"{provider.path}/models"
        target = Target(provider.scheme, provider.host, provider.port, provider.private)
        reply = await self._transport.open(target, OutboundRequest("GET", path, _credentials(provider)), LISTING)
        try:
            body = await reply.body(_LIST_BYTES)
        finally:
            reply.close()
        if reply.status in (401, 403):
            raise ProsaError(f"the provider refuses the key (status {reply.status})")
        if reply.status != 200:
            raise ProsaError(f"the provider answered its list of models with status {reply.status}")
        return _names_in(body)

    def _make_policy(self) -> Policy:
        return Policy(
            providers=self.providers,
            models=self._models,
            listed={name: self._names_of(provider) for name, provider in self.providers.items()},
            default_model=self._settings.default_model,
            default_embedding_model=self._settings.default_embedding_model,
            production=self._settings.production,
            vendors=frozenset(REGISTRY),
        )

    def _names_of(self, provider: Provider) -> frozenset[str]:
        if provider.wire == "mock":
            return frozenset(MOCK_MODELS)
        named = {provider.default_model, provider.default_embedding_model, *provider.models, *self._found.get(provider.name, ())}
        return frozenset(name for name in named if name)


def _always(_target: str) -> bool:
    return True


def _credentials(provider: Provider) -> tuple[tuple[str, str], ...]:
    if not provider.api_key:
        return ()
    if provider.wire == "anthropic_messages":
        return (("x-api-key", provider.api_key), ("anthropic-version", "2023-06-01"))
    return (("authorization", f"Bearer {provider.api_key}"),)


class _Listed(msgspec.Struct):
    id: str | None = None
    name: str | None = None


class _List(msgspec.Struct):
    data: list[_Listed] = []
    models: list[_Listed] = []


_DECODER = msgspec.json.Decoder(_List)


def _names_in(body: bytes) -> tuple[str, ...]:
    """The names of a list in OpenAI's form (`data[].id`) or Ollama's (`models[].name`)."""
    try:
        found = _DECODER.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ProsaError("the provider's list of models can't be read") from error
    names = [entry.id or entry.name for entry in (*found.data, *found.models)]
    # Gemini lists "models/gemini-…" and takes the bare name.
    return tuple(name.removeprefix("models/") for name in names if name)


def by_name(entries: list[ModelEntry]) -> Mapping[str, ModelEntry]:
    """The entries by id; of two equal ids the first (an alias hides a model)."""
    found: dict[str, ModelEntry] = {}
    for entry in entries:
        found.setdefault(entry.id, entry)
    return found
