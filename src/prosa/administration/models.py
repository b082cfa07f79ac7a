"""The nouns of administration: what is stored beside the settings, where a value comes from, who changed what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import msgspec
from msgspec import UNSET, UnsetType

from prosa.gateway import CallKind

Value = str | int | bool | None
"""What a setting can be; None: as if it weren't set."""


class Origin(StrEnum):
    """Where a value comes from, from the lightest place to the weightiest."""

    DEFAULT = "default"
    DATABASE = "database"
    DISCOVERED = "discovered"  # found on this machine at the start
    FILE = "file"  # `.env`, `prosa.toml`, a secret's own file
    ENVIRONMENT = "environment"  # or the command line


@dataclass(frozen=True, slots=True)
class Fixed:
    """A value that was set where prosa is started: it is changed there alone. `setting` is the name it was found under."""

    setting: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changes something: an account, or the command line (None). `key_id` is safe to log."""

    account_id: str | None = None
    key_id: str = "command line"


class ProviderState(StrEnum):
    """What becomes of a provider's models."""

    READY = "ready"
    DISABLED = "disabled"
    SHADOWED = "shadowed"  # the settings have one of this name, which stands before it
    KEY_UNREADABLE = "key_unreadable"  # sealed with a secret that this server doesn't have
    ADDRESS_REFUSED = "address_refused"  # a private host that PROSA_PRIVATE_HOSTS doesn't name
    UNFIT = "unfit"  # of a kind that this version doesn't know


@dataclass(frozen=True, slots=True)
class StoredProvider:
    """A provider's row. `api_key` is sealed; `key_hint` is its end, which shows people which key it is."""

    name: str
    kind: str
    base_url: str | None
    api_key: str | None = field(repr=False)
    key_hint: str | None
    key_at: int | None
    models: tuple[str, ...]
    default_model: str | None
    default_embedding_model: str | None
    context_length: int | None
    enabled: bool
    position: int
    version: int
    created_at: int
    updated_at: int


@dataclass(frozen=True, slots=True)
class ModelPrice:
    """US dollars for a million tokens; None: nobody says. Without `cached`, what was asked before costs as all else does."""

    input: float | None
    output: float | None
    cached: float | None = None


@dataclass(frozen=True, slots=True)
class StoredName:
    """What is stored of a public name of a model: of an alias where it leads (`targets`), of any name how it is shown."""

    name: str
    targets: tuple[tuple[str, float], ...] = ()
    fallbacks: tuple[str, ...] = ()
    enabled: bool = True
    title: str | None = None
    version: int = 0
    price: ModelPrice | None = None  # instead of the maintained table's


@dataclass(frozen=True, slots=True)
class Stored:
    """All that is stored, as one state of the database has it; `version` is the number of the newest change."""

    version: int = 0
    values_version: int = 0  # the newest change of a value
    providers: tuple[StoredProvider, ...] = ()  # in their order
    names: Mapping[str, StoredName] = field(default_factory=dict)
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProviderDraft:
    """A provider as somebody wants it to be; `api_key` in the clear, which nothing shows again."""

    name: str
    kind: str
    base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    models: tuple[str, ...] = ()
    default_model: str | None = None
    default_embedding_model: str | None = None
    context_length: int | None = None
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class ProviderChanges:
    """What to change; None empties what can be empty. `position`: its place among the stored ones, from 0."""

    kind: str | UnsetType = UNSET
    base_url: str | UnsetType | None = UNSET
    api_key: str | UnsetType | None = field(default=UNSET, repr=False)
    models: tuple[str, ...] | UnsetType = UNSET
    default_model: str | UnsetType | None = UNSET
    default_embedding_model: str | UnsetType | None = UNSET
    context_length: int | UnsetType | None = UNSET
    enabled: bool | UnsetType = UNSET
    position: int | UnsetType = UNSET


@dataclass(frozen=True, slots=True)
class ProviderView:
    """A provider as administrators see it, wherever it comes from."""

    name: str
    kind: str
    title: str
    base_url: str
    origin: Origin
    state: ProviderState
    setting: str | None = None  # the one that makes it be here
    key_setting: str | None = None
    key_set: bool = False
    key_hint: str | None = None
    key_changed_at: datetime | None = None
    models: tuple[str, ...] = ()
    default_model: str | None = None
    default_embedding_model: str | None = None
    context_length: int | None = None
    enabled: bool = True
    position: int | None = None
    version: int = 0
    known_models: int = 0
    open_circuits: tuple[str, ...] = ()


class ModelKind(StrEnum):
    """What a model is for."""

    CHAT = "chat"
    EMBEDDING = "embedding"
    OTHER = "other"  # sounds, pictures, moderation: listed by its provider, and nothing that can be asked here

    @property
    def call(self) -> CallKind:
        """The call that asks such a model."""
        return CallKind.EMBEDDINGS if self is ModelKind.EMBEDDING else CallKind.CHAT


@dataclass(frozen=True, slots=True)
class ModelView:
    """A public name."""

    id: str
    title: str
    kind: ModelKind
    provider: str | None  # None: an alias
    enabled: bool = True
    default: bool = False  # of its kind
    context_length: int | None = None
    targets: tuple[tuple[str, float], ...] = ()
    fallbacks: tuple[str, ...] = ()
    origin: Origin = Origin.DEFAULT  # of an alias or its fallbacks: the file, or the database
    price: ModelPrice | None = None
    own_price: ModelPrice | None = None  # what an administrator has said
    price_origin: Origin = Origin.DEFAULT  # the settings, the database, or else a maintained table
    version: int = 0


@dataclass(frozen=True, slots=True)
class NameChanges:
    """What to change of a public name. `targets` are an alias's."""

    targets: tuple[tuple[str, float], ...] | UnsetType = UNSET
    fallbacks: tuple[str, ...] | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    title: str | UnsetType | None = UNSET
    price: ModelPrice | UnsetType | None = UNSET


@dataclass(frozen=True, slots=True)
class SettingView:
    """A setting as administrators see it."""

    key: str
    section: str
    kind: str
    value: Value
    default: Value
    origin: Origin
    setting: str  # the name by which it is set in the environment or `.env`
    editable: bool
    choices: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """What a provider said when it was tried. `answered` is the model whose answer came, if one was asked."""

    ok: bool
    milliseconds: int
    listed: bool = False
    models: tuple[str, ...] = ()
    answered: str | None = None
    code: str | None = None
    message: str | None = None


class Change(msgspec.Struct, frozen=True):
    """One change: when, by whom, of what. `before` and `after` hold no secret: of a key only that it was set."""

    number: int
    moment: int
    account_id: str | None
    actor: str
    action: str  # "created", "changed", "deleted"
    kind: str  # "provider", "model", "setting"
    name: str
    before: dict[str, object]
    after: dict[str, object]
    who: str | None = None  # the account's name or address, while there is one
