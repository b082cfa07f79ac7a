"""`/api/v1/folders`: where a person files conversations."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from prosa.api.app.conversation_models import EXAMPLE_FOLDER
from prosa.api.app.conversations_desk import Reader, TheDesk, Writer
from prosa.api.app.documents import problems
from prosa.api.app.paths import FolderId
from prosa.api.app.routing import AppRoute
from prosa.api.app.shapes import TAGGED, Body, Cursor, IfMatch, Limit, ListOf, Moment, bare, example
from prosa.api.app.surroundings import TheExchange
from prosa.api.app.tags import Tags
from prosa.conversations import FOLDER, LONGEST_NAME
from prosa.conversations import Folder as StoredFolder
from prosa.kit import moments

router = APIRouter(prefix="/api/v1/folders", tags=["Conversations"], route_class=AppRoute)

Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME, examples=["Mestrado"])]


class Folder(BaseModel):
    """A folder."""

    id: str = Field(examples=[EXAMPLE_FOLDER])
    etag: str = Field(description="Which state this is; for `If-Match`.", examples=['"5f3a9c1e7b2d4860a1c2e3f405162738"'])
    name: str = Field(examples=["Mestrado"])
    created_at: Moment
    updated_at: Moment


class FolderWish(Body):
    """A folder to be, or its new name. Two can't differ by case or accents alone."""

    model_config = example(name="Mestrado")

    name: Name


@router.get("", operation_id="listFolders", responses=problems(401, 403))
async def list_folders(caller: Reader, desk: TheDesk, limit: Limit = 50, cursor: Cursor = None) -> ListOf[Folder]:
    """One's own folders, oldest first; 500 at most."""
    cursors = desk.cursors(caller, "folders")
    page = await desk.shelf.folders.list(caller.space, limit, cursors.moment(cursor))
    tags = desk.tags(caller)
    return ListOf(data=[folder_shown(folder, tags) for folder in page.items], next_cursor=cursors.give(page.next))


@router.post("", operation_id="createFolder", status_code=201, responses=problems(401, 403, 409, 413))
async def create_folder(caller: Writer, body: FolderWish, desk: TheDesk, exchange: TheExchange, response: Response) -> Folder:
    """Make a folder."""
    folder, tags = await desk.shelf.folders.create(caller.space, body.name, exchange.object_id), desk.tags(caller)
    response.headers["location"] = f"{router.prefix}/{FOLDER}{folder.id}"
    response.headers["etag"] = tags.of(folder.id, folder.version)
    return folder_shown(folder, tags)


@router.get("/{folder_id}", operation_id="getFolder", responses=TAGGED | problems(401, 403, 404))
async def get_folder(caller: Reader, folder_id: FolderId, desk: TheDesk, response: Response) -> Folder:
    """One of one's folders; what is in it is `GET /api/v1/conversations?folder=…`."""
    folder, tags = await desk.shelf.folders.get(caller.space, bare(folder_id, FOLDER)), desk.tags(caller)
    response.headers["etag"] = tags.of(folder.id, folder.version)
    return folder_shown(folder, tags)


@router.patch("/{folder_id}", operation_id="renameFolder", responses=TAGGED | problems(401, 403, 404, 409, 412, 413, 428))
async def rename_folder(
    caller: Writer,
    folder_id: FolderId,
    body: FolderWish,
    desk: TheDesk,
    response: Response,
    if_match: IfMatch = None,
) -> Folder:
    """Give a folder another name."""
    tags, id = desk.tags(caller), bare(folder_id, FOLDER)
    before = await desk.shelf.folders.get(caller.space, id)
    tags.demand(if_match, id, before.version)
    folder = await desk.shelf.folders.rename(caller.space, id, body.name, tags.version(if_match, before.version))
    response.headers["etag"] = tags.of(id, folder.version)
    return folder_shown(folder, tags)


@router.delete("/{folder_id}", operation_id="deleteFolder", status_code=204, responses=problems(401, 403, 404))
async def delete_folder(caller: Writer, folder_id: FolderId, desk: TheDesk) -> None:
    """Delete a folder. The conversations in it stay, in no folder."""
    await desk.shelf.folders.delete(caller.space, bare(folder_id, FOLDER))


def folder_shown(folder: StoredFolder, tags: Tags) -> Folder:
    """A folder as the API shows it."""
    return Folder(
        id=FOLDER + folder.id,
        etag=tags.of(folder.id, folder.version),
        name=folder.name,
        created_at=moments.shown(moments.stored(folder.created_at)),
        updated_at=moments.shown(moments.stored(folder.updated_at)),
    )
