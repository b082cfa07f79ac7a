"""An event loop whose time is made up and whose processes can be paused or killed between any two steps.

Every callback belongs to a process: the one in whose context it was scheduled. Within a process they run in their order, as
asyncio promises; which process goes next is drawn from the seed. Nothing waits for real: when nobody has anything to do, the
time jumps to the next timer.
"""

import asyncio
import contextvars
import heapq
import inspect
from collections import deque
from collections.abc import Callable, Coroutine
from random import Random
from typing import Any, Final, TypeVar, cast

T = TypeVar("T")
STEPS: Final = 200_000  # of one history; one that takes more turns in a circle


class Stuck(AssertionError):
    """The history doesn't come to an end."""


class SimProcess:
    """What is paused and killed as one; also the world outside of all servers, which is never."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.ready: deque[SimHandle] = deque()
        self.paused = False
        self.dead = False
        self.tasks: list[asyncio.Task[Any]] = []

    def left_over(self) -> list[asyncio.Task[Any]]:
        """The tasks that haven't ended."""
        return [task for task in self.tasks if not task.done()]

    def __repr__(self) -> str:
        return self.name


OUTSIDE: Final = SimProcess("outside")
CURRENT: "contextvars.ContextVar[SimProcess]" = contextvars.ContextVar("CURRENT", default=OUTSIDE)


class SimHandle:
    """What asyncio's handles are to who asks for them, and no more: a history makes a thousand."""

    __slots__ = ("_when", "args", "callback", "context", "gone")

    def __init__(self, callback: Callable[..., object], args: tuple[Any, ...], context: contextvars.Context, when: float) -> None:
        self.callback = callback
        self.args = args
        self.context = context
        self.gone = False
        self._when = when

    def cancel(self) -> None:
        """Never call it."""
        self.gone = True
        self.callback, self.args = bool, ()  # whatever they hold on to is let go

    def cancelled(self) -> bool:
        return self.gone

    def when(self) -> float:
        """Seconds, as the loop counts them."""
        return self._when


class SimLoop(asyncio.AbstractEventLoop):
    """As much of an event loop as code needs that neither opens sockets nor starts processes."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.outside = SimProcess("outside")
        self.processes: list[SimProcess] = [self.outside]
        self.faults: list[dict[str, Any]] = []  # what callbacks raised and nobody caught
        self.steps = 0
        self._time = 1000.0
        self._timers: list[tuple[float, int, SimHandle, SimProcess]] = []
        self._number = 0
        self._stopping = False

    def time(self) -> float:
        """Seconds; the made-up ones."""
        return self._time

    def run(self, main: Coroutine[Any, Any, T]) -> T:
        """Run the world's own coroutine to its end."""
        asyncio._set_running_loop(self)
        token = CURRENT.set(self.outside)
        try:
            task = self.create_task(main)
            while not task.done():
                self._step()
            return task.result()
        finally:
            CURRENT.reset(token)
            asyncio._set_running_loop(None)

    def within(self, process: SimProcess, main: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        """Start a coroutine as a part of a process."""
        context = contextvars.copy_context()
        context.run(CURRENT.set, process)
        return self.create_task(main, context=context)

    def soon_within(self, process: SimProcess, callback: Callable[[], object]) -> None:
        """Have a process run a callback, when it can."""
        context = contextvars.copy_context()
        context.run(CURRENT.set, process)
        self.call_soon(callback, context=context)

    def outside_later(self, delay: float, callback: Callable[[], object]) -> None:
        """Have something happen in the world, whatever becomes of the process that asks for it."""
        context = contextvars.copy_context()
        context.run(CURRENT.set, self.outside)
        self.call_later(delay, callback, context=context)

    def kill(self, process: SimProcess) -> None:
        """Never run anything of it again; nothing of it is told, nothing is cleaned up."""
        process.dead = True
        process.ready.clear()

    def bury(self) -> None:
        """Let all tasks end, also those of killed processes, when nobody looks any more."""
        asyncio._set_running_loop(self)
        try:
            for process in self.processes:
                process.dead = process.paused = False
            until = self.steps = 0
            while until < 20_000 and (left := [task for process in self.processes for task in process.left_over()]):
                for task in left:
                    work = cast("Coroutine[Any, Any, Any]", task.get_coro())
                    if inspect.getcoroutinestate(work) == inspect.CORO_CREATED:  # its first step was never taken
                        work.close()
                    task.cancel()
                until += 1000
                while self.steps < until and any(process.ready for process in self.processes):
                    self._step()
        finally:
            asyncio._set_running_loop(None)

    # What asyncio asks of a loop.

    def call_soon(  # type: ignore[override]  # typeshed's newer generics
        self, callback: Callable[..., object], *args: Any, context: contextvars.Context | None = None
    ) -> asyncio.Handle:
        context = contextvars.copy_context() if context is None else context
        handle = SimHandle(callback, args, context, self._time)
        process = context.get(CURRENT, self.outside)
        if not process.dead:
            process.ready.append(handle)
        return cast("asyncio.Handle", handle)

    def call_later(  # type: ignore[override]  # typeshed's newer generics
        self, delay: float, callback: Callable[..., object], *args: Any, context: contextvars.Context | None = None
    ) -> asyncio.TimerHandle:
        return self.call_at(self._time + delay, callback, *args, context=context)

    def call_at(  # type: ignore[override]  # typeshed's newer generics
        self, when: float, callback: Callable[..., object], *args: Any, context: contextvars.Context | None = None
    ) -> asyncio.TimerHandle:
        context = contextvars.copy_context() if context is None else context
        handle = SimHandle(callback, args, context, when)
        self._number += 1
        heapq.heappush(self._timers, (when, self._number, handle, context.get(CURRENT, self.outside)))
        return cast("asyncio.TimerHandle", handle)

    def create_future(self) -> "asyncio.Future[Any]":
        return asyncio.Future(loop=self)

    def create_task(  # type: ignore[override]  # typeshed's newer generics
        self, coro: Coroutine[Any, Any, T], *, name: str | None = None, context: contextvars.Context | None = None
    ) -> "asyncio.Task[T]":
        task = asyncio.Task(coro, loop=self, name=name, context=context)
        process = (context or contextvars.copy_context()).get(CURRENT, self.outside)
        process.tasks.append(task)  # a loop holds its tasks weakly; one of a killed process must not be collected in the midst
        return task

    def run_in_executor(self, executor: object, func: Callable[..., T], *args: Any) -> "asyncio.Future[T]":  # type: ignore[override]  # typeshed's newer generics
        future: asyncio.Future[T] = self.create_future()

        def work() -> None:
            if not future.done():
                try:
                    future.set_result(func(*args))
                except BaseException as error:
                    future.set_exception(error)

        self.call_later(self.random.random() * 0.01, work)
        return future

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        self.faults.append(context)

    def get_debug(self) -> bool:
        return False

    def is_running(self) -> bool:
        return True

    def is_closed(self) -> bool:
        return False

    def _step(self) -> None:
        self.steps += 1
        if self.steps > STEPS:
            raise Stuck(f"after {self.steps} steps at {self._time - 1000:.3f} s")
        found = [process for process in self.processes if process.ready and not process.paused]
        timers = self._timers
        if not found:
            if not timers:
                raise Stuck("everybody waits for ever")
            self._time = max(self._time, timers[0][0])
        while timers and timers[0][0] <= self._time:
            _, _, timer, process = heapq.heappop(timers)
            if not process.dead and not timer.gone:
                process.ready.append(timer)
        if found:
            process = found[0] if len(found) == 1 else found[int(self.random.random() * len(found))]
            handle = process.ready.popleft()
            if not handle.gone:
                try:
                    handle.context.run(handle.callback, *handle.args)
                except Exception as error:
                    self.call_exception_handler({"message": f"in {handle.callback}", "exception": error})
