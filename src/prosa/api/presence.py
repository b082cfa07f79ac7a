"""A client that may leave: what is done for it alone ends at once, and with it the provider's connection (B43)."""

import asyncio
from types import TracebackType

from prosa.api.edge import Exchange


class ClientPresent:
    """`with ClientPresent(exchange) as present:` cancels its body when the client leaves, and then ends quietly.

    Cancelling is what closes a provider's connection, whether its answer has begun or not; the gateway settles the call as
    cancelled. `present.left` tells it afterwards. A cancellation that comes from elsewhere (the server stops) goes on upwards.
    """

    __slots__ = ("_exchange", "_inside", "_task", "_watcher", "left")

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._inside = False
        self.left = False

    def __enter__(self) -> "ClientPresent":
        task = asyncio.current_task()
        assert task is not None
        self._task = task
        self._inside = True
        self._watcher = asyncio.ensure_future(self._exchange.gone())
        self._watcher.add_done_callback(self._gone)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None) -> bool:
        self._inside = False
        self._watcher.cancel()
        return kind is asyncio.CancelledError and self.left and self._task.uncancel() == 0

    def _gone(self, watcher: "asyncio.Future[None]") -> None:
        if self._inside and not watcher.cancelled():
            self.left = True
            self._task.cancel()
