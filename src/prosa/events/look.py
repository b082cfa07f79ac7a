"""Looking whether there is something new: at each wake-up, and now and then in any case."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from prosa.events.signals import Signals
from prosa.kit.errors import ProsaError

_logger = logging.getLogger("prosa.events")
EVERY: Final = 0.25  # seconds; what a lost wake-up costs at most
GAP: Final = 0.01  # seconds between two looks, however many wake-ups come
REMARK_SECONDS: Final = 10.0


class Look:
    """Runs `ask` when `topic` is signalled and at latest every `every` seconds, never twice at the same time."""

    def __init__(self, ask: Callable[[], Awaitable[None]], signals: Signals, topic: str, every: float = EVERY) -> None:
        """What `ask` raises is no end: the next look comes in its time. See `age` for what that means to those who rely on it."""
        self._ask = ask
        self._signals = signals
        self._topic = topic
        self._every = every
        self._woken = asyncio.Event()
        self._leave: Callable[[], None] | None = None
        self._task: asyncio.Task[None] | None = None
        self._again: asyncio.TimerHandle | None = None
        self._quiet_until = 0.0
        self._asked_at = float("-inf")

    @property
    def age(self) -> float:
        """Seconds since the beginning of the last look that succeeded; infinite before the first."""
        return time.monotonic() - self._asked_at

    def start(self) -> None:
        """Begin to look, at once for the first time."""
        if self._leave is None:
            self._leave = self._signals.subscribe(self._topic, self._wake)
            self._begin()

    async def stop(self) -> None:
        """Stop looking; an `ask` under way is cancelled."""
        if self._leave is not None:
            self._leave()
            self._leave = None
        if self._again is not None:
            self._again.cancel()
            self._again = None
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    def _wake(self, _payload: str) -> None:
        self._woken.set()

    def _begin(self) -> None:
        self._task = asyncio.create_task(self._run())
        self._task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        """An error that nobody foresaw is said, though not each time, and doesn't end the looking."""
        if task.cancelled() or task is not self._task:
            return
        error = task.exception()
        now = time.monotonic()
        if now >= self._quiet_until:
            self._quiet_until = now + REMARK_SECONDS
            _logger.error("a look at %s failed", self._topic, exc_info=error)
        self._again = asyncio.get_running_loop().call_later(self._every, self._begin)

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            began = time.monotonic()
            try:
                await self._ask()
                self._asked_at = began
            except ProsaError as error:
                _logger.debug("a look at %s failed: %s", self._topic, error.code)
            await asyncio.sleep(GAP)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._every - GAP):
                    await self._woken.wait()
