"""The two calls that carry the load, without a framework."""

from typing import TYPE_CHECKING

from prosa.api.edge import Access, EdgeSettings, Exchange, Route, read_fields
from prosa.api.openai.calls import chat_call, embeddings_call
from prosa.api.openai.errors import OpenAIDialect
from prosa.api.relay import allowed_models, relay
from prosa.gateway import Gateway
from prosa.identity import Door, Permission

if TYPE_CHECKING:
    from fastapi import APIRouter


ACCESS = Access(Permission.CALL_MODELS, Door.OPENAI)


class ChatCompletions:
    """`POST /v1/chat/completions`."""

    def __init__(self, gateway: Gateway, settings: EdgeSettings) -> None:
        self._gateway = gateway
        self._settings = settings

    async def create(self, exchange: Exchange) -> None:
        """Ask a model; the answer is whole, or a stream where the request says so."""
        call = chat_call(read_fields(await exchange.body(), self._settings), self._settings)
        call.allowed = allowed_models(exchange)
        exchange.record.model = call.model
        await relay(exchange, self._gateway.chat(call))


class Embeddings:
    """`POST /v1/embeddings`."""

    def __init__(self, gateway: Gateway, settings: EdgeSettings) -> None:
        self._gateway = gateway
        self._settings = settings

    async def create(self, exchange: Exchange) -> None:
        """Ask a model for the vectors of one or more texts."""
        call = embeddings_call(read_fields(await exchange.body(), self._settings), self._settings)
        call.allowed = allowed_models(exchange)
        exchange.record.model = call.model
        await relay(exchange, self._gateway.embed(call))


def hot_routes(gateway: Gateway, settings: EdgeSettings) -> dict[tuple[str, str], Route]:
    """Method and path to handler, for the edge."""
    dialect = OpenAIDialect()
    return {
        ("POST", "/v1/chat/completions"): Route(ChatCompletions(gateway, settings).create, ACCESS, dialect),
        ("POST", "/v1/embeddings"): Route(Embeddings(gateway, settings).create, ACCESS, dialect),
    }


def described() -> "APIRouter":
    """The same as the API document tells them; loaded for it alone."""
    from prosa.api.openai.documents import router

    return router


def served() -> "APIRouter":
    """The resources that the framework serves; loaded with it."""
    from fastapi import APIRouter

    from prosa.api.openai import me, models

    # Side by side in one router: what is included in another one is not among its routes, where permissions are looked for.
    return APIRouter(routes=[*models.router.routes, *me.router.routes])
