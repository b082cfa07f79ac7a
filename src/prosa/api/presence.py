"""A client that may leave: what is done for it alone ends at once, and with it the provider's connection (B43)."""

import asyncio
from types import TracebackType

from prosa.api.edge import Departure, Exchange


class ClientPresent:
    """`with ClientPresent(exchange) as present:` cancels its body when the client leaves, and then ends quietly.

    Cancelling is what closes a provider's connection, whether its answer has begun or not; the gateway settles the call as
    cancelled. `present.left` tells it afterwards. A cancellation that comes from elsewhere (the server stops) goes on upwards.
    """

    __slots__ = ("_departure", "_exchange", "_inside", "_task", "_watcher", "left")

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._inside = False
        self._watcher: asyncio.Task[None] | None = None
        self.left = False

    def __enter__(self) -> "ClientPresent":
        task = asyncio.current_task()
        assert task is not None
        self._task = task
        self._inside = True
        departure: Departure | None = self._exchange.scope.get("prosa.departure")
        if departure is None:
            # Another server than prosa's own: only a task that waits for the message hears of it.
            departure = Departure()
            self._watcher = asyncio.create_task(_wait(self._exchange, departure))
        self._departure = departure
        departure.watch(self._gone)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None) -> bool:
        self._inside = False
        self._departure.forget()
        if self._watcher is not None:
            self._watcher.cancel()
        return kind is asyncio.CancelledError and self.left and self._task.uncancel() == 0

    def _gone(self) -> None:
        if self._inside:
            self.left = True
            self._task.cancel()


async def _wait(exchange: Exchange, departure: Departure) -> None:
    await exchange.gone()
    departure.happen()
