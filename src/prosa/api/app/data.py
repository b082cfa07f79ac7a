"""`/api/v1/me/data`: all that is kept of oneself, in one archive (LGPD, article 18)."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, Field

from prosa.api.access import needs
from prosa.api.app.documents import problems
from prosa.api.app.routing import AppRoute
from prosa.api.app.shapes import Proof
from prosa.api.app.surroundings import People
from prosa.api.attachments import disposition
from prosa.api.scope import privacy_of
from prosa.identity import Caller, Permission
from prosa.privacy import GOOD_FOR, PersonalData

router = APIRouter(prefix="/api/v1/me/data", tags=["My account"], route_class=AppRoute)

Reader = Annotated[Caller, needs(Permission.READ_DATA)]
Privacy = Annotated[PersonalData, Depends(privacy_of)]
ArchiveProof = Annotated[
    str, Path(max_length=100, description="As `POST /api/v1/me/data` gave it.", examples=["1795306925-4f2a"])
]
_NAME: Final = "prosa-my-data.zip"
_ZIP: Final[dict[str, Any]] = {"schema": {"type": "string", "format": "binary"}}


class ArchiveAddress(BaseModel):
    """Where the archive is for a while; a browser opens it as a download. A ticket for this path is good there too."""

    path: str = Field(repr=False, examples=["/api/v1/me/data/1795306925-4f2a"])
    expires_in: int = Field(description="Seconds.", examples=[GOOD_FOR])


@router.post("", operation_id="askForMyData", status_code=201, responses=problems(401, 403, 413))
async def ask_for_my_data(caller: Reader, body: Proof, people: People, privacy: Privacy) -> ArchiveAddress:
    """The address of one's archive, for who shows the password once more. It is made when that address is opened."""
    account_id = caller.account_id or ""
    await people.accounts.prove(account_id, body.current_password)
    return ArchiveAddress(path=f"{router.prefix}/{privacy.prove(account_id)}", expires_in=GOOD_FOR)


@router.get(
    "/{data_proof}",
    operation_id="getMyData",
    response_class=StreamingResponse,
    responses={200: {"description": "A ZIP.", "content": {"application/zip": _ZIP}}, **problems(401, 403, 404)},
)
async def get_my_data(caller: Reader, data_proof: ArchiveProof, privacy: Privacy) -> Response:
    """Every table's rows about oneself as JSON lines, and one's files as they are: a ZIP, made now."""
    account_id = caller.account_id or ""
    privacy.check(account_id, data_proof)
    size, pieces = await privacy.made(account_id)
    headers = {
        "content-disposition": disposition(_NAME),
        "content-length": str(size),
        "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    }
    return StreamingResponse(pieces, 200, headers, "application/zip")
