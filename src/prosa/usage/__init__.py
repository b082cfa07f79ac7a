"""How much a caller may: limits now, budgets and prices later."""

from prosa.usage.errors import LimiterUnavailable, RateLimited
from prosa.usage.memory import MemoryLimiter
from prosa.usage.models import UNLIMITED, Decision, Limiter
from prosa.usage.settings import UsageSettings
from prosa.usage.shared import SharedLimiter

__all__ = [
    "UNLIMITED",
    "Decision",
    "Limiter",
    "LimiterUnavailable",
    "MemoryLimiter",
    "RateLimited",
    "SharedLimiter",
    "UsageSettings",
]
