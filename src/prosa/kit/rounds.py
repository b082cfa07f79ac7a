"""Something that is done again and again beside the requests, whatever becomes of it once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

Once = Callable[[], Awaitable[float]]
"""Does it once; how many seconds to wait until the next time."""


class Rounds:
    """Runs `once` after `first` seconds, and then again after what it returns. One per purpose and process.

    What `once` foresees it handles itself. An error that it doesn't is logged, and the next round comes all the same after
    `first` seconds: a defect in one round must not end all later ones unheard.
    """

    def __init__(self, name: str, once: Once, first: float) -> None:
        self._name = name
        self._once = once
        self._first = first
        self._task: asyncio.Task[None] | None = None
        self._again: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin, inside the loop; does nothing where it has begun."""
        if self._task is None:
            self._begin()

    async def stop(self) -> None:
        """End; a round under way is cancelled."""
        if self._again is not None:
            self._again.cancel()
            self._again = None
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    def _begin(self) -> None:
        self._again = None
        self._task = asyncio.get_running_loop().create_task(self._run())
        self._task.add_done_callback(self._ended)

    async def _run(self) -> None:
        pause = self._first
        while True:
            await asyncio.sleep(pause)
            pause = await self._once()

    def _ended(self, task: "asyncio.Task[None]") -> None:
        if task.cancelled() or task is not self._task:
            return
        logging.getLogger("prosa").error("a round of %s failed", self._name, exc_info=task.exception())
        self._begin()
