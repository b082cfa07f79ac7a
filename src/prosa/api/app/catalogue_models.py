"""How the app's API shows models by their public names, and takes changes of them."""

from typing import Annotated, Final

from msgspec import UNSET
from pydantic import BaseModel, Field

from prosa.administration import ModelKind, ModelPrice, ModelView, NameChanges, Origin
from prosa.api.app.shapes import Body, example

EXAMPLE_MODEL: Final = "openai/gpt-4o-mini"
MOST_TARGETS: Final = 20

PublicName = Annotated[str, Field(min_length=1, max_length=200, examples=[EXAMPLE_MODEL])]
Title = Annotated[str, Field(min_length=1, max_length=80, description="What people see.", examples=["Fast"])]
Weight = Annotated[float, Field(gt=0, le=1000, description="How often it is drawn beside the others.", examples=[1])]


class Target(Body):
    """Where an alias leads."""

    model: PublicName
    weight: Weight = 1.0


Targets = Annotated[list[Target], Field(min_length=1, max_length=MOST_TARGETS, description="Equals, drawn by their weights.")]
Fallbacks = Annotated[list[PublicName], Field(max_length=MOST_TARGETS, description="Tried in order after the targets.")]


class Price(BaseModel):
    """US dollars for a million tokens; null: nobody says."""

    input: float | None = Field(examples=[0.15])
    output: float | None = Field(examples=[0.6])
    cached: float | None = Field(examples=[0.075])


Dollars = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]


class OwnPrice(Body):
    """US dollars for a million tokens, as an administrator says."""

    model_config = example(input=2.5, output=10, cached=1.25)

    input: Dollars
    output: Dollars
    cached: Annotated[
        Dollars | None, Field(description="Of the question's tokens those that the provider had already; null: as any other.")
    ] = None


class ListedModel(BaseModel):
    """A name that a call may carry, as everybody sees it."""

    id: str = Field(examples=[EXAMPLE_MODEL])
    title: str = Field(examples=["gpt-4o-mini"])
    kind: ModelKind
    provider: str | None = Field(description="null: an alias.", examples=["openai"])
    context_length: int | None = Field(description="Tokens, where that is known.")
    default: bool = Field(description="It answers where no model is named.")


class AdministeredModel(ListedModel):
    """The same with what administrators see."""

    enabled: bool = Field(description="False: it isn't listed, and can't be called by this name.")
    origin: Origin = Field(description="Of an alias, or of fallbacks: `file` is changed in prosa.toml alone.")
    targets: list[Target] = Field(description="Empty: it is a provider's own model.")
    fallbacks: list[str]
    price: Price | None = Field(description="null: nobody knows it, or it depends on something else.")
    own_price: Price | None = Field(description="What an administrator has said here; null: nobody has.")
    price_origin: Origin = Field(description="Who says the price: `file` the settings, which win; `database`; else a table.")


class NewAlias(Body):
    """A name of one's own."""

    model_config = example(name="fast", title="Fast", targets=[{"model": "mock", "weight": 1}], fallbacks=[])

    name: PublicName
    targets: Targets
    fallbacks: Fallbacks = Field(default_factory=list)
    title: Title | None = None
    enabled: bool = True


class ModelPatch(Body):
    """What to change. What is left out stays."""

    model_config = example(title="Mock", enabled=True)

    targets: Annotated[Targets, Field(description="An alias's alone.")] = Field(default_factory=list)
    fallbacks: Fallbacks = Field(default_factory=list)
    title: Title | None = None
    enabled: bool = True
    price: Annotated[OwnPrice | None, Field(description="null: what the maintained table says.")] = None


def listed_shown(found: ModelView) -> ListedModel:
    """A name as everybody sees it."""
    return ListedModel(
        id=found.id,
        title=found.title,
        kind=found.kind,
        provider=found.provider,
        context_length=found.context_length,
        default=found.default,
    )


def model_shown(found: ModelView) -> AdministeredModel:
    """A name as administrators see it."""
    return AdministeredModel(
        **listed_shown(found).model_dump(),
        enabled=found.enabled,
        origin=found.origin,
        targets=[Target(model=model, weight=weight) for model, weight in found.targets],
        fallbacks=list(found.fallbacks),
        price=_price_shown(found.price),
        own_price=_price_shown(found.own_price),
        price_origin=found.price_origin,
    )


def _price_shown(price: ModelPrice | None) -> Price | None:
    return None if price is None else Price(input=price.input, output=price.output, cached=price.cached)


def targets_of(targets: list[Target]) -> tuple[tuple[str, float], ...]:
    """The targets with their weights."""
    return tuple((target.model, target.weight) for target in targets)


def changes_of(body: ModelPatch) -> NameChanges:
    """What the body asks to change: only fields that it names."""
    named = body.model_fields_set
    return NameChanges(
        targets=targets_of(body.targets) if "targets" in named else UNSET,
        fallbacks=tuple(body.fallbacks) if "fallbacks" in named else UNSET,
        enabled=body.enabled if "enabled" in named else UNSET,
        title=body.title if "title" in named else UNSET,
        price=_price_of(body.price) if "price" in named else UNSET,
    )


def _price_of(price: OwnPrice | None) -> ModelPrice | None:
    return None if price is None else ModelPrice(price.input, price.output, price.cached)
