"""How the app's routes read a body: bounded, strictly JSON, each fault told as what it is."""

from collections.abc import Callable, Coroutine
from typing import Any, ClassVar, Final

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from prosa.api.bodies import InvalidBody, finding, parsed, small_body
from prosa.api.edge import ClientLeft, Exchange
from prosa.kit.errors import ProsaError

MOST_MEMBERS: Final = 200  # each unknown one is told of as an error: a mebibyte of them would keep everybody waiting


class BoundedRequest(Request):
    """A request whose body holds a resource, never a file."""

    async def body(self) -> bytes:
        """The whole body. Raises PayloadTooLarge beyond a mebibyte, ClientLeft."""
        exchange: Exchange = self.scope["prosa.exchange"]
        return await small_body(exchange)

    async def json(self) -> Any:  # as the framework's own
        """The document in it. Raises InvalidBody for half characters, NaN, what is no JSON, and far too many fields."""
        document = parsed(await self.body())
        if _members(document) > MOST_MEMBERS:
            raise InvalidBody([finding("too_many_fields", ("body",), f"The body has more than {MOST_MEMBERS} fields")])
        return document


class AppRoute(APIRoute):
    """A route of the app's API."""

    reading: ClassVar[type[Request]] = BoundedRequest
    """How its bodies are read."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """As the framework makes it, but for the body."""
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await inner(self.reading(request.scope, request.receive))
            except HTTPException as error:
                # The framework makes a 400 of whatever went wrong while it read the body.
                if isinstance(error.__cause__, ProsaError | ClientLeft):
                    raise error.__cause__ from None
                raise

        return handle


def _members(document: object) -> int:
    """How many fields the objects in a document have, at most a few more than MOST_MEMBERS."""
    found, left = 0, [document]
    while left and found <= MOST_MEMBERS:
        value = left.pop()
        if isinstance(value, dict):
            found += len(value)
            left += value.values()
        elif isinstance(value, list):
            left += value
    return found
