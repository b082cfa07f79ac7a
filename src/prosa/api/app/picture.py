"""`/api/v1/me/picture`: one's own picture."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Response
from fastapi.responses import StreamingResponse

from prosa.api.access import needs
from prosa.api.app.documents import problems
from prosa.api.app.routing import AppRoute
from prosa.api.app.surroundings import TheExchange
from prosa.api.attachments import Attachment, attached
from prosa.api.scope import files_of
from prosa.files import FileService
from prosa.identity import Caller, Permission

MOST_BYTES: Final = 1024 * 1024
KINDS: Final = ("image/png", "image/jpeg", "image/webp")
_BINARY: Final[dict[str, Any]] = {"schema": {"type": "string", "format": "binary"}}
_SHOWN: Final[dict[str, Any]] = {"description": "The picture.", "content": dict.fromkeys(KINDS, _BINARY)}

router = APIRouter(prefix="/api/v1/me/picture", tags=["My account"], route_class=AppRoute)

Reader = Annotated[Caller, needs(Permission.READ_ME)]
Writer = Annotated[Caller, needs(Permission.WRITE_ME)]
Files = Annotated[FileService, Depends(files_of)]


@router.get(
    "",
    operation_id="getMyPicture",
    response_class=StreamingResponse,
    responses={200: _SHOWN, 204: {"description": "There is none."}, **problems(401, 403)},
)
async def get_picture(caller: Reader, files: Files) -> Response:
    """The picture of the account behind the credential."""
    file = await files.picture(caller.space)
    if file is None:
        return Response(status_code=204)
    return attached(
        Attachment("picture", file.media_type, file.bytes, file.sha256, lambda start, length: files.content(file, start, length)),
        None,
        None,
    )


@router.put(
    "",
    operation_id="setMyPicture",
    status_code=204,
    openapi_extra={"requestBody": {"required": True, "content": dict.fromkeys(KINDS, _BINARY)}},
    responses=problems(401, 403, 413),
)
async def set_picture(caller: Writer, exchange: TheExchange, files: Files) -> None:
    """Set one's picture: PNG, JPEG or WebP, at most 1 MB, as the body itself. Its content decides what it is."""
    declared = (exchange.header(b"content-type") or b"").decode("latin-1")
    async with files.upload(caller.space) as upload:
        await upload.receive("picture", declared, exchange.pieces(MOST_BYTES))
        file = await upload.keep_picture()
    await files.remove_pictures(caller.space, but=file.id)


@router.delete("", operation_id="deleteMyPicture", status_code=204, responses=problems(401, 403))
async def delete_picture(caller: Writer, files: Files) -> None:
    """Remove one's picture, where there is one."""
    await files.remove_pictures(caller.space)
