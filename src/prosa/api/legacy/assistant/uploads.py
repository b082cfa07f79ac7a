"""`POST /api/upload`: a file, for `file_ids` of `POST /api/chat`, and for `/v1`, where it is the same one."""

from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Depends, Response

from prosa.api.access import needs
from prosa.api.edge import Exchange, Form
from prosa.api.legacy.assistant.assistants import FILE
from prosa.api.legacy.assistant.documents import FileShown, failures
from prosa.api.legacy.assistant.errors import Missing
from prosa.api.scope import exchange_of, files_of
from prosa.files import FileService
from prosa.identity import Caller, Door, Permission
from prosa.kit.errors import BadRequest

PURPOSES: Final = ("assistants", "vision")
_SLACK: Final = 64 * 1024  # bytes of a form beside the file
_FIELD: Final = 100

router = APIRouter(tags=["Assistants (A)"])

Writer = Annotated[Caller, needs(Permission.WRITE_FILES, Door.ASSISTANT)]
Files = Annotated[FileService, Depends(files_of)]
TheExchange = Annotated[Exchange, Depends(exchange_of)]
_FORM: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "purpose": {"type": "string", "enum": list(PURPOSES), "default": PURPOSES[0]},
                    },
                }
            }
        },
    }
}


@router.post(
    "/api/upload",
    operation_id="uploadOfA",
    summary="Upload a file",
    response_model=FileShown,
    responses=failures(400, 401, 403, 413, 429, 503),
    openapi_extra=_FORM,
)
async def upload(caller: Writer, files: Files, exchange: TheExchange) -> Response:
    """Store a document to be searched, or an image to be seen."""
    purpose, came = PURPOSES[0], False
    async with files.upload(caller.space) as coming:
        form = Form(exchange.header(b"content-type"), exchange.pieces(files.settings.file_bytes + _SLACK))
        while (part := await form.next()) is not None:
            if part.name == "file" and part.filename:
                came = True
                await coming.receive(part.filename, part.content_type, form.read())
            else:
                value = await form.value(_FIELD)
                purpose = value if part.name == "purpose" else purpose
        if not came:
            raise Missing("Nenhum arquivo enviado")
        if purpose not in PURPOSES:
            raise BadRequest("purpose deve ser assistants ou vision", param="purpose")
        coming.check(purpose, None)
        file = await coming.keep(purpose, None, exchange.object_id)
    told = {
        "id": FILE + file.id,
        "object": "file",
        "bytes": file.bytes,
        "created_at": int(file.created_at),
        "filename": file.filename,
        "purpose": purpose,
    }
    return Response(msgspec.json.encode(told), media_type="application/json")
