"""`/api/v1/settings` and `/api/v1/limits`: what can be changed while prosa runs, for admins; and who changed what."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from prosa.administration import Area
from prosa.api.access import needs
from prosa.api.app.documents import problems
from prosa.api.app.routing import AppRoute
from prosa.api.app.setting_models import (
    Change,
    ChangesAsked,
    LimitChanges,
    SettingChanges,
    Settings,
    change_shown,
    setting_shown,
)
from prosa.api.app.shapes import TAGGED, IfMatch, ListOf
from prosa.api.app.surroundings import TheAdministration, actor_of, cursors_of, tags_of
from prosa.api.app.tags import Tags
from prosa.identity import Caller, Permission

router = APIRouter(prefix="/api/v1", tags=["Administration"], route_class=AppRoute)

Reader = Annotated[Caller, needs(Permission.READ_SETTINGS)]
Writer = Annotated[Caller, needs(Permission.WRITE_SETTINGS)]


@router.get("/settings", operation_id="listSettings", responses=TAGGED | problems(401, 403))
async def list_settings(caller: Reader, administration: TheAdministration, response: Response) -> Settings:
    """The settings that can be changed while prosa runs, with where each value comes from."""
    return await _told(administration, Area.SETTINGS, tags_of(administration, caller), response)


@router.patch("/settings", operation_id="changeSettings", responses=TAGGED | problems(401, 403, 409, 412, 413, 428))
async def change_settings(
    caller: Writer,
    body: SettingChanges,
    administration: TheAdministration,
    response: Response,
    if_match: IfMatch = None,
) -> Settings:
    """Change settings. They are in force in every process within a second, without a restart."""
    tags = tags_of(administration, caller)
    await _change(administration, Area.SETTINGS, caller, body, tags, if_match)
    return await _told(administration, Area.SETTINGS, tags, response)


@router.get("/limits", operation_id="listLimits", responses=TAGGED | problems(401, 403))
async def list_limits(caller: Reader, administration: TheAdministration, response: Response) -> Settings:
    """How much, how large, how often; 0 requests a minute means no limit. Some are changed where prosa is started alone."""
    return await _told(administration, Area.LIMITS, tags_of(administration, caller), response)


@router.patch("/limits", operation_id="changeLimits", responses=TAGGED | problems(401, 403, 409, 412, 413, 428))
async def change_limits(
    caller: Writer,
    body: LimitChanges,
    administration: TheAdministration,
    response: Response,
    if_match: IfMatch = None,
) -> Settings:
    """Change limits. They are in force in every process within a second, for whoever calls from then on."""
    tags = tags_of(administration, caller)
    await _change(administration, Area.LIMITS, caller, body, tags, if_match)
    return await _told(administration, Area.LIMITS, tags, response)


@router.get("/settings/changes", operation_id="listSettingChanges", responses=problems(401, 403))
async def list_changes(
    caller: Reader, asked: Annotated[ChangesAsked, Query()], administration: TheAdministration
) -> ListOf[Change]:
    """Who changed what of providers, models, settings and limits, newest first."""
    cursors = cursors_of(administration, caller, "changes", asked.kind)
    found = await administration.history.page(asked.limit + 1, cursors.number(asked.cursor), asked.kind)
    shown = found[: asked.limit]
    further = shown[-1].number if len(found) > asked.limit else None
    return ListOf(data=[change_shown(each) for each in shown], next_cursor=cursors.give(further))


async def _change(
    administration: TheAdministration, area: Area, caller: Caller, body: SettingChanges, tags: Tags, if_match: str | None
) -> None:
    version = await administration.values.version()
    tags.demand(if_match, area.value, version)
    await administration.values.change(actor_of(caller), area, body.values, tags.version(if_match, version))


async def _told(administration: TheAdministration, area: Area, tags: Tags, response: Response) -> Settings:
    found = await administration.values.list(area)
    response.headers["etag"] = tags.of(area.value, await administration.values.version())
    return Settings(data=[setting_shown(each) for each in found])
