"""What a model's name stands for: an alias, a listed name, an old name, a family, the default provider."""

from dataclasses import replace

from prosa.gateway.errors import ModelNotFound, NoDefaultModel, NoProvider
from prosa.gateway.models import CallKind, Provider
from prosa.gateway.routing.models import Attempt, Candidates, Dropped, Policy, Weighted

# Names that documents of the replaced systems show; they run on the default model where nobody lists them.
OLD_NAMES = frozenset({"gpt-4-turbo-preview", "gpt-3.5-turbo", "gemini-pro"})
# Names that assistants moved here were made with; where no provider of their family is configured they run there too.
MOVED_NAMES = frozenset({"gpt-4", "gpt-4-turbo", "gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-4.1-mini", "gpt-4.1-nano"})
# An asymmetric model whose vectors a site has stored: any other model's vectors would be silently wrong.
PINNED_EMBEDDING = "nvidia/nv-embedqa-e5-v5"
MOCK = "mock"
_OLD = "an old name: runs on the default model"


def candidates(policy: Policy, kind: CallKind, name: str | None) -> Candidates:
    """Resolve `name` (None: the default of `kind`). Raises ModelNotFound or NoProvider, each with the way out in its text."""
    if not policy.providers:
        raise NoProvider("no model provider is configured; set a provider's API key, for example OPENAI_API_KEY")
    if name is None:
        return _default(policy, kind)
    if name in policy.hidden:
        raise _not_offered(name)
    alias = policy.models.get(name)
    if alias is not None:
        return _alias(policy, kind, name)
    return Candidates(name, (Weighted(_offered(policy, kind, name)),))


def _offered(policy: Policy, kind: CallKind, name: str) -> Attempt:
    """The target of a name that is no alias, unless that is switched off, by whichever of its names somebody asks for it."""
    found = _single(policy, kind, name)
    if policy.hidden and found.public in policy.hidden and found.why is not _OLD:
        raise _not_offered(name)
    return found


def _not_offered(name: str) -> ModelNotFound:
    return ModelNotFound(f"the model {name!r} is not offered here; GET /v1/models lists the names", param="model")


def _alias(policy: Policy, kind: CallKind, name: str) -> Candidates:
    alias = policy.models[name]
    dropped: list[Dropped] = []
    targets = [Weighted(found, weight) for target, weight in alias.targets if (found := _target(policy, kind, target, dropped))]
    if not alias.targets:
        targets = [Weighted(_offered(policy, kind, name))]
    fallbacks = tuple(found for target in alias.fallbacks if (found := _target(policy, kind, target, dropped)))
    if not targets and not fallbacks:
        raise ModelNotFound(f"the model {name!r} has no target whose provider is configured", param="model")
    return Candidates(name, tuple(targets), fallbacks, tuple(dropped), alias.reasoning)


def _target(policy: Policy, kind: CallKind, target: str, dropped: list[Dropped]) -> Attempt | None:
    vendor = target.partition("/")[0]
    if "/" in target and vendor in policy.vendors and vendor not in policy.providers and not _listed(policy, target):
        # Somebody wrote down whom to ask: another provider, given this name, could only refuse it.
        dropped.append(Dropped(target, f"the provider {vendor} is not configured"))
        return None
    try:
        return replace(_single(policy, kind, target), why="a target of the alias")
    except (ModelNotFound, NoProvider) as error:
        dropped.append(Dropped(target, error.message))
        return None


def _listed(policy: Policy, name: str) -> bool:
    return any(name in names for names in policy.listed.values())


def _default(policy: Policy, kind: CallKind) -> Candidates:
    wanted = policy.default_model if kind is CallKind.CHAT else policy.default_embedding_model
    if wanted is not None:
        try:
            return replace(candidates(policy, kind, wanted), asked=None)
        except ModelNotFound as error:
            raise NoDefaultModel(error.message) from error
    for provider in policy.providers.values():
        model = default_of(policy, provider, kind)
        if model is not None:
            return Candidates(
                None, (Weighted(_attempt(provider, model, "the default model of the first provider that has one")),)
            )
    raise NoProvider(f"no configured provider has a default model for {kind.value}; set PROSA_DEFAULT_{_SETTING[kind]}")


_SETTING = {CallKind.CHAT: "MODEL", CallKind.EMBEDDINGS: "EMBEDDING_MODEL"}


def default_of(policy: Policy, provider: Provider, kind: CallKind) -> str | None:
    """A provider's own default: configured, else of its row, else (chat) the first name that it lists and that is offered."""
    named = provider.default_embedding_model if kind is CallKind.EMBEDDINGS else provider.default_model
    if named is not None and provider.public(named) not in policy.hidden:
        return named
    if kind is CallKind.EMBEDDINGS:
        return None
    return min(
        (
            name
            for name in policy.listed.get(provider.name, ())
            if provider.public(name) not in policy.hidden and name != provider.default_embedding_model
        ),
        default=None,
    )


def _single(policy: Policy, kind: CallKind, name: str) -> Attempt:
    """One target for a name that is no alias, by the first rule that fits."""
    mock = _mock(policy, name)
    if mock is not None:
        return mock
    named = _prefixed(policy, name)
    if named is not None:
        return named
    for provider in policy.providers.values():
        if provider.wire != MOCK and name in policy.listed.get(provider.name, ()):
            return _attempt(provider, name, "the provider lists it")
    if name in OLD_NAMES:
        return replace(_default(policy, kind).targets[0].attempt, why=_OLD)
    return _by_family(policy, kind, name)


def _prefixed(policy: Policy, name: str) -> Attempt | None:
    """`provider/model`. Where a vendor's own model names begin with its name (nvidia/…), those stay whole."""
    head, _, rest = name.partition("/")
    provider = policy.providers.get(head)
    if provider is None or not rest:
        return None
    whole = name in policy.listed.get(head, ()) or (f"{head}/" in provider.families and "/" not in rest)
    return _attempt(provider, name if whole else rest, "names its provider")


def _mock(policy: Policy, name: str) -> Attempt | None:
    """The mock's own names always mean the mock, wherever it is allowed."""
    provider = policy.providers.get(MOCK)
    if provider is None:
        return None
    if name == MOCK or name in policy.listed.get(MOCK, ()):
        return _attempt(provider, name, "the mock's own name")
    return None


def _by_family(policy: Policy, kind: CallKind, name: str) -> Attempt:
    real = [provider for provider in policy.providers.values() if provider.wire != MOCK]
    for provider in real:
        if name.startswith(provider.families) and provider.families:
            return _attempt(provider, name, "the provider's family of names")
    if kind is CallKind.CHAT and name in MOVED_NAMES:
        return replace(_default(policy, kind).targets[0].attempt, why=_OLD)
    if kind is CallKind.EMBEDDINGS and name == PINNED_EMBEDDING:
        if MOCK in policy.providers:
            return _attempt(policy.providers[MOCK], name, "stands in for NVIDIA NIM in development")
        raise NoProvider("this embedding model needs NVIDIA NIM; set NVIDIA_API_KEY")
    if real:
        return _attempt(_preferred(policy, real), name, "the default provider: lists are incomplete, so the name is passed on")
    known = ", ".join(sorted(policy.listed.get(MOCK, ()))[:8])
    raise ModelNotFound(
        f"the model {name!r} does not exist here: only the mock is running ({known}). "
        "Set a provider's API key, for example OPENAI_API_KEY, or use the model 'mock'",
        param="model",
    )


def _preferred(policy: Policy, real: list[Provider]) -> Provider:
    """The provider of the default model, where that names one; else the first."""
    head = (policy.default_model or "").partition("/")[0]
    return next((provider for provider in real if provider.name == head), real[0])


def _attempt(provider: Provider, model: str, why: str) -> Attempt:
    return Attempt(provider, model, why, f"{provider.name}/{model}")
