"""Routes of OpenAI's API that the framework serves: wrong values in path and query are 400 there, and name their field."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from prosa.kit.errors import BadRequest


class InvalidParameter(BadRequest):
    """A value in the address is of the wrong kind or out of its bounds."""

    code = "invalid_value"

    def __init__(self, param: str, message: str) -> None:
        super().__init__(f"Invalid value for '{param}': {message}.", param=param)


class OpenAIRoute(APIRoute):
    """A route whose faults of form are OpenAI's, not the framework's."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """As the framework makes it, but for what it says of wrong values."""
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await inner(request)
            except RequestValidationError as error:
                found = error.errors()[0]
                message = str(found["msg"])
                raise InvalidParameter(str(found["loc"][-1])[:64], message[:1].lower() + message[1:200]) from None

        return handle
