"""`/api/v1/assistants`: the assistants that one may use, and one's own."""

from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Query, Response
from pydantic import Field

from prosa.api.app.assistants_desk import LargeRoute, Reader, TheDesk, Writer
from prosa.api.app.assistants_models import (
    Assistant,
    AssistantId,
    AssistantLine,
    AssistantPatch,
    NewAssistant,
    changes_of,
)
from prosa.api.app.documents import problems
from prosa.api.app.shapes import TAGGED, Body, Cursor, IfMatch, Limit, ListOf
from prosa.api.app.surroundings import TheExchange
from prosa.assistants import Audience, Definition, Draft
from prosa.assistants import Query as Wish
from prosa.gateway import CallKind, NoProvider
from prosa.kit import moments

router = APIRouter(prefix="/api/v1/assistants", tags=["Assistants"], route_class=LargeRoute)


class AssistantQuery(Body):
    """Which assistants, and how many of them."""

    search: str = Field("", max_length=200, description="In name, description and id.")
    mine: bool = Field(False, description="Only one's own.")
    lent: Literal["chosen", "everyone"] | None = Field(
        None, description="Only others': those that are there for some, one among them, or for everyone."
    )
    limit: Limit = 50
    cursor: Cursor = None

    @property
    def audience(self) -> Audience | None:
        """For whom others' have to be there."""
        return None if self.lent is None else Audience(self.lent)


@router.get("", operation_id="listMyAssistants", responses=problems(401, 403))
async def list_assistants(caller: Reader, desk: TheDesk, query: Annotated[AssistantQuery, Query()]) -> ListOf[AssistantLine]:
    """The assistants that one may use, newest first: one's own, and those that others share with one."""
    cursors = desk.cursors(caller, "assistants", query.search, str(query.mine), query.lent)
    after = cursors.moment(query.cursor)
    wish = Wish(query.limit, after=after, search=query.search.strip(), own=query.mine, lent=query.audience)
    page = await desk.assistants.list(caller, wish)
    last = page.assistants[-1] if page.more and page.assistants else None
    behind = None if last is None else (moments.stored(last.created_at), last.id)
    return ListOf(data=await desk.lines(caller, page.assistants), next_cursor=cursors.give(behind))


@router.post("", operation_id="createMyAssistant", status_code=201, responses=problems(401, 403, 404, 409, 413))
async def create_assistant(
    caller: Writer, body: NewAssistant, desk: TheDesk, exchange: TheExchange, response: Response
) -> Assistant:
    """Make an assistant. It is private until it is shared."""
    changes = changes_of(body)
    changes["model"] = changes.get("model") or desk.gateway.catalogue.default_name(CallKind.CHAT)
    if changes["model"] is None:
        raise NoProvider("No model is configured that could be an assistant's.", param="model")
    made = await desk.assistants.create(caller, Draft(Definition(**changes), id=exchange.object_id))
    response.headers["location"] = f"{router.prefix}/{made.shown}"
    return await desk.shown(caller, made, response)


@router.get("/{assistant_id}", operation_id="getMyAssistant", responses=TAGGED | problems(401, 403, 404))
async def get_assistant(caller: Reader, assistant_id: AssistantId, desk: TheDesk, response: Response) -> Assistant:
    """One that one may use."""
    return await desk.shown(caller, await desk.assistants.usable(caller, assistant_id), response)


@router.patch("/{assistant_id}", operation_id="changeMyAssistant", responses=TAGGED | problems(401, 403, 404, 409, 412, 413, 428))
async def change_assistant(
    caller: Writer,
    assistant_id: AssistantId,
    body: AssistantPatch,
    desk: TheDesk,
    response: Response,
    if_match: IfMatch = None,
) -> Assistant:
    """Make another version of it, one's own or one that one may edit. Runs that began keep the version that they began with."""
    state = await desk.state(caller, assistant_id, if_match)
    changes = changes_of(body)

    def edit(now: Definition) -> Definition:
        return msgspec.structs.replace(now, **changes)

    return await desk.shown(caller, await desk.assistants.change(caller, assistant_id, edit, state), response)


@router.delete("/{assistant_id}", operation_id="deleteMyAssistant", status_code=204, responses=problems(401, 403, 404, 412))
async def delete_assistant(caller: Writer, assistant_id: AssistantId, desk: TheDesk) -> None:
    """Delete one of one's own with its versions. Files, stores, and what was said with it stay."""
    await desk.assistants.delete(caller, assistant_id)
