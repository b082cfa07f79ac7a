"""The nouns of routing."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from prosa.gateway.models import Provider
from prosa.gateway.settings import ModelSettings, Reasoning


@dataclass(frozen=True, slots=True)
class Policy:
    """What names are resolved against. `listed` holds, a provider each, every model name that is known of it."""

    providers: Mapping[str, Provider]  # in order of preference; the mock, where allowed, last
    models: Mapping[str, ModelSettings]
    listed: Mapping[str, frozenset[str]]
    default_model: str | None = None
    default_embedding_model: str | None = None
    production: bool = False
    vendors: frozenset[str] = frozenset()  # every provider's name that there is, configured or not
    hidden: frozenset[str] = frozenset()  # public names that nobody may call


@dataclass(frozen=True, slots=True)
class Attempt:
    """One target to try: the provider, the model's name there, and why it stands here."""

    provider: Provider
    model: str
    why: str
    key: str  # "provider/model": the circuit's name

    @property
    def public(self) -> str:
        """The name by which callers know it."""
        return self.provider.public(self.model)


@dataclass(frozen=True, slots=True)
class Weighted:
    """A target among equals: tried first with the probability that its weight gives."""

    attempt: Attempt
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Dropped:
    """A target that is not tried, and why."""

    target: str
    reason: str


@dataclass(frozen=True, slots=True)
class Candidates:
    """What a name stands for, before circuits and chance: equals first, then fallbacks in order."""

    asked: str | None
    targets: tuple[Weighted, ...]
    fallbacks: tuple[Attempt, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    reasoning: Reasoning | None = None


class Plan(msgspec.Struct, frozen=True):
    """The attempts of one call in order, and the reasoned drops."""

    asked: str | None
    attempts: tuple[Attempt, ...]
    dropped: tuple[Dropped, ...] = ()
    reasoning: Reasoning | None = None
