"""The calls that are being answered now for people and their programs: what ends when the right to them ends.

Most calls are over before anything changes. A stream, a socket or a slow answer is judged anew when something about its
credential changed, in whichever process that was, and ends within the second (attacks.md A17, C4).
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from prosa.api.edge.access import Access
from prosa.identity import Caller
from prosa.kit.errors import ProsaError

if TYPE_CHECKING:
    from prosa.api.edge.exchange import Exchange

Still = Callable[[Caller], Awaitable[Caller | None]]


class OpenCall:
    """One call, the task that answers it, and what its route asked for."""

    __slots__ = ("access", "caller", "exchange", "spared", "task")

    def __init__(self, exchange: "Exchange", access: Access, caller: Caller, task: "asyncio.Task[object] | None") -> None:
        self.exchange = exchange
        self.access = access
        self.caller = caller
        self.task = task
        self.spared = False  # it makes a change itself, and still has to tell so


class OpenCalls:
    """All of them in this process. `still` gives a caller as it stands now, None when its credential is good no more."""

    def __init__(self) -> None:
        self._calls: dict[int, OpenCall] = {}
        self._judging: set[asyncio.Task[None]] = set()
        self.still: Still | None = None

    def __len__(self) -> int:
        return len(self._calls)

    def add(self, exchange: "Exchange", access: Access) -> None:
        """Keep it until `remove`."""
        assert exchange.caller is not None
        self._calls[id(exchange)] = OpenCall(exchange, access, exchange.caller, asyncio.current_task())

    def remove(self, exchange: "Exchange") -> None:
        """It has been answered."""
        self._calls.pop(id(exchange), None)

    def spare(self) -> None:
        """The call that runs here is about to change something: it is not ended by that, whoever hears of it first."""
        present = asyncio.current_task()
        for call in self._calls.values():
            if call.task is present:
                call.spared = True

    def changed(self, account_id: str | None, credential_id: str | None) -> None:
        """Something of this account or credential changed (None: of anybody): have what it touches judged anew."""
        for call in self._calls.values():
            if account_id not in (None, call.caller.account_id) or credential_id not in (None, call.caller.credential_id):
                continue
            if not call.spared:
                self._begin_to_judge(call)

    def doubt(self, exchange: "Exchange") -> None:
        """Have one that was just added judged anew: what changed while its caller was looked up was told too early for it."""
        self._begin_to_judge(self._calls[id(exchange)])

    def expire(self, now: float) -> None:
        """End what has outlived its credential; `now` in seconds since 1970."""
        for call in tuple(self._calls.values()):
            if call.caller.expires_at <= now and not call.spared:
                self._end(call)

    def _begin_to_judge(self, call: OpenCall) -> None:
        task = asyncio.get_running_loop().create_task(self._judge(call))
        self._judging.add(task)
        task.add_done_callback(self._judging.discard)

    async def _judge(self, call: OpenCall) -> None:
        assert self.still is not None
        try:
            caller = await self.still(call.caller)
        except ProsaError:
            caller = None  # nobody can tell now, and what changed may have been just this: no call goes on by luck
        if call.spared:
            return  # it has begun to change something meanwhile, and perhaps just this
        if caller is None or call.access.permission not in caller.permissions:
            self._end(call)

    def _end(self, call: OpenCall) -> None:
        if self._calls.pop(id(call.exchange), None) is not None and call.task is not None:
            call.exchange.revoked = True
            call.task.cancel()
