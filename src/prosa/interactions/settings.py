"""What S's dialect is told at start (contracts: serverless, section 6)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InteractionSettings:
    """`strict` masks personal data and refuses certain words; the cache is per key and userId."""

    strict: bool = False  # SERVERLESS_STRICT
    cache: bool = False  # ENABLE_CACHE
    cache_seconds: int = 3600  # CACHE_TTL_SECONDS
    model: str | None = None  # by LLM_PROVIDER and the keys present; None: the gateway's default
    fallback_models: tuple[str, ...] = ()  # LLM_FALLBACK: the other configured provider
    answer_seconds: float = 28.0
