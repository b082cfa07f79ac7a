"""B's two calls, without a framework."""

from typing import TYPE_CHECKING, Final

import msgspec

from prosa.api.bodies import small_body
from prosa.api.edge import Access, Exchange, Route
from prosa.api.legacy.bitaca.answers import with_text
from prosa.api.legacy.bitaca.errors import BitacaDialect
from prosa.api.legacy.bitaca.frames import Frames
from prosa.api.legacy.bitaca.settings import BitacaSettings
from prosa.api.legacy.bitaca.validation import Chat, read_chat, read_embedding
from prosa.api.relay import allowed_models, relay
from prosa.drivers.outbound import Timeouts
from prosa.gateway import CallKind, Fields, Gateway, ModelCall, Reasoning, repair_messages
from prosa.identity import Door, Permission
from prosa.usage import payer_of

if TYPE_CHECKING:
    from fastapi import APIRouter

CHAT_TIMEOUTS: Final = Timeouts(first_byte=120.0, silence=300.0)
EMBEDDINGS_TIMEOUTS: Final = Timeouts(first_byte=30.0, silence=30.0, total=30.0)
NOTHING_SAID: Final = msgspec.Raw(b'[{"role":"user","content":"..."}]')  # a list of nothing is valid, and no model takes one
_FLOAT: Final = msgspec.Raw(b'"float"')
_TRUE: Final = msgspec.Raw(b"true")
ACCESS: Final = Access(Permission.CALL_MODELS, Door.BITACA)
_INPUT_TYPES: Final = {"query": msgspec.Raw(b'"query"'), "passage": msgspec.Raw(b'"passage"')}


class ChatCompletions:
    """`POST /api/chat/completions`."""

    def __init__(self, gateway: Gateway, settings: BitacaSettings) -> None:
        self._gateway = gateway
        self._settings = settings

    async def create(self, exchange: Exchange) -> None:
        """Answer a visitor. No body reaches a provider as it came: only what the contract names travels on."""
        chat = read_chat(await small_body(exchange))
        call = ModelCall(CallKind.CHAT, self._model(chat.model), _fields(chat), chat.stream)
        call.reasoning, call.timeouts = Reasoning.DROP, CHAT_TIMEOUTS
        call.allowed = allowed_models(exchange)
        call.payer = payer_of(exchange.caller, Door.BITACA)
        exchange.record.model = call.model
        await relay(exchange, self._gateway.chat(call), with_text, Frames().rewrite)

    def _model(self, wish: object) -> str | None:
        return wish if isinstance(wish, str) and wish in self._settings.models else self._settings.model


class Embeddings:
    """`POST /api/embeddings`."""

    def __init__(self, gateway: Gateway, settings: BitacaSettings) -> None:
        self._gateway = gateway
        self._settings = settings

    async def create(self, exchange: Exchange) -> None:
        """Answer with plain floats of the one model that the sites' files were made with."""
        asked = read_embedding(await small_body(exchange))
        kind = asked.input_type if isinstance(asked.input_type, str) else ""
        fields = {
            "input": msgspec.Raw(msgspec.json.encode(asked.input)),
            "input_type": _INPUT_TYPES.get(kind, _INPUT_TYPES["passage"]),
            "encoding_format": _FLOAT,
        }
        call = ModelCall(CallKind.EMBEDDINGS, self._settings.embedding_model, fields, timeouts=EMBEDDINGS_TIMEOUTS)
        call.allowed = allowed_models(exchange)
        call.payer = payer_of(exchange.caller, Door.BITACA)
        exchange.record.model = call.model
        await relay(exchange, self._gateway.embed(call))


def _fields(chat: Chat) -> Fields:
    encode = msgspec.json.encode
    messages = repair_messages(msgspec.Raw(encode(chat.messages)))
    fields = {
        "messages": messages if bytes(messages) != b"[]" else NOTHING_SAID,
        "temperature": msgspec.Raw(encode(chat.temperature)),
        "max_tokens": msgspec.Raw(encode(chat.max_tokens)),
        "top_p": msgspec.Raw(encode(chat.top_p)),
    }
    if chat.stream:
        fields["stream"] = _TRUE
    return fields


def hot_routes(gateway: Gateway, settings: BitacaSettings) -> dict[tuple[str, str], Route]:
    """Method and path to handler, for the edge."""
    dialect = BitacaDialect()
    return {
        ("POST", "/api/chat/completions"): Route(ChatCompletions(gateway, settings).create, ACCESS, dialect),
        ("POST", "/api/embeddings"): Route(Embeddings(gateway, settings).create, ACCESS, dialect),
    }


def described() -> "APIRouter":
    """The same as the API document tells them; loaded for it alone."""
    from prosa.api.legacy.bitaca.documents import router

    return router
