"""What the generations of Claude models differ in, read from a model's name."""

import re
from dataclasses import dataclass

# "claude-sonnet-4-5-20250929", "claude-opus-5", "claude-3-7-sonnet-20250219": a date is no part of the version.
_VERSION = re.compile(r"claude-(?:[a-z]+-)?(\d{1,2})(?:[-.](\d{1,2}))?(?![\d])")

_BUDGETS = {"minimal": 1024, "low": 2048, "medium": 8192, "high": 16384, "xhigh": 24576, "max": 32768}
_EFFORTS = {"minimal": "low", "low": "low", "medium": "medium", "high": "high", "xhigh": "xhigh", "max": "max"}


@dataclass(frozen=True, slots=True)
class Generation:
    """What one generation takes. Source: Anthropic's migration guide and "Adaptive thinking" (platform documentation, 2026)."""

    sampling: bool = True  # temperature, top_p and top_k; refused from 4.7 on
    adaptive: bool = False  # thinking {"type": "adaptive"} with output_config.effort, from 4.6 on
    budgeted: bool = False  # thinking {"type": "enabled", "budget_tokens"}, 3.7 to 4.5
    omits: bool = False  # leaves thinking text out unless display is "summarized", from 4.7 on


def generation(model: str) -> Generation:
    """The generation of this model; a name without a version is taken for a recent one that takes everything."""
    found = _VERSION.search(model)
    if found is None:
        return Generation(sampling="mythos" not in model, adaptive=True)
    version = int(found[1]), int(found[2] or 0)
    return Generation(
        sampling=version < (4, 7),
        adaptive=version >= (4, 6),
        budgeted=(3, 7) <= version < (4, 6),
        omits=version >= (4, 7),
    )


def effort(asked: str) -> str | None:
    """Anthropic's word for a reasoning_effort; None for "none" and for words that mean nothing here."""
    return _EFFORTS.get(asked)


def budget(asked: str, answer_tokens: int) -> int | None:
    """Thinking tokens for a reasoning_effort: at least 1,024 and less than the answer's bound; None where that can't be."""
    wanted = _BUDGETS.get(asked)
    if wanted is None or answer_tokens <= 1024:
        return None
    return min(wanted, answer_tokens - 1)
