"""`/s/{token}`: what a link shows, to whoever has it. A page for a browser, JSON for a program.

No index keeps it, no cache keeps it, and no other site learns the link's text from a browser that goes on from here.
"""

from collections.abc import Sequence
from typing import Annotated, Final, Protocol

from fastapi import APIRouter, Depends, Request, Response

from prosa import conversations as feature
from prosa.api.app.documents import problems
from prosa.api.app.routing import AppRoute
from prosa.api.app.shares_models import LINK, FileNumber, Shared, Token, shared_shown
from prosa.api.app.surroundings import Anybody, TheExchange
from prosa.api.attachments import Attachment, attached
from prosa.api.scope import files_of, sharing_of
from prosa.api.uploads import given_type
from prosa.conversations import ShareNotFound, Sharing
from prosa.files import FileService

router = APIRouter(prefix="/s", tags=["Shares"], route_class=AppRoute)

TheSharing = Annotated[Sharing, Depends(sharing_of)]
Files = Annotated[FileService, Depends(files_of)]
PAGE_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_UNTOLD: Final = {"x-robots-tag": "noindex, nofollow, noarchive", "referrer-policy": "no-referrer", "cache-control": "no-store"}
_MOST_DIGITS: Final = 6


class SharePage(Protocol):
    """Makes a page of what a link shows at an address, in a language that the reader prefers; `drawn`: HTML of its messages."""

    def __call__(
        self, shared: feature.Shared, place: str, accept_language: bytes | None, drawn: Sequence[str | None] = ()
    ) -> bytes: ...


@router.get("/{share_token}", operation_id="openShare", response_model=Shared, responses=problems(404))
async def open_share(
    _anybody: Anybody, share_token: Token, sharing: TheSharing, exchange: TheExchange, request: Request
) -> Response:
    """A conversation as it was when it was shared."""
    shared = await sharing.opened(share_token)
    page: SharePage | None = request.app.state.parts.share_page
    headers = _UNTOLD | {"vary": "Accept, Accept-Language"}
    if page is None or not exchange.wants_page:
        return Response(shared_shown(shared, share_token).model_dump_json(), media_type="application/json", headers=headers)
    content = page(shared, LINK + share_token, exchange.header(b"accept-language"), await sharing.drawn(shared))
    return Response(content, media_type="text/html", headers=headers | {"content-security-policy": PAGE_POLICY})


@router.get(
    "/{share_token}/files/{file_number}",
    operation_id="openSharedFile",
    response_class=Response,
    responses=problems(404, 416),
)
async def open_shared_file(
    _anybody: Anybody, share_token: Token, file_number: FileNumber, sharing: TheSharing, files: Files, exchange: TheExchange
) -> Response:
    """An attachment that was shared along, as long as its owner keeps it."""
    if not (file_number.isascii() and file_number.isdigit() and len(file_number) <= _MOST_DIGITS):
        raise ShareNotFound
    file = await sharing.file(share_token, int(file_number))
    content = Attachment(
        file.filename, given_type(file), file.bytes, file.sha256, lambda start, length: files.content(file, start, length)
    )
    answer = attached(content, _field(exchange.header(b"range")), _field(exchange.header(b"if-range")))
    answer.headers.update(_UNTOLD)
    return answer


def _field(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")
