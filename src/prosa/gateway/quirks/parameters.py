"""Parameter names and values that a vendor refuses or wants otherwise: one row for each vendor or family of models."""

import re
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from prosa.gateway.models import Provider

_OPENAI_ONLY = ("store", "metadata", "service_tier", "safety_identifier", "prompt_cache_key", "web_search_options", "prediction")
_ANSWER_BOUND = ("max_completion_tokens", "max_tokens")


@dataclass(frozen=True, slots=True)
class Quirk:
    """What to do with a request's top-level fields: `drop` them, `rename` (old, new), `put` values, by name."""

    drop: frozenset[str] = frozenset()
    rename: tuple[tuple[str, str], ...] = ()
    put: tuple[tuple[str, msgspec.Raw], ...] = ()


@dataclass(frozen=True, slots=True)
class _Row:
    """`vendor` is a provider's name or the end of its host, `model` a pattern; an empty one fits all."""

    vendor: tuple[str, ...]
    model: str
    quirk: Quirk


_ROWS = (
    # Names of fields that Google doesn't know are refused by its OpenAI-compatible endpoint ("Cannot find field").
    _Row(("gemini", "googleapis.com"), "", Quirk(frozenset((*_OPENAI_ONLY, "logit_bias", "user")))),
    # Mistral checks bodies strictly ("Extra inputs are not permitted") and calls the bound by its older name.
    _Row(("mistral", "mistral.ai"), "", Quirk(frozenset((*_OPENAI_ONLY, "user", "logit_bias")), (_ANSWER_BOUND,))),
    _Row(("nvidia", "nvidia.com"), "", Quirk(frozenset(_OPENAI_ONLY), (_ANSWER_BOUND,))),
    _Row(("deepseek", "deepseek.com", "together", "together.xyz"), "", Quirk(rename=(_ANSWER_BOUND,))),
    # NVIDIA's retrieval models are asked for numbers, whatever the client decodes.
    _Row((), r"(?i)(^|/)(\w[\w.-]*-)?nv-embed", Quirk(put=(("encoding_format", msgspec.Raw(b'"float"')),))),
    # OpenAI's reasoning models know the bound by its newer name only; the first ones refuse sampling parameters too.
    _Row(("openai", "openai.com"), r"^(o\d|gpt-[5-9])", Quirk(rename=(_ANSWER_BOUND[::-1],))),
    _Row(("openai", "openai.com"), r"^(o\d|gpt-5(-mini|-nano)?(-\d{4}|$))", Quirk(frozenset(("temperature", "top_p")))),
)


def for_provider(provider: Provider, model: str) -> Quirk | None:
    """What this model at this provider needs; None where it needs nothing."""
    return _found(provider.name, provider.host, model)


@lru_cache(maxsize=1024)
def _found(name: str, host: str, model: str) -> Quirk | None:
    fitting = [row.quirk for row in _ROWS if _fits(row, name, host) and re.search(row.model, model)]
    if not fitting:
        return None
    return Quirk(
        frozenset().union(*(quirk.drop for quirk in fitting)),
        tuple(pair for quirk in fitting for pair in quirk.rename),
        tuple(pair for quirk in fitting for pair in quirk.put),
    )


def _fits(row: _Row, name: str, host: str) -> bool:
    if not row.vendor:
        return True
    return any(vendor == name or host == vendor or host.endswith(f".{vendor}") for vendor in row.vendor)
