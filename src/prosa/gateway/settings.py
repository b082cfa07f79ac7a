"""What the gateway is told at start."""

from dataclasses import dataclass, field
from enum import StrEnum

from prosa.drivers.outbound import Timeouts


class Reasoning(StrEnum):
    """What becomes of a model's reasoning: a field of its own, left in the text as the model wrote it, or dropped."""

    FIELD = "field"
    TEXT = "text"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """One configured provider: `kind` names a row of the registry, `base_url` replaces the row's; the key goes nowhere else."""

    name: str
    kind: str
    base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    models: tuple[str, ...] = ()
    default_model: str | None = None
    default_embedding_model: str | None = None
    context_length: int | None = None  # tokens; only where the wire lets it be set (Ollama)
    private: bool = True  # the operator wrote this address down, so it may be private


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """A name of the catalogue: an alias with weighted targets and fallbacks, or options of a model that a provider lists."""

    name: str
    targets: tuple[tuple[str, float], ...] = ()  # ("provider/model", weight); empty: the name itself
    fallbacks: tuple[str, ...] = ()  # tried in order after the targets
    reasoning: Reasoning | None = None


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """All of it: providers in order of preference, names, defaults, bounds."""

    providers: tuple[ProviderSettings, ...] = ()
    models: tuple[ModelSettings, ...] = ()
    production: bool = False
    default_model: str | None = None
    default_embedding_model: str | None = None
    hidden: frozenset[str] = frozenset()  # public names that are neither listed nor called; an alias may lead to what they name
    mock: bool = True  # never in production
    mock_script: str | None = None  # path of a script file for the mock provider
    timeouts: Timeouts = field(default_factory=Timeouts)
    retries: int = 2  # further tries at one target before the next
    breaker_threshold: int = 5  # failures in a row that open the circuit
    breaker_seconds: float = 60.0
    answer_bytes: int = 64 * 1024 * 1024
