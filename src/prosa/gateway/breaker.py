"""Circuits: a target that keeps failing is left alone for a while, then tried once."""

from prosa.kit.clock import Clock

_MOST = 4096  # targets that are remembered: callers choose the models' names, so they are bounded


class Breaker:
    """One circuit a target. It opens after `threshold` failures in a row, for `seconds`; then one trial call decides."""

    def __init__(self, clock: Clock, threshold: int, seconds: float) -> None:
        self._clock = clock
        self._threshold = threshold
        self._seconds = seconds
        self._failures: dict[str, int] = {}
        self._until: dict[str, float] = {}

    def closed(self, target: str) -> bool:
        """Whether the target may be tried now. Pure: `begin` is what takes the trial."""
        until = self._until.get(target)
        return until is None or self._clock.monotonic() >= until

    def begin(self, target: str) -> float | None:
        """A call to the target begins: while it runs as the trial of an open circuit, nobody else tries.

        Returns what `spared` needs.
        """
        before = self._until.get(target)
        if before is not None:
            self._until[target] = self._clock.monotonic() + self._seconds
        return before

    def spared(self, target: str, before: float | None) -> None:
        """The call that began so told nothing about the target: its caller left, or was at fault. The next one is the trial."""
        if before is not None and target in self._until:
            self._until[target] = before

    def succeeded(self, target: str) -> None:
        """The target answered; its circuit is closed."""
        if self._failures:
            self._failures.pop(target, None)
            self._until.pop(target, None)

    def failed(self, target: str) -> None:
        """The target failed in a way that is its own fault."""
        count = self._failures.pop(target, 0) + 1
        self._failures[target] = count  # put last: the first one is the one that has failed longest ago
        if len(self._failures) > _MOST:
            oldest = next(iter(self._failures))
            del self._failures[oldest]
            self._until.pop(oldest, None)
        if count >= self._threshold:
            self._until[target] = self._clock.monotonic() + self._seconds

    def forget(self, provider: str) -> None:
        """The provider isn't what it was: what its models did before tells nothing any more."""
        beginning = f"{provider}/"
        for known in (self._failures, self._until):
            for target in [target for target in known if target.startswith(beginning)]:
                del known[target]

    def open_targets(self) -> tuple[str, ...]:
        """Targets whose circuit is open now, for doctor and metrics."""
        return tuple(target for target in self._until if not self.closed(target))
