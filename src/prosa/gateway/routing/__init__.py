"""Where a call goes: pure functions, names and facts in, ordered attempts and reasoned drops out."""

from prosa.gateway.routing.models import Attempt, Candidates, Dropped, Plan, Policy, Weighted
from prosa.gateway.routing.names import candidates
from prosa.gateway.routing.order import ordered, permitted

__all__ = ["Attempt", "Candidates", "Dropped", "Plan", "Policy", "Weighted", "candidates", "ordered", "permitted"]
