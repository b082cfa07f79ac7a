"""`/api/v1/providers`: whom models are asked of, for admins; what the settings say of them is shown beside what is stored."""

from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Path, Response

from prosa.administration import ProviderDraft, ProviderNotFound, ProviderView
from prosa.api.access import needs
from prosa.api.app.documents import problems
from prosa.api.app.provider_models import (
    EXAMPLE_PROVIDER,
    DraftTrial,
    NewProvider,
    Provider,
    ProviderKind,
    ProviderPatch,
    TrialOutcome,
    TrialWish,
    changes_of,
    draft_of,
    kind_shown,
    provider_shown,
    trial_shown,
)
from prosa.api.app.routing import AppRoute
from prosa.api.app.shapes import TAGGED, IfMatch, ListOf
from prosa.api.app.surroundings import TheAdministration, TheExchange, actor_of, tags_of
from prosa.identity import Caller, Permission

router = APIRouter(prefix="/api/v1", tags=["Administration"], route_class=AppRoute)

Reader = Annotated[Caller, needs(Permission.READ_PROVIDERS)]
Writer = Annotated[Caller, needs(Permission.WRITE_PROVIDERS)]
Name = Annotated[str, Path(max_length=100, examples=[EXAMPLE_PROVIDER])]
THING = "provider:"


@router.get("/provider-kinds", operation_id="listProviderKinds", responses=problems(401, 403))
async def list_provider_kinds(_caller: Reader, administration: TheAdministration) -> ListOf[ProviderKind]:
    """The vendors and kinds of servers that a provider can be of."""
    kinds = [kind_shown(row, local=local) for row, local in administration.providers.kinds()]
    return ListOf(data=kinds, next_cursor=None)


@router.get("/providers", operation_id="listProviders", responses=problems(401, 403))
async def list_providers(_caller: Reader, administration: TheAdministration) -> ListOf[Provider]:
    """All of them in their order: those of the settings first, whose key and address are changed where prosa is started."""
    found = await administration.providers.list()
    return ListOf(data=[provider_shown(each) for each in found], next_cursor=None)


@router.post("/providers", operation_id="createProvider", status_code=201, responses=problems(401, 403, 409, 413))
async def create_provider(
    caller: Writer, body: NewProvider, administration: TheAdministration, exchange: TheExchange, response: Response
) -> Provider:
    """Add a provider. It is asked by every process within a second, without a restart."""
    found = await _before(administration, exchange, body.name)
    if found is None:
        found = await administration.providers.create(actor_of(caller), draft_of(body))
    response.headers["location"] = f"{router.prefix}/providers/{found.name}"
    response.headers["etag"] = tags_of(administration, caller).of(THING + found.name, found.version)
    return provider_shown(found)


async def _before(administration: TheAdministration, exchange: TheExchange, name: str) -> ProviderView | None:
    """What an earlier attempt of this request added already."""
    if exchange.repeated:
        with suppress(ProviderNotFound):
            return await administration.providers.get(name)
    return None


@router.get("/providers/{provider_name}", operation_id="getProvider", responses=TAGGED | problems(401, 403, 404))
async def get_provider(caller: Reader, provider_name: Name, administration: TheAdministration, response: Response) -> Provider:
    """One of them."""
    found = await administration.providers.get(provider_name)
    response.headers["etag"] = tags_of(administration, caller).of(THING + found.name, found.version)
    return provider_shown(found)


@router.patch(
    "/providers/{provider_name}",
    operation_id="changeProvider",
    responses=TAGGED | problems(401, 403, 404, 409, 412, 413, 428),
)
async def change_provider(
    caller: Writer,
    provider_name: Name,
    body: ProviderPatch,
    administration: TheAdministration,
    response: Response,
    if_match: IfMatch = None,
) -> Provider:
    """Change a provider of the database. Calls that are under way end as they began."""
    tags = tags_of(administration, caller)
    before = await administration.providers.get(provider_name)
    tags.demand(if_match, THING + before.name, before.version)
    version = tags.version(if_match, before.version)
    found = await administration.providers.change(actor_of(caller), before.name, changes_of(body), version)
    response.headers["etag"] = tags.of(THING + found.name, found.version)
    return provider_shown(found)


@router.delete(
    "/providers/{provider_name}", operation_id="deleteProvider", status_code=204, responses=problems(401, 403, 404, 409)
)
async def delete_provider(caller: Writer, provider_name: Name, administration: TheAdministration) -> None:
    """Take a provider of the database away, with its key. Aliases that lead to it do without it."""
    await administration.providers.delete(actor_of(caller), provider_name)


@router.post("/providers/{provider_name}/test", operation_id="testProvider", responses=problems(401, 403, 404, 409, 413))
async def test_provider(_caller: Writer, provider_name: Name, body: TrialWish, administration: TheAdministration) -> TrialOutcome:
    """Ask a provider for its list of models and a word of one of them. What goes wrong is told in the answer, which is 200."""
    return trial_shown(await administration.trials.known(provider_name, body.model))


@router.post("/provider-tests", operation_id="testProviderDraft", responses=problems(401, 403, 413))
async def test_provider_draft(_caller: Writer, body: DraftTrial, administration: TheAdministration) -> TrialOutcome:
    """The same for one that isn't stored: nothing of it is kept."""
    draft = ProviderDraft(body.name or "", body.kind, body.base_url, body.api_key)
    return trial_shown(await administration.trials.draft(draft, body.model))
