"""Assistants' pictures, and the ways in which an assistant is copied: here, out as a file, in from one."""

from typing import Any, Final

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from prosa import assistants as feature
from prosa.answers import check_depth
from prosa.api.app.assistants_desk import Desk, LargeRoute, Reader, TheDesk, Writer
from prosa.api.app.assistants_models import Assistant, AssistantId
from prosa.api.app.documents import problems
from prosa.api.app.surroundings import TheExchange
from prosa.api.attachments import SANDBOX, Attachment, attached, disposition
from prosa.assistants import MOST_FILE_BYTES, MOST_PICTURE_BYTES
from prosa.identity import Caller

router = APIRouter(prefix="/api/v1", tags=["Assistants"], route_class=LargeRoute)

KINDS: Final = ("image/png", "image/jpeg", "image/webp")
_BINARY: Final[dict[str, Any]] = {"schema": {"type": "string", "format": "binary"}}
_SHOWN: Final[dict[str, Any]] = {"description": "The picture.", "content": dict.fromkeys(KINDS, _BINARY)}
_FILE: Final[dict[str, Any]] = {
    "type": "object",
    "description": "What `GET /api/v1/assistants/{assistant_id}/export` gave.",
    "required": ["format", "version", "assistant"],
    "properties": {
        "format": {"const": "prosa.assistant"},
        "version": {"const": 1},
        "assistant": {"type": "object", "additionalProperties": True},
        "knowledge": {"type": "object", "additionalProperties": True},
        "picture": {"type": ["object", "null"], "additionalProperties": True},
    },
}
_EXAMPLE: Final = {"format": "prosa.assistant", "version": 1, "assistant": {"model": "mock", "name": "Contratos"}}


class Brought(BaseModel):
    """A copy, and what it is without."""

    assistant: Assistant
    empty_stores: list[str] = Field(description="Names of stores that were made anew and are empty: upload their files again.")
    lost_stores: int = Field(description="How many stores it has no more.")
    lost_files: list[str] = Field(
        description="Names of files for Python that didn't come along; empty where nobody may know them."
    )
    lost_file_count: int
    missing_model: str | None = Field(description="The model that isn't here, in whose place the server's default stands.")


@router.get(
    "/assistants/{assistant_id}/picture",
    operation_id="getAssistantPicture",
    response_class=StreamingResponse,
    responses={200: _SHOWN, 204: {"description": "There is none."}, **problems(401, 403, 404)},
)
async def get_picture(caller: Reader, assistant_id: AssistantId, desk: TheDesk) -> Response:
    """The picture of an assistant that one may use."""
    pictures = desk.assistants.pictures
    file = await pictures.get(caller, assistant_id)
    if file is None:
        return Response(status_code=204)
    whole = Attachment(
        "picture", file.media_type, file.bytes, file.sha256, lambda start, length: pictures.content(file, start, length)
    )
    return attached(whole, None, None)


@router.put(
    "/assistants/{assistant_id}/picture",
    operation_id="setAssistantPicture",
    status_code=204,
    openapi_extra={"requestBody": {"required": True, "content": dict.fromkeys(KINDS, _BINARY)}},
    responses=problems(401, 403, 404, 412, 413, 507),
)
async def set_picture(caller: Writer, assistant_id: AssistantId, exchange: TheExchange, desk: TheDesk) -> None:
    """Give an assistant a picture: PNG, JPEG or WebP, at most 1 MB, as the body itself. Its content decides what it is."""
    await desk.assistants.editable(caller, assistant_id)
    declared = (exchange.header(b"content-type") or b"").decode("latin-1")
    await desk.assistants.pictures.put(caller, assistant_id, declared, exchange.pieces(MOST_PICTURE_BYTES))


@router.delete(
    "/assistants/{assistant_id}/picture",
    operation_id="deleteAssistantPicture",
    status_code=204,
    responses=problems(401, 403, 404, 412),
)
async def delete_picture(caller: Writer, assistant_id: AssistantId, desk: TheDesk) -> None:
    """Take its picture away, where it has one."""
    await desk.assistants.pictures.remove(caller, assistant_id)


@router.post(
    "/assistants/{assistant_id}/duplicates",
    operation_id="duplicateAssistant",
    status_code=201,
    responses=problems(401, 403, 404, 409, 413),
)
async def duplicate(
    caller: Writer, assistant_id: AssistantId, desk: TheDesk, exchange: TheExchange, response: Response
) -> Brought:
    """Make a copy of one's own of an assistant that one may use. Of another's, files and stores stay behind."""
    return await _told(desk, caller, await desk.assistants.copies.duplicate(caller, assistant_id, exchange.object_id), response)


@router.get(
    "/assistants/{assistant_id}/export",
    operation_id="exportAssistant",
    response_class=Response,
    responses={200: {"description": "The file.", "content": {"application/json": {"schema": _FILE}}}, **problems(401, 403, 404)},
)
async def export(caller: Reader, assistant_id: AssistantId, desk: TheDesk) -> Response:
    """An assistant that one may edit as a file, with its picture. Its files and stores are in it by their names alone."""
    found = await desk.assistants.copies.exported(caller, assistant_id)
    headers = {"content-disposition": disposition("assistant.json"), "content-security-policy": SANDBOX}
    return Response(found, media_type="application/json", headers=headers)


@router.post(
    "/assistant-imports",
    operation_id="importAssistant",
    status_code=201,
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": _FILE, "example": _EXAMPLE}}}},
    responses=problems(401, 403, 404, 409, 413, 507),
)
async def import_assistant(caller: Writer, desk: TheDesk, exchange: TheExchange, response: Response) -> Brought:
    """Make an assistant of an exported one, for oneself alone. A store that it knew is made anew by its name, and is empty."""
    raw = await exchange.body(MOST_FILE_BYTES)
    check_depth(raw)
    return await _told(desk, caller, await desk.assistants.copies.imported(caller, raw, exchange.object_id), response)


async def _told(desk: Desk, caller: Caller, brought: feature.Brought, response: Response) -> Brought:
    response.headers["location"] = f"{router.prefix}/assistants/{brought.assistant.shown}"
    return Brought(
        assistant=await desk.shown(caller, brought.assistant, response),
        empty_stores=list(brought.stores),
        lost_stores=len(brought.lost_stores),
        lost_files=[name for name in brought.lost_files if name],
        lost_file_count=len(brought.lost_files),
        missing_model=brought.model,
    )
