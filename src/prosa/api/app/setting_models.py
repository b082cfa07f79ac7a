"""How the app's API shows settings and limits, and who changed what."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StrictBool, StrictInt, StrictStr

from prosa import administration
from prosa.administration import Origin, SettingView
from prosa.api.app.account_models import EXAMPLE_USER, USER
from prosa.api.app.shapes import Body, Cursor, Limit, Moment, example
from prosa.kit import moments

Value = StrictBool | StrictInt | Annotated[StrictStr, Field(max_length=500)] | None


class Setting(BaseModel):
    """A setting. Its `key` is also what names its description in the web app's dictionaries."""

    key: str = Field(examples=["upkeep.trash_days"])
    section: str = Field(examples=["upkeep"])
    kind: Literal["switch", "number", "text", "choice", "model", "embedding_model", "registration", "contact"] = Field(
        description="`registration`: open, invite, closed, or domain: with domains parted by commas. "
        "`contact`: a mail address or an https address.",
    )
    value: Value = Field(examples=[30])
    default: Value = Field(examples=[30])
    origin: Origin
    setting: str = Field(description="The name by which it is set in the environment or `.env`.", examples=["PROSA_TRASH_DAYS"])
    editable: bool = Field(description="False: it is set where prosa is started, and changed there alone.")
    choices: list[str] = Field(description="All that a choice can be.")
    least: int | None = Field(examples=[0])
    most: int | None = Field(examples=[36500])
    unit: str | None = Field(description="What the number counts.", examples=["days"])


class Settings(BaseModel):
    """All of them."""

    data: list[Setting]


class SettingChanges(Body):
    """Values by their keys, all or none of which are taken; null: as it is without anybody's choice."""

    model_config = example(values={"upkeep.trash_days": 30})

    values: Annotated[dict[str, Value], Field(min_length=1, max_length=50)]


class LimitChanges(SettingChanges):
    """The same of limits."""

    model_config = example(values={"limits.max_runs": 1000})


class ChangesAsked(Body):
    """Which changes."""

    limit: Limit = 50
    cursor: Cursor = None
    kind: Literal["provider", "model", "setting"] | None = None


class Change(BaseModel):
    """One change. No secret stands in it: of a key only that it was set."""

    number: int = Field(examples=[17])
    at: Moment
    by: str | None = Field(description="null: the command line, or somebody whose account is gone.", examples=[EXAMPLE_USER])
    by_name: str | None = Field(examples=["Ana Lima"])
    key_id: str = Field(description="The credential by which it was done.", examples=["session"])
    action: Literal["created", "changed", "deleted"]
    kind: Literal["provider", "model", "setting"]
    name: str = Field(examples=["upkeep.trash_days"])
    before: dict[str, object] = Field(examples=[{"value": 30}])
    after: dict[str, object] = Field(examples=[{"value": 60}])


def setting_shown(found: SettingView) -> Setting:
    """A setting as the API shows it."""
    return Setting(
        key=found.key,
        section=found.section,
        kind=found.kind,  # type: ignore[arg-type]  # the table's kinds are these words
        value=found.value,
        default=found.default,
        origin=found.origin,
        setting=found.setting,
        editable=found.editable,
        choices=list(found.choices),
        least=found.least,
        most=found.most,
        unit=found.unit,
    )


def change_shown(found: administration.Change) -> Change:
    """A change as the API shows it."""
    at: datetime = moments.shown(found.moment)
    return Change(
        number=found.number,
        at=at,
        by=None if found.account_id is None else USER + found.account_id,
        by_name=found.who,
        key_id=found.actor,
        action=found.action,  # type: ignore[arg-type]  # the service writes these words alone
        kind=found.kind,  # type: ignore[arg-type]  # likewise
        name=found.name,
        before=found.before,
        after=found.after,
    )
