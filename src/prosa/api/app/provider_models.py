"""How the app's API shows model providers and takes changes of them."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import UNSET
from pydantic import BaseModel, Field

from prosa.administration import Origin, ProviderChanges, ProviderDraft, ProviderState, ProviderView, Trial
from prosa.api.app.shapes import Body, example
from prosa.gateway import ProviderRow

EXAMPLE_PROVIDER: Final = "lab"
EXAMPLE_URL: Final = "https://llm.example/v1"
MOST_MODELS: Final = 500

ProviderName = Annotated[
    str,
    Field(max_length=40, pattern=r"^[a-z0-9][a-z0-9_-]*$", description="Begins the names of its models.", examples=["lab"]),
]
Kind = Annotated[str, Field(max_length=40, description="One of `GET /api/v1/provider-kinds`.", examples=["openai_compatible"])]
BaseUrl = Annotated[str, Field(max_length=2000, description="null: the kind's own.", examples=[EXAMPLE_URL])]
ApiKey = Annotated[
    str,
    Field(
        min_length=1,
        max_length=512,
        description="Stored sealed, and never shown again. It goes to the provider's own address alone.",
        examples=["sk-of-the-lab"],
        json_schema_extra={"format": "password"},
    ),
]
ModelName = Annotated[str, Field(min_length=1, max_length=200, examples=["qwen3-32b"])]
ModelNames = Annotated[list[ModelName], Field(max_length=MOST_MODELS, description="Models to list beside those that it lists.")]
ContextLength = Annotated[int, Field(strict=True, ge=128, le=100_000_000, description="Tokens; Ollama's alone.", examples=[8192])]


class ProviderKind(BaseModel):
    """A vendor, or a kind of server, that prosa knows."""

    name: str = Field(examples=["openai"])
    title: str = Field(examples=["OpenAI"])
    base_url: str = Field(description='"": it has to be given.', examples=["https://api.openai.com/v1"])
    documentation: str = Field(examples=["https://platform.openai.com/docs/api-reference"])
    needs_key: bool
    key_setting: str = Field(description="The setting that gives its key instead.", examples=["OPENAI_API_KEY"])
    default_model: str | None = Field(examples=["gpt-4o-mini"])
    default_embedding_model: str | None = Field(examples=["text-embedding-3-small"])
    local: bool = Field(description="Its usual address is this machine, which has to be named in PROSA_PRIVATE_HOSTS.")


class Provider(BaseModel):
    """A model provider. Its key is never shown."""

    name: str = Field(examples=[EXAMPLE_PROVIDER])
    kind: str = Field(examples=["openai_compatible"])
    title: str = Field(examples=["OpenAI-compatible server"])
    base_url: str = Field(examples=[EXAMPLE_URL])
    origin: Origin = Field(description="`database`: it can be changed here. Every other one is changed where prosa is started.")
    setting: str | None = Field(description="The setting that makes it be here.", examples=["OPENAI_API_KEY"])
    state: ProviderState
    enabled: bool
    position: int | None = Field(description="Its place among those of the database, from 0.", examples=[0])
    key_set: bool
    key_setting: str | None = Field(description="The setting that gives the key.", examples=["OPENAI_API_KEY"])
    key_hint: str | None = Field(description="The end of a key of the database.", examples=["…3f9a"])
    key_changed_at: datetime | None
    models: list[str] = Field(description="Those that somebody named.")
    known_models: int = Field(description="How many are known of it, with those that it lists itself.")
    default_model: str | None = Field(examples=["qwen3-32b"])
    default_embedding_model: str | None
    context_length: int | None
    open_circuits: list[str] = Field(description="Models that are left alone at the moment because they failed, in this process.")


class NewProvider(Body):
    """A provider to be added."""

    model_config = example(
        name=EXAMPLE_PROVIDER,
        kind="openai_compatible",
        base_url=EXAMPLE_URL,
        api_key="sk-of-the-lab",
        models=["qwen3-32b"],
        default_model="qwen3-32b",
        enabled=False,
    )

    name: ProviderName
    kind: Kind
    base_url: BaseUrl | None = None
    api_key: ApiKey | None = None
    models: ModelNames = Field(default_factory=list)
    default_model: ModelName | None = None
    default_embedding_model: ModelName | None = None
    context_length: ContextLength | None = None
    enabled: Annotated[bool, Field(description="False: it can be tried before anybody is answered by it.")] = True


class ProviderPatch(Body):
    """What to change. What is left out stays; null empties what can be empty."""

    model_config = example(default_model="qwen3-32b", enabled=True)

    kind: Kind = ""
    base_url: BaseUrl | None = None
    api_key: Annotated[ApiKey | None, Field(description="null removes it. A new address needs it once more.")] = None
    models: ModelNames = Field(default_factory=list)
    default_model: ModelName | None = None
    default_embedding_model: ModelName | None = None
    context_length: ContextLength | None = None
    enabled: bool = True
    position: Annotated[int, Field(strict=True, ge=0, le=1000, description="Its new place, from 0.", examples=[0])] = 0


class TrialWish(Body):
    """How to try a provider that is stored."""

    model_config = example(model=None)

    model: Annotated[ModelName | None, Field(description="Ask this one; null: its default, or the first that it lists.")] = None


class DraftTrial(Body):
    """A provider that isn't stored yet, to be tried."""

    model_config = example(kind="openai_compatible", base_url=EXAMPLE_URL, api_key="sk-of-the-lab")

    name: Annotated[
        ProviderName | None, Field(description="Of a stored one: its key is used where none is given and the address is its own.")
    ] = None
    kind: Kind
    base_url: BaseUrl | None = None
    api_key: ApiKey | None = None
    model: ModelName | None = None


class TrialOutcome(BaseModel):
    """What a provider said."""

    ok: bool
    milliseconds: int = Field(examples=[412])
    listed: bool = Field(description="Whether it told its list of models.")
    models: list[str] = Field(description="The first 200 of them.", examples=[["qwen3-32b"]])
    answered: str | None = Field(description="The model that was asked for a word, and gave it.", examples=["qwen3-32b"])
    code: str | None = Field(description="What went wrong: a code of docs/guides/errors.md.", examples=["provider_auth"])
    message: str | None = Field(description="The same for people; what the provider said stands in it without any secret.")


def kind_shown(row: ProviderRow, *, local: bool) -> ProviderKind:
    """A row of the registry as the API shows it."""
    return ProviderKind(
        name=row.name,
        title=row.title,
        base_url=row.base_url,
        documentation=row.docs,
        needs_key=row.needs_key,
        key_setting=row.key_name,
        default_model=row.default_model,
        default_embedding_model=row.default_embedding_model,
        local=local,
    )


def provider_shown(found: ProviderView) -> Provider:
    """A provider as the API shows it."""
    return Provider(
        name=found.name,
        kind=found.kind,
        title=found.title,
        base_url=found.base_url,
        origin=found.origin,
        setting=found.setting,
        state=found.state,
        enabled=found.enabled,
        position=found.position,
        key_set=found.key_set,
        key_setting=found.key_setting,
        key_hint=found.key_hint,
        key_changed_at=found.key_changed_at,
        models=list(found.models),
        known_models=found.known_models,
        default_model=found.default_model,
        default_embedding_model=found.default_embedding_model,
        context_length=found.context_length,
        open_circuits=list(found.open_circuits),
    )


def draft_of(body: NewProvider) -> ProviderDraft:
    """The provider that the body describes."""
    fields = body.model_dump()
    return ProviderDraft(**fields | {"models": tuple(body.models)})


def changes_of(body: ProviderPatch) -> ProviderChanges:
    """What the body asks to change: only fields that it names."""
    named = {name: getattr(body, name) for name in body.model_fields_set}
    models = tuple(body.models) if "models" in named else UNSET
    return ProviderChanges(**named | {"models": models})


def trial_shown(trial: Trial) -> TrialOutcome:
    """What came of a trial."""
    return TrialOutcome(
        ok=trial.ok,
        milliseconds=trial.milliseconds,
        listed=trial.listed,
        models=list(trial.models),
        answered=trial.answered,
        code=trial.code,
        message=trial.message,
    )
