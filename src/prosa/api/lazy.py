"""The application behind the hot paths, loaded when it is first asked: who only relays never pays for the framework."""

import asyncio

from prosa.api.edge import ASGIApp, Receive, Scope, Send
from prosa.api.parts import ApiParts


class LazyApplication:
    """An ASGI application that makes the real one at its first request, in a thread, so that open streams go on meanwhile."""

    def __init__(self, parts: ApiParts) -> None:
        self._parts = parts
        self._application: ASGIApp | None = None
        self._making = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        application = self._application
        if application is None:
            async with self._making:
                application = self._application
                if application is None:
                    application = self._application = await asyncio.to_thread(self._make)
        await application(scope, receive, send)

    def _make(self) -> ASGIApp:
        from prosa.api.application import build

        return build(self._parts)
