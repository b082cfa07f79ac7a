"""`/api/v1/models`: names that a call may carry, for everybody; which of them there are, for admins."""

from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from prosa.administration import ModelNameNotFound, ModelView, StoredName
from prosa.api.access import needs
from prosa.api.app.catalogue_models import (
    AdministeredModel,
    ListedModel,
    ModelPatch,
    NewAlias,
    changes_of,
    listed_shown,
    model_shown,
    targets_of,
)
from prosa.api.app.documents import problems
from prosa.api.app.routing import AppRoute
from prosa.api.app.shapes import TAGGED, IfMatch, ListOf
from prosa.api.app.surroundings import TheAdministration, TheExchange, actor_of, tags_of
from prosa.identity import Caller, Permission

router = APIRouter(prefix="/api/v1", tags=["Models"], route_class=AppRoute)

Reader = Annotated[Caller, needs(Permission.READ_MODELS)]
Administrator = Annotated[Caller, needs(Permission.READ_PROVIDERS)]
Writer = Annotated[Caller, needs(Permission.WRITE_PROVIDERS)]
PublicName = Annotated[str, Path(max_length=256, examples=["mock"])]
WithPrices = Annotated[bool, Query(description="Look the prices up too, which takes a moment the first time.")]
THING = "model:"


@router.get("/models", operation_id="listChoosableModels", responses=problems(401, 403))
async def list_models(caller: Reader, administration: TheAdministration) -> ListOf[ListedModel]:
    """The models that the caller may choose, aliases first; a key that was made for some of them sees those."""
    found = await administration.names.choosable(caller.models)
    return ListOf(data=[listed_shown(each) for each in found], next_cursor=None)


@router.get("/model-catalogue", operation_id="listEveryModel", responses=problems(401, 403))
async def list_every_model(
    _caller: Administrator, administration: TheAdministration, prices: WithPrices = False
) -> ListOf[AdministeredModel]:
    """Every name, switched off ones too, with where it leads and what it costs."""
    found = await administration.names.every(prices=prices)
    return ListOf(data=[model_shown(each) for each in found], next_cursor=None)


@router.post("/models", operation_id="createAlias", status_code=201, responses=problems(401, 403, 409, 413))
async def create_alias(
    caller: Writer, body: NewAlias, administration: TheAdministration, exchange: TheExchange, response: Response
) -> AdministeredModel:
    """Add a name of one's own, which leads to models: an alias of an alias there is not."""
    wish = StoredName(body.name, targets_of(body.targets), tuple(body.fallbacks), body.enabled, body.title)
    found = await _before(administration, exchange, body.name)
    if found is None:
        found = await administration.names.create(actor_of(caller), wish)
    response.headers["location"] = f"{router.prefix}/models/{found.id}"
    response.headers["etag"] = tags_of(administration, caller).of(THING + found.id, found.version)
    return model_shown(found)


async def _before(administration: TheAdministration, exchange: TheExchange, name: str) -> ModelView | None:
    """What an earlier attempt of this request added already."""
    if exchange.repeated:
        with suppress(ModelNameNotFound):
            return await administration.names.get(name)
    return None


@router.get("/models/{model:path}", operation_id="getModel", responses=TAGGED | problems(401, 403, 404))
async def get_model(
    caller: Administrator, model: PublicName, administration: TheAdministration, response: Response
) -> AdministeredModel:
    """One name, slashes and all."""
    found = await administration.names.get(model)
    response.headers["etag"] = tags_of(administration, caller).of(THING + found.id, found.version)
    return model_shown(found)


@router.patch("/models/{model:path}", operation_id="changeModel", responses=TAGGED | problems(401, 403, 404, 409, 412, 413, 428))
async def change_model(
    caller: Writer,
    model: PublicName,
    body: ModelPatch,
    administration: TheAdministration,
    response: Response,
    if_match: IfMatch = None,
) -> AdministeredModel:
    """Change how a name is shown, whether it is there, what is tried after it; of an alias where it leads."""
    tags = tags_of(administration, caller)
    before = await administration.names.get(model)
    tags.demand(if_match, THING + before.id, before.version)
    version = tags.version(if_match, before.version)
    found = await administration.names.change(actor_of(caller), before.id, changes_of(body), version)
    response.headers["etag"] = tags.of(THING + found.id, found.version)
    return model_shown(found)


@router.delete("/models/{model:path}", operation_id="deleteModel", status_code=204, responses=problems(401, 403, 404, 409))
async def delete_model(caller: Writer, model: PublicName, administration: TheAdministration) -> None:
    """Take an alias of the database away; a provider's model is as it was before anybody changed it here."""
    await administration.names.delete(actor_of(caller), model)
