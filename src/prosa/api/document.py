"""The API document: what FastAPI serves and what the hot routes serve, in one OpenAPI file."""

from functools import cache
from typing import Any

import msgspec
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

import prosa
from prosa.api import app, openai
from prosa.api.access import permission_of
from prosa.api.legacy import bitaca
from prosa.api.routers import ROUTERS

DESCRIPTION = """\
One server between people and language models.

* **OpenAI-compatible**: unmodified SDKs work with this server's address and `/v1` as their base URL.
* **Bitaca (B)**: the "Bitaca Cinema Chatbot API" 1.0.0, unchanged, under `/api`.
* **Serverless (S)**: one question, one answer, kept, under `/v1/chat`.
* **The app's own**: accounts, keys, sessions and invitations, under `/api/v1`; errors are problem documents (RFC 9457).

A key travels as `Authorization: Bearer KEY` or as `X-API-Key: KEY`. On loopback, and as long as no key and no account
exists, none is needed. Every answer carries `x-request-id`; limited ones carry `x-ratelimit-limit`, `x-ratelimit-remaining`,
`x-ratelimit-reset`, and `Retry-After` when they say no.

Every POST takes `Idempotency-Key` (1 to 255 printable ASCII characters): the same request under the same key gets the same
answer for 24 hours and is done once. Another request under it is 422, one while the first is being answered 409.
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
    routers = (openai.described(), bitaca.described(), *ROUTERS, operating)
    for router in routers:
        application.include_router(router)
    document = application.openapi()
    for router in routers:
        _declare(document, router)
    document["components"]["securitySchemes"] = SECURITY
    document["security"] = EITHER
    app.describe(document)
    return document


def _declare(document: dict[str, Any], router: APIRouter) -> None:
    """Write beside each operation what it asks of its caller, so that the tests of the guard can read it there."""
    for route in router.routes:
        if isinstance(route, APIRoute) and route.include_in_schema:
            permission = permission_of(route)
            for method in route.methods or ():
                operation = document["paths"][route.path_format][method.lower()]
                operation["x-prosa-permission"] = permission.value if permission is not None else "public"
                if permission is None:
                    operation["security"] = []
