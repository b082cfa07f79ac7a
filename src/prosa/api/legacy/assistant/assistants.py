"""`GET` and `POST /api/assistants`."""

from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Depends, Query, Response
from msgspec import Struct

from prosa.api.access import needs
from prosa.api.edge import Exchange
from prosa.api.legacy.assistant.documents import AssistantBody, AssistantShown, AssistantsShown, body_of, failures, read
from prosa.api.scope import assistants_of, exchange_of
from prosa.assistants import (
    Assistant,
    AssistantService,
    Definition,
    Description,
    Draft,
    Instructions,
    Model,
    Name,
    Position,
    Tools,
)
from prosa.assistants import Query as AssistantQuery
from prosa.identity import Caller, CallerKind, Door, Permission
from prosa.kit.errors import BadRequest
from prosa.kit.ids import brought_id

MOST: Final = 1000
_PAGE: Final = 100
STORE, FILE = "vs_", "file-"

router = APIRouter(tags=["Assistants (A)"])

Reader = Annotated[Caller, needs(Permission.READ_ASSISTANTS, Door.ASSISTANT)]
Writer = Annotated[Caller, needs(Permission.WRITE_ASSISTANTS, Door.ASSISTANT)]
Assistants = Annotated[AssistantService, Depends(assistants_of)]
TheExchange = Annotated[Exchange, Depends(exchange_of)]
Text = Annotated[str, Query(description="A part of the name, the description or the id, in any case.")]
Number = Annotated[str, Query(description="A number; what is none counts as not given.")]


class _Search(Struct):
    vector_store_ids: list[str] = []


class _Code(Struct):
    file_ids: list[str] = []


class _Resources(Struct):
    file_search: _Search | None = None
    code_interpreter: _Code | None = None


class _Wish(Struct):
    """Fields that the contract doesn't name are let be."""

    name: Name
    model: Model
    instructions: Instructions | None = None
    description: Description | None = None
    tools: Tools | None = None
    tool_resources: _Resources | None = None


@router.get(
    "/api/assistants",
    operation_id="assistantsOfA",
    summary="One's assistants",
    response_model=AssistantsShown,
    responses=failures(401, 403, 429, 503),
)
async def list_assistants(
    caller: Reader, assistants: Assistants, search: Text = "", limit: Number = "", offset: Number = ""
) -> Response:
    """What one may use: one's own, and what others let one use. By name."""
    found = await _all(assistants, caller, search.strip())
    most, begin = _number(limit) or MOST, _number(offset)
    some = found[begin : begin + most]
    return _json(
        {
            "assistants": [shown(each) for each in some],
            "total": len(found),
            "has_more": begin + len(some) < len(found),
            "source": "api_key_auth" if caller.kind is CallerKind.KEY else "wallet",
        }
    )


@router.post(
    "/api/assistants",
    operation_id="newAssistantOfA",
    summary="Make an assistant",
    response_model=AssistantShown,
    responses=failures(400, 401, 403, 404, 413, 429, 503),
    openapi_extra=body_of(AssistantBody),
)
async def make_assistant(caller: Writer, assistants: Assistants, exchange: TheExchange) -> Response:
    """Make one, for oneself alone; who else may use it is told in the app."""
    wish = read(await exchange.body(), _Wish, ("name", "model"))
    resources = wish.tool_resources or _Resources()
    search, code = resources.file_search, resources.code_interpreter
    definition = Definition(
        model=wish.model,
        name=wish.name,
        description=wish.description,
        instructions=wish.instructions,
        tools=wish.tools or [],
        store_ids=None if search is None else [_bare(id, STORE) for id in search.vector_store_ids],
        file_ids=None if code is None else [_bare(id, FILE) for id in code.file_ids],
    )
    return _json(shown(await assistants.create(caller, Draft(definition, id=exchange.object_id))))


def shown(assistant: Assistant) -> dict[str, Any]:
    """An assistant as the vendor had it; the contract's pages break on a name or a description that is null."""
    said = assistant.definition
    resources: dict[str, Any] = {}
    if said.store_ids is not None:
        resources["file_search"] = {"vector_store_ids": [STORE + id for id in said.store_ids]}
    if said.file_ids is not None:
        resources["code_interpreter"] = {"file_ids": [FILE + id for id in said.file_ids]}
    return {
        "id": assistant.shown,
        "object": "assistant",
        "created_at": int(assistant.created_at),
        "name": said.name or "",
        "description": said.description or "",
        "model": said.model,
        "instructions": said.instructions or "",
        "tools": said.tools,
        "top_p": 1.0 if said.top_p is None else said.top_p,
        "temperature": 1.0 if said.temperature is None else said.temperature,
        "reasoning_effort": said.reasoning_effort,
        "tool_resources": resources,
        "metadata": said.metadata,
        "response_format": said.response_format,
    }


async def _all(assistants: AssistantService, caller: Caller, search: str) -> list[Assistant]:
    found: list[Assistant] = []
    after: Position | None = None
    while True:
        page = await assistants.list(caller, AssistantQuery(_PAGE, after=after, search=search))
        found += page.assistants
        if not page.more:
            return sorted(found, key=lambda each: ((each.definition.name or "").casefold(), each.id))
        last = page.assistants[-1]
        after = (round(last.created_at * 1_000_000), last.id)


def _number(text: str) -> int:
    """A number that was sent; 0 for what is none, as the original takes it."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def _bare(id: str, prefix: str) -> str:
    found = brought_id(id, prefix)
    if found is None:
        raise BadRequest(f"tool_resources: {id!r} não é um id que começa com {prefix}", param="tool_resources")
    return found


def _json(document: dict[str, Any]) -> Response:
    return Response(msgspec.json.encode(document), media_type="application/json")
