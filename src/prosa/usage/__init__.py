"""What is used, what it costs, and how much a caller may.

Of a run: `UsageService.calls_of_runs(space, run_ids) -> dict[run_id, Costs]`, by stored ids.
"""

from prosa.usage.budget import Budget, NoBudget
from prosa.usage.calls import SettledCall
from prosa.usage.errors import LimiterUnavailable, RateLimited
from prosa.usage.memory import MemoryLimiter
from prosa.usage.models import (
    UNLIMITED,
    Call,
    Costs,
    DayOfActivity,
    Decision,
    Figures,
    Group,
    Limiter,
    Report,
    UsageQuery,
)
from prosa.usage.ownership import erase_usage, inherit_usage
from prosa.usage.payer import Payer, payer_of
from prosa.usage.prices import Price, PriceBook, PriceSources, Rates
from prosa.usage.recorder import Recorder
from prosa.usage.service import UsageService
from prosa.usage.settings import UsageSettings
from prosa.usage.shared import SharedLimiter

__all__ = [
    "UNLIMITED",
    "Budget",
    "Call",
    "Costs",
    "DayOfActivity",
    "Decision",
    "Figures",
    "Group",
    "Limiter",
    "LimiterUnavailable",
    "MemoryLimiter",
    "NoBudget",
    "Payer",
    "Price",
    "PriceBook",
    "PriceSources",
    "RateLimited",
    "Rates",
    "Recorder",
    "Report",
    "SettledCall",
    "SharedLimiter",
    "UsageQuery",
    "UsageService",
    "UsageSettings",
    "erase_usage",
    "inherit_usage",
    "payer_of",
]
