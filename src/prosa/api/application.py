"""The application behind the edge: FastAPI for what isn't hot."""

from typing import NoReturn

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from prosa.api.access import Public, permission_of
from prosa.api.bodies import InvalidBody, shown
from prosa.api.document import openapi_document
from prosa.api.edge import Exchange, MethodNotAllowed
from prosa.api.parts import ApiParts
from prosa.api.routers import ROUTERS
from prosa.api.scope import exchange_of
from prosa.kit.errors import BadRequest, NotFound, ProsaError

# Where an OpenAI client asks whose base_url lacks the version.
_WITHOUT_VERSION = frozenset({"/chat/completions", "/completions", "/embeddings", "/models", "/responses"})


def build(parts: ApiParts) -> FastAPI:
    """The application for everything else. Its errors go up to the edge, which words them in the path's dialect."""
    application = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    application.state.parts = parts
    for router in ROUTERS:
        check_declared(router)
        # As they are: to include a router would build each of its routes anew, at the first request.
        application.router.routes.extend(router.routes)
    application.add_api_route("/openapi.json", document, include_in_schema=False)
    application.add_exception_handler(HTTPException, refuse)
    application.add_exception_handler(RequestValidationError, refuse_values)
    return application


def check_declared(router: APIRouter) -> None:
    """Raises UndeclaredRoute for a route that doesn't say what it asks of its caller, TypeError for one that hides."""
    for route in router.routes:
        if not isinstance(route, APIRoute):
            raise TypeError(f"{route!r}: only plain routes are looked at; put them side by side into one router")
        permission_of(route)


async def document(_public: Public) -> Response:
    """The API document."""
    return Response(openapi_document(), media_type="application/json")


async def refuse(request: Request, error: Exception) -> NoReturn:
    """Give the framework's own refusals (no such path, wrong method) to the edge."""
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        raise NotFound(_nothing_here(await exchange_of(request)))
    if error.status_code == 405:
        allow = (error.headers or {}).get("Allow", "GET")
        raise MethodNotAllowed(tuple(sorted(allow.split(", "))))
    raise BadRequest("Bad Request") if error.status_code < 500 else ProsaError("Internal server error")


def _nothing_here(exchange: Exchange) -> str:
    """What is told of an unknown path; the older dialects' clients know these two words."""
    if exchange.path in _WITHOUT_VERSION:
        return "Nothing is here: OpenAI's paths begin with /v1, so a client's base_url ends in /v1"
    if exchange.dialect.name == "openai":
        return "Nothing is at this address; /docs describes the API"
    return "Not Found"


async def refuse_values(_request: Request, error: Exception) -> NoReturn:
    """Give wrong values in path and query to the edge, in the shape that FastAPI's clients know."""
    assert isinstance(error, RequestValidationError)
    raise InvalidBody([shown(dict(found)) for found in error.errors()])
