"""The same world under Hypothesis, which chooses each step by what came of those before and cuts down what goes wrong."""

import asyncio
import logging
from contextlib import ExitStack

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.runs.sim_history import FAULTS, KINDS, Deed, complaints, do, end, repeatable
from tests.runs.sim_world import SERVERS, World

SHARES = st.floats(0, 1, exclude_max=True, width=16)
PLACES = st.integers(0, SERVERS - 1)
PAUSES = st.sampled_from((0.0, 0.003, 0.02, 0.2, 1.5))


class Servers(RuleBasedStateMachine):
    """Servers, clients and faults, a step at a time."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()

    @initialize(seed=st.integers(0, 2**32))
    def begin(self, seed: int) -> None:
        """Start the servers; the seed decides on delays and on who is next."""
        logging.disable()
        self._stack.callback(logging.disable, logging.NOTSET)
        self._stack.enter_context(repeatable(seed))
        self.world = World(seed)
        self._stack.callback(self.world.loop.bury)
        self.world.loop.run(self._begin())

    async def _begin(self) -> None:
        self.world.begin()

    @rule(after=PAUSES, place=PLACES, a=SHARES, b=SHARES, c=SHARES)
    def start(self, after: float, place: int, a: float, b: float, c: float) -> None:
        """A client starts a run."""
        self.world.loop.run(do(self.world, Deed("start", after, place, a, b, c)))

    @rule(what=st.sampled_from([*KINDS, *FAULTS]), after=PAUSES, place=PLACES, a=SHARES, b=SHARES, c=SHARES)
    def deed(self, what: str, after: float, place: int, a: float, b: float, c: float) -> None:  # a step's own
        """Anything."""
        self.world.loop.run(do(self.world, Deed(what, after, place, a, b, c)))

    @rule(seconds=PAUSES)
    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.world.loop.run(asyncio.sleep(seconds))

    @invariant()
    def nothing_is_wrong_yet(self) -> None:
        """What every commit and every reader is judged by."""
        if hasattr(self, "world"):
            assert not complaints(self.world)

    def teardown(self) -> None:
        """Let it come to its end."""
        with self._stack:
            if hasattr(self, "world"):
                self.world.loop.run(end(self.world))
                assert not complaints(self.world)


TestServers = Servers.TestCase
TestServers.settings = settings(
    max_examples=60, stateful_step_count=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
