"""`GET /api/v1/files/{file_id}/text`: a document's text around a place, for whom a citation leads there."""

from dataclasses import dataclass
from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Depends, Request
from msgspec import Struct

from prosa.api.access import needs
from prosa.api.app.documents import problems
from prosa.api.app.file_texts_models import FILE, Asked, FileId, FileText, TextPart, TextQuery, excerpt_shown
from prosa.api.app.routing import AppRoute
from prosa.api.app.shapes import bare
from prosa.assistants import AssistantService
from prosa.conversations import CONVERSATION, ConversationService, Item, stored_id
from prosa.files import File, FileNotFound, FileService
from prosa.identity import Caller, Permission
from prosa.kit.errors import NotFound
from prosa.kit.ids import brought_id
from prosa.knowledge import VectorStores

router = APIRouter(prefix="/api/v1/files", tags=["Knowledge"], route_class=AppRoute)

Reader = Annotated[Caller, needs(Permission.READ_FILES)]


class _Place(Struct):
    start: int
    end: int
    page: int | None = None
    heading: list[str] = []


class _Annotation(Struct):
    type: str = ""
    file_id: str | None = None
    prosa: _Place | None = None


class _Content(Struct):
    annotations: list[_Annotation] = []


class _Result(Struct):
    file_id: str = ""
    filename: str = ""
    text: str = ""


class _Said(Struct):
    """What cites, and what was found, in the bodies of items."""

    content: list[_Content] = []
    results: list[_Result] | None = None


_said: Final = msgspec.json.Decoder(_Said, strict=False).decode


@dataclass(frozen=True, slots=True)
class Desk:
    """Those who know what somebody may read."""

    files: FileService
    stores: VectorStores
    assistants: AssistantService
    conversations: ConversationService

    async def shown(self, caller: Caller, file_id: str, query: TextQuery) -> FileText:
        """What of a file's text the caller may read. Raises FileNotFound, and what reading the file raises."""
        try:
            return await self._own(caller, await self.files.get(caller.space, file_id), query)
        except FileNotFound:
            pass
        found = await self._lent(caller, file_id, query) if caller.may(Permission.READ_ASSISTANTS) else None
        if found is None and caller.may(Permission.READ_CONVERSATIONS):
            found = await self._cited(caller, file_id, query)
        if found is None:
            raise FileNotFound
        return found

    async def _own(self, caller: Caller, file: File, query: TextQuery) -> FileText:
        wanted = query.wanted()
        for space, store_id in await self.stores.texts.holders(file.id):
            if space == caller.space and (excerpt := await self.stores.texts.kept(file, store_id, wanted)) is not None:
                return excerpt_shown(file, excerpt, own=True)
        return excerpt_shown(file, await self.stores.texts.whole(file, wanted), own=True)

    async def _lent(self, caller: Caller, file_id: str, query: TextQuery) -> FileText | None:
        """Of a file in a store that comes with an assistant which the caller may use now."""
        for space, store_id in await self.stores.texts.holders(file_id):
            if not await self.assistants.lent(caller, space, store_id):
                continue
            try:
                file = await self.files.get(space, file_id)
            except FileNotFound:
                continue  # it was deleted at this very moment
            if (excerpt := await self.stores.texts.kept(file, store_id, query.wanted())) is not None:
                return excerpt_shown(file, excerpt, own=False)
        return None

    async def _cited(self, caller: Caller, file_id: str, query: TextQuery) -> FileText | None:
        """What an answer of the caller's own cites, as it was told then: items can be made up, so they open no document."""
        conversation, item = bare(query.conversation_id or "", CONVERSATION), stored_id(query.item_id or "")
        try:
            citing = await self.conversations.item(caller.space, conversation, item)
        except NotFound:
            return None
        made = [citing]
        if citing.run_id is not None:
            made = await self.conversations.items_of_run(caller.space, citing.run_id, made=True)
        return _quoted(FILE + file_id, (citing, *made), query)


def _quoted(file_id: str, items: tuple[Item, ...], query: TextQuery) -> FileText | None:
    """What the items tell of a place in a file; None where they cite it nowhere."""
    said = [_read(item) for item in items]
    citations = [
        each
        for one in said[:1]
        for content in one.content
        for each in content.annotations
        if each.type == "file_citation" and each.file_id == file_id
    ]
    found = [result for one in said for result in one.results or () if result.file_id == file_id and result.text]
    if not found or not (citations or said[0].results):  # it cites the file, or is the search that found it
        return None
    cited = next((each.prosa for each in citations if each.prosa is not None and each.prosa.start == query.start), None)
    place = cited or _Place(query.start, max(query.start, query.end))
    # Of a table a passage repeats the first lines, so that it is no shorter than its place is long.
    wide = place.end - place.start
    best = min(found, key=lambda each: (len(each.text) < wide, abs(len(each.text) - wide)))
    part = TextPart(start=place.start, end=place.end, text=best.text, page=place.page, heading=place.heading, cited=True)
    return FileText(
        file_id=file_id,
        filename=best.filename,
        own=False,
        whole=False,
        length=place.end,
        before=None,
        after=None,
        parts=[part],
    )


def _read(item: Item) -> _Said:
    try:
        return _said(item.body)
    except msgspec.MsgspecError:
        return _Said()  # of a kind that says something else under these names


async def desk_of(request: Request) -> Desk:
    """The parts, found where the application factory put them."""
    features = request.app.state.parts.features
    return Desk(features.files, features.stores, features.assistants, features.conversations)


@router.get("/{file_id}/text", operation_id="readFileText", responses=problems(401, 403, 404))
async def read_text(caller: Reader, file_id: FileId, query: Asked, desk: Annotated[Desk, Depends(desk_of)]) -> FileText:
    """The text of one's own file, or of one in a vector store that comes with an assistant which one may use, around a place.

    With a conversation of one's own and the item of it that cites the file, at least the cited passage, as long as the
    conversation is kept: also when the document is gone, or isn't shared any more.
    """
    return await desk.shown(caller, brought_id(file_id, FILE) or "", query)
