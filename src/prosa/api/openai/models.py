"""`/v1/models`: the names that a call may carry."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, Field

from prosa.api.access import needs
from prosa.api.scope import gateway_of, started_at
from prosa.gateway import Gateway, ModelEntry, ModelNotFound, by_name
from prosa.identity import Caller, Door, Permission

router = APIRouter(tags=["OpenAI-compatible"])


class Model(BaseModel):
    """A name that a call may carry as its `model`."""

    id: str = Field(examples=["openai/gpt-4o-mini"])
    object: Literal["model"] = "model"
    created: int = Field(description="Seconds since 1970: when this server started.", examples=[1760000000])
    owned_by: str = Field(description="The provider's name in this installation, `prosa` for an alias.", examples=["openai"])


class ModelList(BaseModel):
    """All names, aliases first."""

    object: Literal["list"] = "list"
    data: list[Model]


Reader = Annotated[Caller, needs(Permission.READ_MODELS, Door.OPENAI)]
TheGateway = Annotated[Gateway, Depends(gateway_of)]
Started = Annotated[float, Depends(started_at)]


@router.get("/v1/models", operation_id="listModels", summary="List models")
async def list_models(reader: Reader, gateway: TheGateway, started: Started) -> ModelList:
    """The names that this server answers to: aliases and `provider/model`, and only what the operator configured."""
    await gateway.discover()
    names = [entry for entry in gateway.catalogue.names() if reader.models is None or entry.id in reader.models]
    return ModelList(data=[shown(entry, started) for entry in names])


@router.get("/v1/models/{model:path}", operation_id="retrieveModel", summary="Retrieve a model")
async def retrieve_model(
    reader: Reader, gateway: TheGateway, started: Started, model: Annotated[str, Path(max_length=256)]
) -> Model:
    """One name, slashes and all."""
    await gateway.discover()
    entry = by_name(gateway.catalogue.names()).get(model)
    if entry is None or (reader.models is not None and entry.id not in reader.models):
        raise ModelNotFound("There is no model of this name here; GET /v1/models lists the names.", param="model")
    return shown(entry, started)


def shown(entry: ModelEntry, started: float) -> Model:
    """An entry of the catalogue as OpenAI shows one."""
    return Model(id=entry.id, created=int(started), owned_by=entry.owner)
