"""How the app's API shows API keys and takes wishes for them."""

from datetime import UTC, datetime
from typing import Annotated, Final

from msgspec import UNSET
from pydantic import BaseModel, Field

from prosa.api.app.shapes import EXAMPLE_ID, EXAMPLE_PASSWORD, Body, CurrentPassword, FutureMoment, Moment, Proof, example
from prosa.identity import ApiKey, KeyChanges, KeyStatus, NewKey, Scope

KEY: Final = "key_"
EXAMPLE_KEY: Final = KEY + EXAMPLE_ID
DAY: Final = 86_400

Name = Annotated[str, Field(max_length=200, examples=["my laptop"])]
Scopes = Annotated[list[Scope], Field(min_length=1, max_length=3, examples=[["read", "write"]])]
Models = Annotated[
    list[Annotated[str, Field(max_length=400)]],
    Field(min_length=1, max_length=100, description="The only models that it may call.", examples=[["mock"]]),
]
Addresses = Annotated[
    list[Annotated[str, Field(max_length=100)]],
    Field(
        min_length=1, max_length=100, description="The only addresses and networks it is good from.", examples=[["192.0.2.0/24"]]
    ),
]


class Key(BaseModel):
    """An API key, without its secret: that is shown once, when the key is made."""

    id: str = Field(examples=[EXAMPLE_KEY])
    name: str = Field(examples=["my laptop"])
    hint: str = Field(description="How its text begins.", examples=["prosa_sk_3kTMd0xQbZ7w"])
    scopes: list[Scope] = Field(examples=[["read", "write"]])
    models: list[str] | None = Field(description="null: every model.", examples=[None])
    addresses: list[str] | None = Field(description="null: from anywhere.", examples=[None])
    status: KeyStatus
    created_at: Moment
    expires_at: datetime | None = Field(examples=[None])
    last_used_at: datetime | None = Field(description="To the minute.", examples=[None])
    last_used_address: str | None = Field(examples=[None])
    revoked_at: datetime | None = Field(examples=[None])
    replaced_by: str | None = Field(description="The key that took its place.", examples=[None])


class MadeKey(Key):
    """A key that was just made."""

    key: str = Field(
        description="Its text. It is shown this once and stored nowhere.", examples=["prosa_sk_3kTMd0xQbZ7w…"], repr=False
    )


class KeyWish(Body):
    """A key to be made. It can never do more than its owner may do."""

    model_config = example(name="my laptop", scopes=["read", "write"], current_password=EXAMPLE_PASSWORD)

    name: Name
    scopes: Scopes
    models: Models | None = None
    addresses: Addresses | None = None
    expires_at: FutureMoment | None = None
    current_password: CurrentPassword


class KeyEdit(Body):
    """What to change of a key. What is left out stays; null lifts a restriction."""

    model_config = example(name="my old laptop", models=["mock"], current_password=EXAMPLE_PASSWORD)

    name: Name = ""
    scopes: Scopes = Field(default_factory=list)
    models: Models | None = None
    addresses: Addresses | None = None
    expires_at: FutureMoment | None = None
    current_password: CurrentPassword


class Rotation(Proof):
    """A new text in the place of the old one."""

    model_config = example(overlap_seconds=DAY, current_password=EXAMPLE_PASSWORD)

    overlap_seconds: int = Field(DAY, ge=0, le=30 * DAY, description="For how long the old one stays good.")


def key_shown(key: ApiKey) -> Key:
    """A key as the API shows it."""
    return Key(
        id=KEY + key.id,
        name=key.name,
        hint=key.hint,
        scopes=[scope for scope in Scope if scope in key.scopes],
        models=None if key.models is None else list(key.models),
        addresses=None if key.addresses is None else list(key.addresses),
        status=key.status(datetime.now(UTC)),
        created_at=key.created_at,
        expires_at=key.expires_at,
        last_used_at=key.last_used_at,
        last_used_address=key.last_used_address,
        revoked_at=key.revoked_at,
        replaced_by=None if key.replaced_by is None else KEY + key.replaced_by,
    )


def made_key_shown(key: ApiKey, text: str) -> MadeKey:
    """The same with its text."""
    return MadeKey(**key_shown(key).model_dump(), key=text)


def new_key(body: KeyWish, account_id: str) -> NewKey:
    """What the body wishes for, for this account."""
    return NewKey(account_id, body.name, frozenset(body.scopes), _fixed(body.models), _fixed(body.addresses), body.expires_at)


def key_changes(body: KeyEdit) -> KeyChanges:
    """What the body asks to change: only fields that it names."""
    named = body.model_fields_set
    return KeyChanges(
        name=body.name if "name" in named else UNSET,
        scopes=frozenset(body.scopes) if "scopes" in named else UNSET,
        models=_fixed(body.models) if "models" in named else UNSET,
        addresses=_fixed(body.addresses) if "addresses" in named else UNSET,
        expires_at=body.expires_at if "expires_at" in named else UNSET,
    )


def _fixed(texts: list[str] | None) -> tuple[str, ...] | None:
    return None if texts is None else tuple(texts)
