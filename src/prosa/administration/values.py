"""Settings and limits: what holds, where it comes from, and another value."""

from collections.abc import Callable, Mapping
from typing import Final

from prosa.administration.adjustable import BY_KEY, MODELS, TABLE, Adjustable, Area
from prosa.administration.errors import FixedBySetting, Unfit
from prosa.administration.following import Changing, Follower, Work
from prosa.administration.known import KnownModels
from prosa.administration.models import Actor, Fixed, Origin, SettingView, Stored, Value
from prosa.administration.settings import AdministrationSettings
from prosa.administration.store import AdministrationReader
from prosa.drivers.sql import Database
from prosa.gateway import CallKind
from prosa.identity import EditConflict

KIND: Final = "setting"
Told = Callable[[str], Value]
"""The value of a setting of the start, by section and name."""


def in_force(stored: Mapping[str, Value], fixed: Mapping[str, Fixed]) -> dict[str, Value]:
    """Of what is stored what counts: what is set where prosa is started wins, and what no version knows is nothing."""
    return {key: value for key, value in stored.items() if key in BY_KEY and key not in fixed and not BY_KEY[key].still}


async def stored_values(database: Database, fixed: Mapping[str, Fixed]) -> dict[str, Value]:
    """What counts of what is stored, for who doesn't follow it. Raises DatabaseUnavailable."""
    return in_force(await AdministrationReader(database.fetch).values(), fixed)


async def stored_now(database: Database) -> Stored:
    """All that is stored, for who doesn't follow it. Raises DatabaseUnavailable, DatabaseNotMigrated."""
    return await AdministrationReader(database.fetch).stored()


class Values:
    """The settings that can be changed while prosa runs. `told`: what the start says, `usual`: what nobody says."""

    def __init__(
        self,
        settings: AdministrationSettings,
        follower: Follower,
        changing: Changing,
        known: KnownModels,
        told: tuple[Told, Told],
    ) -> None:
        self._fixed = settings.fixed
        self._follower = follower
        self._changing = changing
        self._known = known
        self._told, self._usual = told

    async def list(self, area: Area) -> list[SettingView]:
        """Those of one page, in the table's order. Raises DatabaseUnavailable."""
        await self._follower.look()
        return [self._view(row, self._follower.stored) for row in TABLE if row.area is area]

    async def version(self) -> int:
        """Which state of the settings this is. Raises DatabaseUnavailable."""
        await self._follower.look()
        return self._follower.stored.values_version

    def value(self, key: str) -> Value:
        """What holds now in this process."""
        values = in_force(self._follower.stored.values, self._fixed)
        return values[key] if key in values else self._told(key)

    async def change(self, actor: Actor, area: Area, wishes: Mapping[str, Value], if_version: int | None = None) -> None:
        """Change several, all or none; None: nobody chooses any more.

        Raises Unfit, UnknownModel, FixedBySetting, EditConflict.
        """
        if any(key in BY_KEY and BY_KEY[key].kind in MODELS for key in wishes):
            await self._known.discovered()
        judged = {key: self._judged(area, key, value) for key, value in wishes.items()}
        async with self._changing.by(actor) as work:
            if if_version is not None and work.stored.values_version != if_version:
                raise EditConflict
            for key, value in judged.items():
                await self._write(work, key, value)

    def _judged(self, area: Area, key: str, value: Value) -> Value:
        row = BY_KEY.get(key)
        if row is None or row.area is not area:
            raise Unfit(f"values.{key[:100]}", "There is no such setting here.")
        if key in self._fixed or row.still:
            raise FixedBySetting(self._fixed[key].setting if key in self._fixed else row.setting, row.param)
        found = row.judged(value)
        if row.kind in MODELS and isinstance(found, str):
            self._known.require(row.param, found, CallKind.EMBEDDINGS if row.kind == "embedding_model" else CallKind.CHAT)
        return found

    async def _write(self, work: Work, key: str, value: Value) -> None:
        if work.stored.values.get(key) == value:
            return  # nothing that anybody would want to read of
        before = work.stored.values.get(key, self._told(key))
        after = self._told(key) if value is None else value
        await work.note("changed", KIND, key, {"value": before}, {"value": after})
        await work.store.put_value(key, value, work.now)

    def _view(self, row: Adjustable, stored: Stored) -> SettingView:
        fixed, values = self._fixed.get(row.key), in_force(stored.values, self._fixed)
        stated = Origin.DATABASE if row.key in values else Origin.DEFAULT
        return SettingView(
            key=row.key,
            section=row.section,
            kind=row.kind,
            value=values.get(row.key, self._told(row.key)),
            default=self._usual(row.key),
            origin=fixed.origin if fixed is not None else stated,
            setting=fixed.setting if fixed is not None else row.setting,
            editable=fixed is None and not row.still,
            choices=row.choices,
            least=0 if row.zero else row.least,
            most=row.most,
            unit=row.unit,
        )
