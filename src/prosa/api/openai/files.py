"""`/v1/files`: files that callers upload, for models and for themselves."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Path, Query, Response
from fastapi.responses import StreamingResponse

from prosa.api.access import needs
from prosa.api.attachments import Attachment, attached
from prosa.api.edge import Exchange
from prosa.api.openai.documents import ErrorEnvelope
from prosa.api.openai.file_models import EXAMPLE, PREFIX, UPLOAD, FileDeleted, FileList, FileObject, shown
from prosa.api.openai.routing import OpenAIRoute
from prosa.api.scope import exchange_of, files_of
from prosa.api.uploads import FormUpload, given_type
from prosa.files import FileNotFound, FileQuery, FileService
from prosa.identity import Caller, Door, Permission
from prosa.kit.ids import brought_id

router = APIRouter(tags=["Files"], route_class=OpenAIRoute)

Reader = Annotated[Caller, needs(Permission.READ_FILES, Door.OPENAI)]
Writer = Annotated[Caller, needs(Permission.WRITE_FILES, Door.OPENAI)]
Uploader = Annotated[Caller, needs(Permission.WRITE_FILES, Door.OPENAI, claims=False)]
Files = Annotated[FileService, Depends(files_of)]
TheExchange = Annotated[Exchange, Depends(exchange_of)]
FileId = Annotated[str, Path(examples=[EXAMPLE])]

_REASONS: Final = {
    400: "The request can't be understood, or the content isn't what it says it is.",
    401: "The key is missing or not valid.",
    403: "The key was not made for this, or no more files can be stored.",
    404: "There is no such file, or it isn't yours.",
    413: "The file is too large.",
    416: "There is nothing in this range.",
    429: "Too many calls; `Retry-After` says when to come again.",
    503: "The database or the storage for files is away.",
    507: "The server has no room left.",
}


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What FastAPI takes as `responses`; with the last one, which covers what isn't named, it doesn't tell of its own 422."""
    every = sorted({*statuses, 401, 403, 429, 503})
    found: dict[int | str, dict[str, Any]] = {
        status: {"model": ErrorEnvelope, "description": _REASONS[status]} for status in every
    }
    return found | {"4XX": {"model": ErrorEnvelope, "description": "Any other refusal."}}


@router.get("/v1/files", operation_id="listFiles", summary="List files", responses=errors(400, 404))
async def list_files(
    caller: Reader,
    files: Files,
    after: Annotated[str | None, Query(max_length=100, description="The id of the last file of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 10_000,
    order: Annotated[Literal["asc", "desc"], Query(description="By the time of creation.")] = "desc",
    purpose: Annotated[str | None, Query(max_length=100)] = None,
) -> FileList:
    """The caller's files, newest first."""
    behind = None if after is None else _stored_id(after, "after")
    page = await files.list(caller.space, FileQuery(limit, behind, order == "desc", purpose))
    data = [shown(file) for file in page.files]
    return FileList(data=data, first_id=data[0].id if data else None, last_id=data[-1].id if data else None, has_more=page.more)


@router.post(
    "/v1/files",
    operation_id="createFile",
    summary="Upload a file",
    openapi_extra=UPLOAD,
    responses=errors(400, 413, 507),
)
async def create_file(caller: Uploader, files: Files, exchange: TheExchange) -> FileObject:
    """Store a file. It streams: nothing of it is held in memory. What kind it is its content decides; a name that says
    something else is refused."""
    async with files.upload(caller.space) as upload:
        return shown(await FormUpload(exchange, upload, files.settings.file_bytes).kept())


@router.get("/v1/files/{file_id}", operation_id="retrieveFile", summary="Retrieve a file", responses=errors(404))
async def retrieve_file(caller: Reader, files: Files, file_id: FileId) -> FileObject:
    """What is known of a file."""
    return shown(await files.get(caller.space, _stored_id(file_id)))


@router.delete("/v1/files/{file_id}", operation_id="deleteFile", summary="Delete a file", responses=errors(404))
async def delete_file(caller: Writer, files: Files, file_id: FileId) -> FileDeleted:
    """Delete a file and its content, for good."""
    await files.delete(caller.space, _stored_id(file_id))
    return FileDeleted(id=file_id)


@router.get(
    "/v1/files/{file_id}/content",
    operation_id="downloadFile",
    summary="Retrieve a file's content",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "The content, always as an attachment.",
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        },
        206: {"description": "The ranges asked for, at most five."},
        **errors(404, 416),
    },
)
async def download_file(caller: Reader, files: Files, file_id: FileId, exchange: TheExchange) -> Response:
    """The content, whole or in ranges."""
    file = await files.get(caller.space, _stored_id(file_id))
    attachment = Attachment(
        file.filename,
        given_type(file),
        file.bytes,
        file.sha256,
        lambda start, length: files.content(file, start, length),
    )
    return attached(attachment, _field(exchange, b"range"), _field(exchange, b"if-range"))


def _stored_id(text: str, param: str | None = None) -> str:
    found = brought_id(text, PREFIX)
    if found is None:
        raise FileNotFound(param)
    return found


def _field(exchange: Exchange, name: bytes) -> str | None:
    value = exchange.header(name)
    return None if value is None else value.decode("latin-1")
