"""The calls that carry the load, without a framework."""

from typing import TYPE_CHECKING

from prosa.api.edge import Access, EdgeSettings, Exchange, Route, read_fields
from prosa.api.openai.calls import chat_call, embeddings_call
from prosa.api.openai.errors import OpenAIDialect
from prosa.api.openai.responses import Responses
from prosa.api.openai.stored_chat import StoredChat
from prosa.api.openai.thread_calls import ThreadCalls
from prosa.api.relay import allowed_models, relay
from prosa.files import FileService, names_files
from prosa.gateway import Gateway
from prosa.identity import Door, Permission
from prosa.usage import payer_of

if TYPE_CHECKING:
    from fastapi import APIRouter


ACCESS = Access(Permission.CALL_MODELS, Door.OPENAI)
LISTING = Access(Permission.READ_RUNS, Door.OPENAI)


class ChatCompletions:
    """`POST /v1/chat/completions`."""

    def __init__(self, gateway: Gateway, settings: EdgeSettings, files: FileService, stored: StoredChat) -> None:
        self._gateway = gateway
        self._settings = settings
        self._files = files
        self._stored = stored

    async def create(self, exchange: Exchange) -> None:
        """Ask a model; the answer is whole, or a stream where the request says so."""
        call = chat_call(read_fields(await exchange.body(), self._settings), self._settings)
        call.allowed = allowed_models(exchange)
        call.payer = payer_of(exchange.caller, Door.OPENAI)
        exchange.record.model = call.model
        if "store" in call.fields and bytes(call.fields["store"]) == b"true":
            await self._stored.create(exchange, call)
            return
        if names_files(call.fields["messages"]) and exchange.caller is not None:
            carried = self._files.carry(exchange.caller.space)  # as long as the call lasts
            call.fields["messages"] = await self._files.inlined(carried, call.fields["messages"])
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
        call.payer = payer_of(exchange.caller, Door.OPENAI)
        exchange.record.model = call.model
        await relay(exchange, self._gateway.embed(call))


def hot_routes(
    gateway: Gateway, settings: EdgeSettings, files: FileService, responses: Responses, stored: StoredChat, threads: ThreadCalls
) -> dict[tuple[str, str], Route]:
    """Method and path to handler, for the edge."""
    dialect = OpenAIDialect()
    return {place: Route(handler, access, dialect) for place, (handler, access) in threads.routes().items()} | {
        ("POST", "/v1/chat/completions"): Route(ChatCompletions(gateway, settings, files, stored).create, ACCESS, dialect),
        ("GET", "/v1/chat/completions"): Route(stored.page, LISTING, dialect),  # a path that is hot is so with all its methods
        ("POST", "/v1/embeddings"): Route(Embeddings(gateway, settings).create, ACCESS, dialect),
        ("POST", "/v1/responses"): Route(responses.create, ACCESS, dialect),
    }


def described() -> "APIRouter":
    """The same as the API document tells them; loaded for it alone."""
    from fastapi import APIRouter

    from prosa.api.openai import documents, responses_documents, stored_chat_routes, thread_calls_documents

    calls = (documents.router, stored_chat_routes.listing_router, responses_documents.router)
    routers = (*calls, thread_calls_documents.router)
    return APIRouter(routes=[route for router in routers for route in router.routes])


def served() -> "APIRouter":
    """The resources that the framework serves; loaded with it."""
    from fastapi import APIRouter

    from prosa.api.openai import (
        assistants,
        conversations,
        conversations_items,
        files,
        me,
        models,
        responses_routes,
        stored_chat_routes,
        thread_run_steps,
        thread_runs,
        threads,
        threads_messages,
        vector_store_files,
        vector_stores,
    )

    parts = (models, me, stored_chat_routes, responses_routes, conversations, conversations_items, files)
    knowing = (vector_stores, vector_store_files)
    assisting = (assistants, thread_runs, thread_run_steps, threads, threads_messages)  # `/v1/threads/runs` is no thread
    # Side by side in one router: what is included in another one is not among its routes, where permissions are looked for.
    return APIRouter(routes=[route for part in (*parts, *knowing, *assisting) for route in part.router.routes])
