"""How the app's routes read a body: bounded, strictly JSON, each fault told as what it is."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from prosa.api.bodies import parsed, small_body
from prosa.api.edge import ClientLeft, Exchange
from prosa.kit.errors import ProsaError


class BoundedRequest(Request):
    """A request whose body holds a resource, never a file."""

    async def body(self) -> bytes:
        """The whole body. Raises PayloadTooLarge beyond a mebibyte, ClientLeft."""
        exchange: Exchange = self.scope["prosa.exchange"]
        return await small_body(exchange)

    async def json(self) -> Any:  # as the framework's own
        """The document in it. Raises InvalidBody for half characters, NaN and what is no JSON."""
        return parsed(await self.body())


class AppRoute(APIRoute):
    """A route of the app's API."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """As the framework makes it, but for the body."""
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await inner(BoundedRequest(request.scope, request.receive))
            except HTTPException as error:
                # The framework makes a 400 of whatever went wrong while it read the body.
                if isinstance(error.__cause__, ProsaError | ClientLeft):
                    raise error.__cause__ from None
                raise

        return handle
