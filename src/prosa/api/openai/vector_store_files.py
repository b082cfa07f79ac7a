"""`/v1/vector_stores/{vector_store_id}/files` and `…/file_batches`: what is in a store, put in alone or by batches."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import StreamingResponse

from prosa.api.openai.routing import OpenAIRoute
from prosa.api.openai.vector_stores import (
    Paged,
    Paging,
    Reader,
    StoreId,
    Stores,
    TheExchange,
    Writer,
    json,
    maker_of,
)
from prosa.api.openai.vector_stores_answers import batch_json, content_json, file_json, files_json, gone_json
from prosa.api.openai.vector_stores_bodies import (
    batch_of,
    read_attributes,
    read_new_batch,
    read_new_file,
    store_of,
    stored_file_of,
)
from prosa.api.openai.vector_stores_documents import (
    EXAMPLE_BATCH,
    EXAMPLE_FILE,
    FILE_CHANGE,
    NEW_BATCH,
    NEW_FILE,
    BatchDocument,
    ContentDocument,
    FilesDocument,
    GoneDocument,
    StoredFileDocument,
    answers,
)
from prosa.identity import Caller
from prosa.knowledge import FileStatus, PageQuery, VectorStores

router = APIRouter(prefix="/v1/vector_stores/{vector_store_id}", tags=["Vector stores"], route_class=OpenAIRoute)

StoredFileId = Annotated[str, Path(description="The file's id.", examples=[EXAMPLE_FILE])]
BatchId = Annotated[str, Path(description="The batch's id.", examples=[EXAMPLE_BATCH])]
Filter = Annotated[
    Literal["in_progress", "completed", "failed", "cancelled"] | None, Query(description="Only files that stand so.")
]


@router.post(
    "/files",
    operation_id="createVectorStoreFile",
    summary="Put a file into a vector store",
    response_model=None,
    responses=answers(StoredFileDocument, 400, 413, 429),
    openapi_extra=NEW_FILE,
)
async def create_file(caller: Writer, stores: Stores, vector_store_id: StoreId, exchange: TheExchange) -> Response:
    """It is read in the background: `status` tells when it can be found, or why not. One that is there is read anew."""
    store_id, addition = store_of(vector_store_id), read_new_file(await exchange.body())
    return json(file_json(await stores.files.add_one(maker_of(caller, exchange), store_id, addition)))


@router.get(
    "/files",
    operation_id="listVectorStoreFiles",
    summary="List the files of a vector store",
    response_model=None,
    responses=answers(FilesDocument, 400),
)
async def list_files(
    caller: Reader,
    stores: Stores,
    vector_store_id: StoreId,
    paging: Paged,
    filter: Filter = None,
) -> Response:
    """What is in a store, newest first."""
    query = _query(vector_store_id, paging, filter)
    page = await stores.files.list(caller.space, store_of(vector_store_id), query)
    return json(files_json(page.files, more=page.more))


@router.get(
    "/files/{stored_file_id}",
    operation_id="getVectorStoreFile",
    summary="Retrieve a file of a vector store",
    response_model=None,
    responses=answers(StoredFileDocument),
)
async def get_file(caller: Reader, stores: Stores, vector_store_id: StoreId, stored_file_id: StoredFileId) -> Response:
    """Where it stands."""
    file = await stores.files.get(caller.space, *await _ids(caller, stores, vector_store_id, stored_file_id))
    return json(file_json(file), open=file.status is FileStatus.IN_PROGRESS)


@router.post(
    "/files/{stored_file_id}",
    operation_id="updateVectorStoreFileAttributes",
    summary="Change the attributes of a file of a vector store",
    response_model=None,
    responses=answers(StoredFileDocument, 400, 413),
    openapi_extra=FILE_CHANGE,
)
async def update_file(
    caller: Writer, stores: Stores, vector_store_id: StoreId, stored_file_id: StoredFileId, exchange: TheExchange
) -> Response:
    """Replace what it is found by beside its words."""
    ids = await _ids(caller, stores, vector_store_id, stored_file_id)
    return json(file_json(await stores.files.describe(caller.space, *ids, read_attributes(await exchange.body()))))


@router.delete(
    "/files/{stored_file_id}",
    operation_id="deleteVectorStoreFile",
    summary="Take a file out of a vector store",
    response_model=None,
    responses=answers(GoneDocument),
)
async def delete_file(caller: Writer, stores: Stores, vector_store_id: StoreId, stored_file_id: StoredFileId) -> Response:
    """All that was read out of it is gone from the store when this answers; the file itself stays."""
    await stores.files.remove(caller.space, *await _ids(caller, stores, vector_store_id, stored_file_id))
    return json(gone_json(stored_file_id, "vector_store.file.deleted"))


@router.get(
    "/files/{stored_file_id}/content",
    operation_id="retrieveVectorStoreFileContent",
    summary="Retrieve what was read out of a file",
    response_model=None,
    responses=answers(ContentDocument),
)
async def file_content(caller: Reader, stores: Stores, vector_store_id: StoreId, stored_file_id: StoredFileId) -> Response:
    """Its passages, in their order."""
    file = await stores.files.get(caller.space, *await _ids(caller, stores, vector_store_id, stored_file_id))
    return StreamingResponse(content_json(file, stores.files.passages(file)), media_type="application/json")


@router.post(
    "/file_batches",
    operation_id="createVectorStoreFileBatch",
    summary="Put many files into a vector store",
    response_model=None,
    responses=answers(BatchDocument, 400, 413, 429),
    openapi_extra=NEW_BATCH,
)
async def create_batch(caller: Writer, stores: Stores, vector_store_id: StoreId, exchange: TheExchange) -> Response:
    """All of them or none. They are read in the background, one failing for itself; `/api/v1/runs/{run_id}/events` with the same
    id tells of each as it comes."""
    store_id, (additions, param) = store_of(vector_store_id), read_new_batch(await exchange.body())
    return json(batch_json(await stores.files.add(maker_of(caller, exchange), store_id, additions, param)))


@router.get(
    "/file_batches/{batch_id}",
    operation_id="getVectorStoreFileBatch",
    summary="Retrieve a batch of files",
    response_model=None,
    responses=answers(BatchDocument),
)
async def get_batch(caller: Reader, stores: Stores, vector_store_id: StoreId, batch_id: BatchId) -> Response:
    """How far it is."""
    batch = await stores.files.batch(caller.space, *await _batch(caller, stores, vector_store_id, batch_id))
    return json(batch_json(batch), open=batch.status is FileStatus.IN_PROGRESS)


@router.post(
    "/file_batches/{batch_id}/cancel",
    operation_id="cancelVectorStoreFileBatch",
    summary="Cancel a batch of files",
    response_model=None,
    responses=answers(BatchDocument),
)
async def cancel_batch(caller: Writer, stores: Stores, vector_store_id: StoreId, batch_id: BatchId) -> Response:
    """Read no more of it; what was read stays."""
    ids = await _batch(caller, stores, vector_store_id, batch_id)
    return json(batch_json(await stores.files.cancel(caller.space, *ids)))


@router.get(
    "/file_batches/{batch_id}/files",
    operation_id="listFilesInVectorStoreBatch",
    summary="List the files of a batch",
    response_model=None,
    responses=answers(FilesDocument, 400),
)
async def list_batch_files(
    caller: Reader,
    stores: Stores,
    vector_store_id: StoreId,
    batch_id: BatchId,
    paging: Paged,
    filter: Filter = None,
) -> Response:
    """Those that were added with it, newest first."""
    store_id, batch = await _batch(caller, stores, vector_store_id, batch_id)
    page = await stores.files.list(caller.space, store_id, _query(vector_store_id, paging, filter), batch)
    return json(files_json(page.files, more=page.more))


async def _ids(caller: Caller, stores: VectorStores, store: str, file: str) -> tuple[str, str]:
    """The stored ids. Raises VectorStoreNotFound; with a store that is there, StoredFileNotFound for what can't be an id."""
    await stores.get(caller.space, store_of(store))
    return store_of(store), stored_file_of(file, store)


async def _batch(caller: Caller, stores: VectorStores, store: str, batch: str) -> tuple[str, str]:
    """Likewise, with FileBatchNotFound."""
    await stores.get(caller.space, store_of(store))
    return store_of(store), batch_of(batch, store)


def _query(store: str, paging: Paging, filter: str | None) -> PageQuery:
    """The page asked for. Raises StoredFileNotFound."""
    return PageQuery(
        paging.limit,
        paging.newest_first,
        None if paging.after is None else stored_file_of(paging.after, store, "after"),
        None if paging.before is None else stored_file_of(paging.before, store, "before"),
        None if filter is None else FileStatus(filter),
    )
