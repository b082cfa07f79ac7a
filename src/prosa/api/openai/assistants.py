"""`/v1/assistants`: the Assistants API v2 that its vendor switched off, on any model."""

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Path, Query, Response

from prosa.api.access import needs
from prosa.api.edge import Exchange
from prosa.api.openai.assistants_bodies import (
    EXAMPLE_ID,
    assistant_json,
    deleted_json,
    edited,
    page_json,
    read_edit,
    read_new_assistant,
)
from prosa.api.openai.assistants_documents import (
    CHANGE,
    CREATION,
    AssistantDocument,
    AssistantsDocument,
    DeletedDocument,
    answers,
)
from prosa.api.openai.routing import OpenAIRoute
from prosa.api.scope import assistants_of, exchange_of
from prosa.assistants import Assistant, AssistantService, Position
from prosa.assistants import Query as Wish
from prosa.identity import Caller, Door, Permission
from prosa.kit.moments import stored

router = APIRouter(prefix="/v1/assistants", tags=["Assistants"], route_class=OpenAIRoute)

Reader = Annotated[Caller, needs(Permission.READ_ASSISTANTS, Door.OPENAI)]
Writer = Annotated[Caller, needs(Permission.WRITE_ASSISTANTS, Door.OPENAI)]
Assistants = Annotated[AssistantService, Depends(assistants_of)]
TheExchange = Annotated[Exchange, Depends(exchange_of)]
AssistantId = Annotated[str, Path(description="The assistant's id.", examples=[EXAMPLE_ID])]
Edge = Annotated[str | None, Query(max_length=256)]
_JSON: Final = "application/json"


def answer(assistant: Assistant) -> Response:
    """An assistant as an answer."""
    return Response(assistant_json(assistant), media_type=_JSON)


@router.get(
    "",
    operation_id="listAssistants",
    summary="List assistants",
    response_model=None,
    responses=answers(AssistantsDocument, 400, 401, 403, 404),
)
async def list_assistants(
    caller: Reader,
    assistants: Assistants,
    limit: Annotated[int, Query(ge=1, le=1000, description="OpenAI's own bound is 100.")] = 20,
    order: Annotated[Literal["asc", "desc"], Query(description="By the time of creation.")] = "desc",
    after: Edge = None,
    before: Edge = None,
) -> Response:
    """The assistants that the caller may use: their own, and those that others share with them. A page is cut short where it
    would be too large; `has_more` tells."""
    wish = Wish(
        limit=limit,
        newest_first=order == "desc",
        after=await _place(assistants, caller, after, "after"),
        before=await _place(assistants, caller, before, "before"),
    )
    return Response(page_json(await assistants.list(caller, wish)), media_type=_JSON)


async def _place(assistants: AssistantService, caller: Caller, id: str | None, param: str) -> Position | None:
    if not id:  # older clients send it empty with the first page
        return None
    found = await assistants.usable(caller, id, param)
    return stored(found.created_at), found.id


@router.post(
    "",
    operation_id="createAssistant",
    summary="Create an assistant",
    response_model=None,
    responses=answers(AssistantDocument, 400, 401, 403, 404, 409, 413),
    openapi_extra=CREATION,
)
async def create_assistant(caller: Writer, assistants: Assistants, exchange: TheExchange) -> Response:
    """Make an assistant: a model with instructions and tools. Nobody else may use it before it is shared."""
    return answer(await assistants.create(caller, read_new_assistant(await exchange.body(), exchange.object_id)))


@router.get(
    "/{assistant_id}",
    operation_id="getAssistant",
    summary="Retrieve an assistant",
    response_model=None,
    responses=answers(AssistantDocument, 401, 403, 404),
)
async def get_assistant(caller: Reader, assistant_id: AssistantId, assistants: Assistants) -> Response:
    """One assistant that the caller may use."""
    return answer(await assistants.usable(caller, assistant_id))


@router.post(
    "/{assistant_id}",
    operation_id="modifyAssistant",
    summary="Modify an assistant",
    response_model=None,
    responses=answers(AssistantDocument, 400, 401, 403, 404, 409, 412, 413),
    openapi_extra=CHANGE,
)
async def modify_assistant(caller: Writer, assistant_id: AssistantId, assistants: Assistants, exchange: TheExchange) -> Response:
    """Change what the body names. Each change is a version, which the app can compare and bring back; runs that began keep
    theirs."""
    await assistants.usable(caller, assistant_id)  # whoever may not use it learns nothing of the body's faults
    edit = read_edit(await exchange.body())
    return answer(await assistants.change(caller, assistant_id, lambda now: edited(edit, now)))


@router.delete(
    "/{assistant_id}",
    operation_id="deleteAssistant",
    summary="Delete an assistant",
    response_model=None,
    responses=answers(DeletedDocument, 401, 403, 404, 412),
)
async def delete_assistant(caller: Writer, assistant_id: AssistantId, assistants: Assistants) -> Response:
    """Delete it with all its versions. Its files and stores stay, and so does what was said with it."""
    await assistants.delete(caller, assistant_id)
    return Response(deleted_json(assistant_id), media_type=_JSON)
