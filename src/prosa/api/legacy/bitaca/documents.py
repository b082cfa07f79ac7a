"""B's two calls as the API document tells them."""

from typing import Annotated, Any

from fastapi import APIRouter

from prosa.api.access import needs
from prosa.api.legacy.bitaca.bodies import ChatAnswer, ChatBody, Detail, EmbeddingsAnswer, EmbeddingsBody
from prosa.identity import Caller, Door, Permission

Asker = Annotated[Caller, needs(Permission.CALL_MODELS, Door.BITACA)]
router = APIRouter(tags=["Bitaca (B)"])

EXAMPLE = 'data: {"id":"chatcmpl-7f","choices":[{"index":0,"delta":{"content":"Olá"}}]}\n\ndata: [DONE]\n\n'
STREAM: dict[str, Any] = {  # of FastAPI's own type for `responses`
    "description": "Server-sent events by default, one JSON document with `stream: false`.",
    "content": {"text/event-stream": {"schema": {"type": "string"}, "example": EXAMPLE}},
}
REASONS = {
    401: "Calls without a key are not open here.",
    403: "The page's origin is not configured.",
    413: "The body is too large.",
    429: "`Rate limit exceeded`, or the provider is busy.",
    500: "A fault of this server.",
    502: "The model failed, before its first word.",
    503: "The model is not available.",
    504: "The model took too long.",
}
ERRORS: dict[int | str, dict[str, Any]] = {  # likewise
    status: {"model": Detail, "description": reason} for status, reason in REASONS.items()
}


@router.post("/api/chat/completions", operation_id="bitacaChat", responses={200: STREAM, **ERRORS})
async def chat(_caller: Asker, body: ChatBody) -> ChatAnswer:
    """Answer a site's visitor (system B)."""
    raise NotImplementedError(body)


@router.post("/api/embeddings", operation_id="bitacaEmbeddings", responses=ERRORS)
async def embeddings(_caller: Asker, body: EmbeddingsBody) -> EmbeddingsAnswer:
    """The vectors that a site's page compares with its own (system B)."""
    raise NotImplementedError(body)
