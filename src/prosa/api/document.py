"""The API document: what FastAPI serves and what the hot routes serve, in one OpenAPI file."""

from functools import cache
from typing import Any

import msgspec
from fastapi import FastAPI

import prosa
from prosa.api import openai
from prosa.api.legacy import bitaca
from prosa.api.routers import ROUTERS

DESCRIPTION = """\
One server between people and language models.

* **OpenAI-compatible**: unmodified SDKs work with this server's address and `/v1` as their base URL.
* **Bitaca (B)**: the "Bitaca Cinema Chatbot API" 1.0.0, unchanged, under `/api`.
* **Serverless (S)**: one question, one answer, kept, under `/v1/chat`.

A key travels as `Authorization: Bearer KEY` or as `X-API-Key: KEY`. On loopback, and as long as no key is configured, none is
needed. Every answer carries `x-request-id`; limited ones carry `x-ratelimit-limit`, `x-ratelimit-remaining`,
`x-ratelimit-reset`, and `Retry-After` when they say no.
"""
SECURITY = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
}
# Either key, or none where the operator lets callers in without one.
EITHER: list[dict[str, list[str]]] = [{"bearer": []}, {"apiKey": []}, {}]


@cache
def openapi_document() -> bytes:
    """The document as JSON, the same bytes each time; made without settings and without a server."""
    return msgspec.json.format(msgspec.json.encode(_document()), indent=2) + b"\n"


def _document() -> dict[str, Any]:  # an OpenAPI document has no type of its own in FastAPI
    from prosa.api.operating_documents import router as operating

    application = FastAPI(title="prosa", version=prosa.__version__, description=DESCRIPTION, license_info={"name": "MIT"})
    for router in (openai.described(), bitaca.described(), *ROUTERS, operating):
        application.include_router(router)
    document = application.openapi()
    document["components"]["securitySchemes"] = SECURITY
    document["security"] = EITHER
    return document
