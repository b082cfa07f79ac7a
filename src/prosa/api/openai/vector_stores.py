"""`/v1/vector_stores`: documents that are found again by what they say."""

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Path, Query, Response

from prosa.api.access import needs
from prosa.api.edge import Exchange
from prosa.api.openai.routing import OpenAIRoute
from prosa.api.openai.vector_stores_answers import gone_json, hits_json, store_json, stores_json
from prosa.api.openai.vector_stores_bodies import read_new_store, read_search, read_store_change, store_of
from prosa.api.openai.vector_stores_documents import (
    EXAMPLE_STORE,
    NEW_STORE,
    SEARCH,
    STORE_CHANGE,
    GoneDocument,
    HitsDocument,
    StoreDocument,
    StoresDocument,
    answers,
)
from prosa.api.scope import exchange_of, stores_of
from prosa.identity import Caller, Door, Permission
from prosa.knowledge import Grant, Maker, PageQuery, VectorStores
from prosa.usage import payer_of

router = APIRouter(prefix="/v1/vector_stores", tags=["Vector stores"], route_class=OpenAIRoute)

Reader = Annotated[Caller, needs(Permission.READ_FILES, Door.OPENAI)]
Writer = Annotated[Caller, needs(Permission.WRITE_FILES, Door.OPENAI)]
Stores = Annotated[VectorStores, Depends(stores_of)]
TheExchange = Annotated[Exchange, Depends(exchange_of)]
StoreId = Annotated[str, Path(description="The store's id.", examples=[EXAMPLE_STORE])]
Limit = Annotated[int, Query(ge=1, le=100)]
Order = Annotated[Literal["asc", "desc"], Query(description="By the time of creation.")]
After = Annotated[str | None, Query(max_length=100, description="The id of the last one of the page before.")]
Before = Annotated[str | None, Query(max_length=100, description="The id of the first one of the page behind.")]


class Paging:
    """The part of a list that is asked for."""

    def __init__(self, limit: Limit = 20, order: Order = "desc", after: After = None, before: Before = None) -> None:
        self.limit = limit
        self.newest_first = order == "desc"
        self.after = after
        self.before = before


Paged = Annotated[Paging, Depends()]


SOON: Final = {"openai-poll-after-ms": "300"}


def maker_of(caller: Caller, exchange: Exchange) -> Maker:
    """Who adds something, by this request."""
    key = payer_of(caller, Door.OPENAI).key_id
    return Maker(caller.space, caller.account_id, caller.credential_id, key, exchange.object_id)


def json(body: bytes, *, open: bool = False) -> Response:
    """An answer; of what is `open` OpenAI's clients ask again, as soon as they are told, else each second."""
    return Response(body, media_type="application/json", headers=SOON if open else None)


@router.post(
    "",
    operation_id="createVectorStore",
    summary="Create a vector store",
    response_model=None,
    responses=answers(StoreDocument, 400, 413, 429),
    openapi_extra=NEW_STORE,
)
async def create_store(caller: Writer, stores: Stores, exchange: TheExchange) -> Response:
    """A new store. The files in it are read in the background: `file_counts` tells how far that is."""
    new = read_new_store(await exchange.body())
    return json(store_json(await stores.create(maker_of(caller, exchange), new), stores.now))


@router.get(
    "",
    operation_id="listVectorStores",
    summary="List vector stores",
    response_model=None,
    responses=answers(StoresDocument, 400),
)
async def list_stores(caller: Reader, stores: Stores, paging: Paged) -> Response:
    """The caller's stores, newest first."""
    after = None if paging.after is None else store_of(paging.after)
    before = None if paging.before is None else store_of(paging.before)
    page = await stores.list(caller.space, PageQuery(paging.limit, paging.newest_first, after, before))
    return json(stores_json(page.stores, stores.now, more=page.more))


@router.get(
    "/{vector_store_id}",
    operation_id="getVectorStore",
    summary="Retrieve a vector store",
    response_model=None,
    responses=answers(StoreDocument),
)
async def get_store(caller: Reader, stores: Stores, vector_store_id: StoreId) -> Response:
    """One store, with the counts of its files."""
    return json(store_json(await stores.get(caller.space, store_of(vector_store_id)), stores.now))


@router.post(
    "/{vector_store_id}",
    operation_id="modifyVectorStore",
    summary="Modify a vector store",
    response_model=None,
    responses=answers(StoreDocument, 400, 413, 429),
    openapi_extra=STORE_CHANGE,
)
async def modify_store(caller: Writer, stores: Stores, vector_store_id: StoreId, exchange: TheExchange) -> Response:
    """Another name, other metadata, another life; what isn't named stays."""
    change = read_store_change(await exchange.body())
    made = await stores.change(caller.space, store_of(vector_store_id), change, maker_of(caller, exchange))
    return json(store_json(made, stores.now))


@router.delete(
    "/{vector_store_id}",
    operation_id="deleteVectorStore",
    summary="Delete a vector store",
    response_model=None,
    responses=answers(GoneDocument),
)
async def delete_store(caller: Writer, stores: Stores, vector_store_id: StoreId) -> Response:
    """Delete it for good, with all that was read out of its files; the files themselves stay."""
    await stores.delete(caller.space, store_of(vector_store_id))
    return json(gone_json(vector_store_id, "vector_store.deleted"))


@router.post(
    "/{vector_store_id}/search",
    operation_id="searchVectorStore",
    summary="Search a vector store",
    response_model=None,
    responses=answers(HitsDocument, 400, 413),
    openapi_extra=SEARCH,
)
async def search_store(caller: Reader, stores: Stores, vector_store_id: StoreId, exchange: TheExchange) -> Response:
    """The passages that answer a question, the best first: by what they mean and by their words. With a key that may call no
    model, by their words alone."""
    payer = payer_of(caller, Door.OPENAI) if caller.may(Permission.CALL_MODELS) else None
    grant = Grant(caller.space, (store_of(vector_store_id),))
    inquiry = read_search(await exchange.body(), payer)
    return json(hits_json(inquiry.queries, await stores.search([grant], inquiry)))
