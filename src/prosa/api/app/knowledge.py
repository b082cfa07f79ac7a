"""`/api/v1/knowledge`: what the app tells of vector stores beside `/v1/vector_stores`."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, Field

from prosa.api.access import needs
from prosa.api.app.documents import problems
from prosa.api.app.routing import AppRoute
from prosa.api.app.shapes import EXAMPLE_ID, ListOf
from prosa.api.scope import assistants_of, stores_of
from prosa.assistants import ASSISTANT, AssistantService
from prosa.identity import Caller, Permission
from prosa.kit.ids import brought_id
from prosa.knowledge import STORE, VectorStoreNotFound, VectorStores

router = APIRouter(prefix="/api/v1/knowledge", tags=["Knowledge"], route_class=AppRoute)

Reader = Annotated[Caller, needs(Permission.READ_FILES)]
ReaderOfAssistants = Annotated[Caller, needs(Permission.READ_ASSISTANTS)]
Stores = Annotated[VectorStores, Depends(stores_of)]
Assistants = Annotated[AssistantService, Depends(assistants_of)]
StoreId = Annotated[str, Path(max_length=100, examples=[STORE + EXAMPLE_ID])]


class Knowledge(BaseModel):
    """How much there is in one's vector stores, and how much there may be."""

    stores: int = Field(examples=[3])
    most_stores: int = Field(examples=[1000])
    bytes: int = Field(description="Of passages and vectors.", examples=[1200000])
    most_bytes: int = Field(examples=[10737418240])
    most_files: int = Field(description="Of one store.", examples=[10000])
    embedding_model: str | None = Field(
        description="Whose vectors a new store gets; null: it is searched by its words alone.",
        examples=["text-embedding-3-small"],
    )


class UsingAssistant(BaseModel):
    """An assistant that a vector store comes with."""

    id: str = Field(examples=[ASSISTANT + EXAMPLE_ID])
    name: str | None = Field(examples=["Contratos"])


@router.get("", operation_id="getKnowledge", responses=problems(401, 403))
async def get_knowledge(caller: Reader, stores: Stores) -> Knowledge:
    """One's vector stores in figures."""
    held = await stores.holdings(caller.space)
    return Knowledge(
        stores=held.stores,
        most_stores=held.most_stores,
        bytes=held.bytes,
        most_bytes=held.most_bytes,
        most_files=held.most_files,
        embedding_model=held.model,
    )


@router.get("/{vector_store_id}/assistants", operation_id="listAssistantsOfStore", responses=problems(401, 403, 404))
async def list_assistants(
    caller: ReaderOfAssistants, vector_store_id: StoreId, stores: Stores, assistants: Assistants
) -> ListOf[UsingAssistant]:
    """One's assistants that lose something when this store of one's own is deleted; 100 at most."""
    id = brought_id(vector_store_id, STORE)
    if id is None:
        raise VectorStoreNotFound(vector_store_id)
    await stores.get(caller.space, id)
    found = await assistants.holding(caller, caller.space, id)
    return ListOf(data=[UsingAssistant(id=each.shown, name=each.definition.name) for each in found], next_cursor=None)
