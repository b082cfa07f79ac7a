"""`/api/v1/assistants/{id}/versions`: every edit, its author, what it changed, and the way back."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from prosa.api.app.assistants_desk import Desk, Reader, TheDesk, Writer
from prosa.api.app.assistants_models import Assistant, AssistantId, Content, VersionNumber, content_shown
from prosa.api.app.documents import problems
from prosa.api.app.routing import AppRoute
from prosa.api.app.shapes import TAGGED, Cursor, IfMatch, Limit, ListOf, Moment
from prosa.assistants import Line
from prosa.assistants import Version as StoredVersion
from prosa.kit import moments

router = APIRouter(prefix="/api/v1/assistants/{assistant_id}/versions", tags=["Assistants"], route_class=AppRoute)


class VersionLine(BaseModel):
    """A version in a list."""

    number: int = Field(examples=[3])
    created_at: Moment
    author: str | None = Field(description="The name of who wrote it; null where that was no person, or is gone.")
    restores: int | None = Field(description="Of which version it is a repetition.")


class Version(VersionLine):
    """A version."""

    content: Content


class FieldChange(BaseModel):
    """A field that two versions have differently."""

    field: str = Field(examples=["instructions"])
    before: Any = Field(description="The older value.")
    after: Any = Field(description="The newer value.")


class Difference(BaseModel):
    """What a version changed."""

    since: int = Field(examples=[2])
    number: int = Field(examples=[3])
    fields: list[FieldChange]
    instructions: str | None = Field(
        description="The lines of the instructions as a unified diff; null where they are the same, or too long to be compared."
    )


@router.get("", operation_id="listAssistantVersions", responses=problems(401, 403, 404))
async def list_versions(
    caller: Reader, assistant_id: AssistantId, desk: TheDesk, limit: Limit = 50, cursor: Cursor = None
) -> ListOf[VersionLine]:
    """The newest hundred versions of an assistant that one may edit, newest first."""
    cursors = desk.cursors(caller, "assistant versions", assistant_id)
    lines, more = await desk.assistants.versions.list(caller, assistant_id, limit, cursors.number(cursor))
    names = await desk.names({line.author for line in lines if line.author is not None})
    return ListOf(data=[VersionLine(**_told(line, names)) for line in lines], next_cursor=cursors.give(more))


@router.get("/{version_number}", operation_id="getAssistantVersion", responses=problems(401, 403, 404))
async def get_version(caller: Reader, assistant_id: AssistantId, version_number: VersionNumber, desk: TheDesk) -> Version:
    """One version."""
    return await _shown(desk, await desk.assistants.versions.get(caller, assistant_id, version_number))


@router.get("/{version_number}/difference", operation_id="compareAssistantVersions", responses=problems(401, 403, 404))
async def get_difference(
    caller: Reader,
    assistant_id: AssistantId,
    version_number: VersionNumber,
    desk: TheDesk,
    since: Annotated[int | None, Query(ge=1, le=2**53, description="Without one, the version before.")] = None,
) -> Difference:
    """What a version changed since another one."""
    found = await desk.assistants.versions.difference(caller, assistant_id, version_number, since)
    before, after = (content_shown(each.definition).model_dump(mode="json") for each in (found.old, found.new))
    changes = [FieldChange(field=name, before=before[name], after=after[name]) for name in after if before[name] != after[name]]
    return Difference(since=found.old.number, number=found.new.number, fields=changes, instructions=found.instructions)


@router.post(
    "/{version_number}/restoration",
    operation_id="restoreAssistantVersion",
    responses=TAGGED | problems(401, 403, 404, 412, 413, 428),
)
async def restore_version(
    caller: Writer,
    assistant_id: AssistantId,
    version_number: VersionNumber,
    desk: TheDesk,
    response: Response,
    if_match: IfMatch = None,
) -> Assistant:
    """Make a former version the newest one. Of another's assistant, its files and stores stay as they are now."""
    state = await desk.state(caller, assistant_id, if_match)
    return await desk.shown(caller, await desk.assistants.versions.restore(caller, assistant_id, version_number, state), response)


def _told(line: Line | StoredVersion, names: dict[str, str]) -> dict[str, Any]:
    return {
        "number": line.number,
        "created_at": moments.shown(moments.stored(line.created_at)),
        "author": names.get(line.author or ""),
        "restores": line.restores,
    }


async def _shown(desk: Desk, found: StoredVersion) -> Version:
    names = await desk.names([found.author] if found.author is not None else [])
    return Version(**_told(found, names), content=content_shown(found.definition))
