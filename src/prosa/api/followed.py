"""A followed run as the answer of a handler that the framework calls."""

from collections.abc import AsyncIterator

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from prosa.api.edge import Exchange
from prosa.api.following import Framed, Framing, Readers


class Followed(Response):
    """Writes the log past the framework, straight to the exchange: a reader stays for long and shall cost little."""

    media_type = "text/event-stream"

    def __init__(self, readers: Readers, batches: AsyncIterator[Framed], framing: Framing) -> None:
        super().__init__()
        self._readers = readers
        self._batches = batches
        self._framing = framing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        exchange: Exchange = scope["prosa.exchange"]
        await self._readers.tell(exchange, self._batches, self._framing)
