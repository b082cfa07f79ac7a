"""Wake-ups between simulated processes: late, lost, twice, and in another order than they were sent."""

from collections.abc import Callable
from random import Random
from typing import cast

from prosa.events import Signals, Subscriber
from tests.runs.sim_loop import SimLoop, SimProcess

LOST, TWICE = 0.25, 0.15


class SimAir:
    """What all processes of a history hear each other through."""

    def __init__(self, loop: SimLoop, seed: int) -> None:
        self._loop = loop
        self._random = Random(seed)
        self._heard: dict[SimProcess, SimSignals] = {}

    def of(self, process: SimProcess) -> Signals:
        """A process' own signals."""
        found = self._heard[process] = SimSignals(self, process)
        return cast(Signals, found)

    def spread(self, sender: SimProcess, topic: str, payload: str) -> None:
        """Carry it to every other process, or not."""
        for process, signals in self._heard.items():
            if process is sender or process.dead or not signals.subscribers.get(topic):
                continue
            drawn = self._random.random()
            for _ in range(0 if drawn < LOST else 2 if drawn > 1 - TWICE else 1):
                self._later(process, signals, topic, payload)

    def _later(self, process: SimProcess, signals: "SimSignals", topic: str, payload: str) -> None:
        delay = self._random.random() ** 3 * 0.2
        self._loop.outside_later(delay, lambda: self._loop.soon_within(process, lambda: signals.deliver(topic, payload)))


class SimSignals:
    """As `prosa.events.Signals`."""

    def __init__(self, air: SimAir, process: SimProcess) -> None:
        self.subscribers: dict[str, list[Subscriber]] = {}
        self._air = air
        self._process = process

    async def start(self) -> None:
        """Nothing is to be opened."""

    async def stop(self) -> None:
        """Nothing is to be closed."""

    def subscribe(self, topic: str, subscriber: Subscriber) -> Callable[[], None]:
        """Have it called at each signal that arrives."""
        self.subscribers.setdefault(topic, []).append(subscriber)

        def leave() -> None:
            found = self.subscribers.get(topic, [])
            if subscriber in found:
                found.remove(subscriber)
            if not found:
                self.subscribers.pop(topic, None)

        return leave

    def publish(self, topic: str, payload: str = "") -> None:
        """Wake this process at once and others perhaps."""
        self.deliver(topic, payload)
        self._air.spread(self._process, topic, payload)

    def deliver(self, topic: str, payload: str) -> None:
        """It has arrived."""
        for subscriber in tuple(self.subscribers.get(topic, ())):
            subscriber(payload)
