"""`/api/v1/imports`: conversations from elsewhere: prosa's own exports, ChatGPT's, Claude's, LibreChat's and Open WebUI's."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Response

from prosa.api.access import needs
from prosa.api.app.documents import problems
from prosa.api.app.exports_models import run_id
from prosa.api.app.routing import AppRoute
from prosa.api.app.run_models import EXAMPLE_RUN, RUN, Run, run_shown
from prosa.api.app.surroundings import TheExchange
from prosa.api.edge import Exchange
from prosa.api.imports import ImportUpload
from prosa.api.scope import files_of, imports_of
from prosa.conversations import Importer, ImportService
from prosa.files import FileService
from prosa.identity import Caller, Permission
from prosa.runs import Run as StoredRun

router = APIRouter(prefix="/api/v1/imports", tags=["Imports"], route_class=AppRoute)

Writer = Annotated[Caller, needs(Permission.WRITE_CONVERSATIONS)]
Uploader = Annotated[Caller, needs(Permission.WRITE_CONVERSATIONS, claims=False)]
Imports = Annotated[ImportService, Depends(imports_of)]
Files = Annotated[FileService, Depends(files_of)]
ImportId = Annotated[str, Path(examples=[EXAMPLE_RUN], description="The id of the dry run.")]

UPLOAD: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary", "description": "JSON, or a zip with JSON in it."},
                        "dry_run": {
                            "type": "string",
                            "enum": ["true", "false"],
                            "default": "false",
                            "description": "Only look at the file, and report what would be imported.",
                        },
                    },
                }
            }
        },
    }
}


@router.post("", operation_id="startImport", status_code=202, openapi_extra=UPLOAD, responses=problems(401, 403, 409, 413, 507))
async def start_import(caller: Uploader, imports: Imports, files: Files, exchange: TheExchange, response: Response) -> Run:
    """Import a file that another product, or prosa, exported.

    It streams in and is looked at as a whole before anything is written: a run of the kind `import`, whose events tell how far it
    is and whose result is the report. A file that was imported before adds only what isn't there.
    """
    upload = ImportUpload(exchange, imports, _importer(caller, None), files.settings.file_bytes)
    run = await upload.started(lambda: _importer(caller, exchange))
    return _told(run, response)


@router.post(
    "/{import_id}/execution", operation_id="executeImport", status_code=202, responses=problems(401, 403, 404, 409, 410, 413)
)
async def execute_import(caller: Writer, import_id: ImportId, imports: Imports, exchange: TheExchange, response: Response) -> Run:
    """Carry out what a dry run looked at, within a day of the upload."""
    return _told(await imports.carry_out(_importer(caller, exchange), run_id(import_id)), response)


def _importer(caller: Caller, exchange: Exchange | None) -> Importer:
    return Importer(caller.space, caller.account_id, caller.credential_id, None if exchange is None else exchange.object_id)


def _told(run: StoredRun, response: Response) -> Run:
    response.headers["location"] = f"/api/v1/runs/{RUN}{run.id}"
    return run_shown(run)
