"""Circuits: a target that keeps failing is left alone for a while, then tried once."""

from prosa.kit.clock import Clock


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

    def begin(self, target: str) -> None:
        """A call to the target begins: while it runs as the trial of an open circuit, nobody else tries."""
        if target in self._until:
            self._until[target] = self._clock.monotonic() + self._seconds

    def succeeded(self, target: str) -> None:
        """The target answered; its circuit is closed."""
        if self._failures:
            self._failures.pop(target, None)
            self._until.pop(target, None)

    def failed(self, target: str) -> None:
        """The target failed in a way that is its own fault."""
        count = self._failures.get(target, 0) + 1
        self._failures[target] = count
        if count >= self._threshold:
            self._until[target] = self._clock.monotonic() + self._seconds

    def open_targets(self) -> tuple[str, ...]:
        """Targets whose circuit is open now, for doctor and metrics."""
        return tuple(target for target in self._until if not self.closed(target))
