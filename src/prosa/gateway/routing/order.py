"""From candidates to a plan: chance among equals, then fallbacks, without the targets whose circuit is open."""

from collections.abc import Callable

from prosa.gateway.routing.models import Attempt, Candidates, Dropped, Plan, Weighted

OPEN = "its circuit is open: it failed too often a moment ago"


def ordered(found: Candidates, closed: Callable[[str], bool], draw: float) -> Plan:
    """The plan of one call. `closed` tells whether a target's circuit is closed, `draw` is a number in [0, 1).

    When every circuit is open the first target is tried all the same: a refusal without a try would help nobody.
    """
    if len(found.targets) == 1 and not found.fallbacks and closed(found.targets[0].attempt.key):  # nearly every call
        return Plan(found.asked, (found.targets[0].attempt,), found.dropped, found.reasoning)
    line = [*_shuffled(list(found.targets), draw), *found.fallbacks]
    attempts: list[Attempt] = []
    dropped = list(found.dropped)
    for attempt in line:
        if any(attempt.key == other.key for other in attempts):
            continue
        if closed(attempt.key):
            attempts.append(attempt)
        else:
            dropped.append(Dropped(attempt.key, OPEN))
    return Plan(found.asked, tuple(attempts or line[:1]), tuple(dropped), found.reasoning)


def _shuffled(targets: list[Weighted], draw: float) -> list[Attempt]:
    """Equals in an order that chance gives: each next one is drawn by weight, and what is left of the draw decides the rest."""
    line: list[Attempt] = []
    while targets:
        total = sum(target.weight for target in targets)
        mark, chosen, low = draw * total, len(targets) - 1, 0.0
        for index, target in enumerate(targets):
            if mark < low + target.weight:
                chosen = index
                draw = (mark - low) / target.weight if target.weight > 0 else draw
                break
            low += target.weight
        line.append(targets.pop(chosen).attempt)
    return line


def permitted(asked: str | None, found: Candidates, allowed: frozenset[str]) -> bool:
    """Whether a caller with these public names may be answered by these candidates: by the name it asked for, or because all
    that it stands for is allowed under its full name."""
    if asked is not None and asked in allowed:
        return True
    attempts = (*(target.attempt for target in found.targets), *found.fallbacks)
    return all(_named(attempt, asked is None) & allowed for attempt in attempts)


def _named(attempt: Attempt, default: bool) -> frozenset[str]:
    """The public names of a target; a bare one counts where nobody asked for another provider's model of that name."""
    bare = default or attempt.provider.wire == "mock"
    return frozenset({attempt.key, attempt.model} if bare else {attempt.key})
