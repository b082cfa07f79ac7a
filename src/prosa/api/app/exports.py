"""`/api/v1/exports`: conversations to take along, one at once, or any number by a run."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from fastapi.responses import StreamingResponse

from prosa.api.access import needs
from prosa.api.app.documents import problems
from prosa.api.app.exports_models import FILE, AskedForm, ExportId, Language, NewExport, TimeZone, run_id, wish_of
from prosa.api.app.paths import ConversationId
from prosa.api.app.routing import AppRoute
from prosa.api.app.run_models import CONVERSATION, RUN, Run, run_shown
from prosa.api.app.shapes import bare
from prosa.api.app.surroundings import TheExchange
from prosa.api.attachments import Attachment, attached, disposition
from prosa.api.scope import exports_of
from prosa.conversations import ExportService, ExportStarter, ExportWish, Format
from prosa.identity import Caller, Permission

router = APIRouter(tags=["Exports"], route_class=AppRoute)

Reader = Annotated[Caller, needs(Permission.READ_CONVERSATIONS)]
Starter = Annotated[Caller, needs(Permission.WRITE_RUNS)]
Exports = Annotated[ExportService, Depends(exports_of)]


@router.get(
    "/api/v1/conversations/{conversation_id}/export",
    operation_id="exportMyConversation",
    response_class=StreamingResponse,
    responses={200: FILE[200], **problems(401, 403, 404, 413)},
)
async def export_conversation(
    caller: Reader,
    conversation_id: ConversationId,
    exports: Exports,
    form: AskedForm = "json",
    language: Language = "en",
    time_zone: TimeZone = "UTC",
) -> Response:
    """One conversation, now: as JSON with all branches, or as a document of the chosen path.

    One that is too long for that is exported by `POST /api/v1/exports`.
    """
    wish = ExportWish(format=Format(form), language=language, zone=time_zone)
    name, content = await exports.direct(caller.space, bare(conversation_id, CONVERSATION), wish)
    headers = {
        "content-disposition": disposition(name),
        "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    }
    return StreamingResponse(content, 200, headers, wish.format.media_type)


@router.post("/api/v1/exports", operation_id="startExport", status_code=202, responses=problems(401, 403, 404, 413))
async def start_export(caller: Starter, body: NewExport, exports: Exports, exchange: TheExchange, response: Response) -> Run:
    """Begin to export several conversations, or all.

    It is a run of the kind `export`: `GET /api/v1/runs/{run_id}/events` tells how far it is, its result what was made. The file
    stays for seven days.
    """
    caller.require(Permission.READ_CONVERSATIONS)
    starter = ExportStarter(caller.space, caller.account_id, caller.credential_id, exchange.object_id)
    run = await exports.start(starter, wish_of(body))
    response.headers["location"] = f"/api/v1/runs/{RUN}{run.id}"
    return run_shown(run)


@router.get(
    "/api/v1/exports/{export_id}/content",
    operation_id="downloadExport",
    response_class=StreamingResponse,
    responses={**FILE, **problems(401, 403, 404, 409, 410, 416)},
)
async def download_export(caller: Reader, export_id: ExportId, exports: Exports, exchange: TheExchange) -> Response:
    """What an export made, whole or in ranges."""
    file = await exports.made(caller.space, run_id(export_id))
    attachment = Attachment(
        file.filename,
        file.media_type,
        file.bytes,
        file.sha256,
        lambda start, length: exports.content(file, start, length),
    )
    return attached(attachment, _field(exchange, b"range"), _field(exchange, b"if-range"))


def _field(exchange: TheExchange, name: bytes) -> str | None:
    value = exchange.header(name)
    return None if value is None else value.decode("latin-1")
