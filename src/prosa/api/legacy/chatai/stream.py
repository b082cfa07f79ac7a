"""`POST /api/chat/stream`: an answer that belongs to no talk, piece by piece (contracts: chatai, §2; C53).

Its reader keeps nothing between two reads of the network, so that each event goes out whole, in a write of its own, and short
enough to arrive in one piece.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any, Final

import msgspec
from fastapi import APIRouter
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from prosa.answers import Given, ResponseRequest
from prosa.api.edge import Exchange
from prosa.api.following import HEADERS
from prosa.api.legacy.chatai.models import body_of, failures
from prosa.api.legacy.chatai.scope import Asker, Parts, TheExchange, pace
from prosa.api.legacy.chatai.shapes import StreamBody
from prosa.api.legacy.chatai.wishes import read_question
from prosa.api.presence import ClientPresent
from prosa.gateway import ProviderFault
from prosa.kit.errors import ProsaError

PIECE: Final = 400  # characters; their bytes, escaped, fit into one segment of TCP
END: Final = b"data: [DONE]\n\n"
BROKEN: Final = "\n\n[A resposta foi interrompida.]"
SILENT: Final = "The model gave no answer."
_encode: Final = msgspec.json.Encoder().encode

FRAMES: Final[dict[int | str, dict[str, Any]]] = {  # of FastAPI's own type for `responses`
    200: {"content": {"text/event-stream": {"example": 'data: {"content":"Olá"}\n\ndata: [DONE]\n\n'}}}
}
router = APIRouter(tags=["ChatAI (C)"])


class _Event(msgspec.Struct):
    type: str = ""
    delta: str = ""


_event: Final = msgspec.json.Decoder(_Event).decode
_DELTAS: Final = frozenset({"response.output_text.delta", "response.refusal.delta"})
_FAILED: Final = frozenset({"response.failed", "response.incomplete", "response.cancelled"})


@router.post(
    "/api/chat/stream",
    operation_id="chataiStream",
    summary="Ask without a talk",
    response_class=Response,
    responses=FRAMES | failures(400, 401, 403, 413, 415, 429, 502, 503),
    openapi_extra=body_of(StreamBody),
)
async def stream(caller: Asker, exchange: TheExchange, parts: Parts) -> Response:
    """An answer as server-sent events without names: `data: {"content": …}` for each piece, `data: [DONE]` at the end.

    Nothing is stored. What fails before the first piece is answered by a status of its own.
    """
    pace(exchange, caller, parts.settings)
    request = ResponseRequest(model=parts.settings.model, input=await read_question(exchange), store=False, stream=True)
    return Spoken(await parts.answers.create(caller, request))


class Spoken(Response):
    """Writes an answer past the framework, straight to the exchange."""

    media_type = "text/event-stream"

    def __init__(self, given: Given) -> None:
        super().__init__()
        self._given = given

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI. Raises ProviderFault where nothing is said."""
        exchange: Exchange = scope["prosa.exchange"]
        with ClientPresent(exchange):
            async with aclosing(pieces(self._given)) as found:
                await _tell(exchange, found)


async def _tell(exchange: Exchange, found: AsyncIterator[str]) -> None:
    begun = False
    try:
        async for text in found:
            if not begun:
                await exchange.start(200, HEADERS)
                begun = True
            for begin in range(0, len(text), PIECE):
                await exchange.write(frame(text[begin : begin + PIECE]))
    except ProsaError:
        if not begun:
            raise
        await exchange.write(frame(BROKEN))
    await exchange.write(END)
    await exchange.end()


async def pieces(given: Given) -> AsyncGenerator[str, None]:
    """What the model says, as it says it. Raises ProviderFault where it breaks off, or says nothing at all."""
    said = False
    async with aclosing(given.follow()) as batches:
        async for batch in batches:
            for event in batch.events():
                told = _event(event.data)
                if told.type in _DELTAS and told.delta:
                    said = True
                    yield told.delta
                elif told.type in _FAILED and (told.type != "response.incomplete" or not said):
                    raise ProviderFault(SILENT)
    if not said:
        raise ProviderFault(SILENT)


def frame(text: str) -> bytes:
    """One event."""
    return b"data: " + _encode({"content": text}) + b"\n\n"
