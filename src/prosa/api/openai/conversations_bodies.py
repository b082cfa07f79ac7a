"""What `/v1/conversations` is sent and answers, in OpenAI's fields.

Source: `openai.types.conversations` of the official SDK.
"""

from collections.abc import Collection, Sequence
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Raw, Struct
from pydantic import BaseModel, Field

from prosa.answers import Metadata, check_depth, checked, normal_items
from prosa.conversations import CONVERSATION, Conversation, Item, public_id, view

MOST_ITEMS: Final = 20  # of one request
EXAMPLE_ID: Final = "conv_7b6821146d1743da97c764a12dd4ed93"
EXAMPLE_ITEM: Final = "msg_9d2c61f0a5b84e1d8f7f3ce2a1b0c4d5"
EXAMPLE_MESSAGE: Final[dict[str, Any]] = {"type": "message", "role": "user", "content": "Olá!"}

Items = Annotated[list[Raw], Meta(max_length=MOST_ITEMS)]
SomeItems = Annotated[list[Raw], Meta(min_length=1, max_length=MOST_ITEMS)]


class NewConversation(Struct, forbid_unknown_fields=True):
    """The body of a creation; it may be missing altogether."""

    items: Items | None = None
    metadata: Metadata | None = None


class ConversationEdit(Struct, forbid_unknown_fields=True):
    """The body of a change. Metadata are replaced; null takes all of them away."""

    metadata: Metadata | None


class NewItems(Struct, forbid_unknown_fields=True):
    """The body that adds items."""

    items: SomeItems


_new_conversation: Final = msgspec.json.Decoder(NewConversation)
_conversation_edit: Final = msgspec.json.Decoder(ConversationEdit)
_new_items: Final = msgspec.json.Decoder(NewItems)
_encode: Final = msgspec.json.Encoder().encode


def read_new_conversation(raw: bytes) -> tuple[bytes, list[bytes]]:
    """Its metadata as JSON, and its items. Raises BadRequest that names the field."""
    if not raw.strip():
        return b"{}", []
    check_depth(raw)
    body = checked(_new_conversation, raw)
    return _encode(body.metadata or {}), normal_items(body.items or (), "items")


def read_edit(raw: bytes) -> bytes:
    """The new metadata as JSON. Raises BadRequest that names the field."""
    check_depth(raw)
    return _encode(checked(_conversation_edit, raw).metadata or {})


def read_new_items(raw: bytes) -> list[bytes]:
    """The items to add. Raises BadRequest that names the field."""
    check_depth(raw)
    return normal_items(checked(_new_items, raw).items, "items")


class ShownConversation(Struct):
    """A conversation as OpenAI shows one; moments in seconds since 1970."""

    id: str
    created_at: int
    metadata: Raw
    object: Literal["conversation"] = "conversation"


class Deleted(Struct):
    """That it is gone."""

    id: str
    deleted: bool = True
    object: Literal["conversation.deleted"] = "conversation.deleted"


class Page(Struct):
    """A page of items; `first_id` and `last_id` are "" where it is empty, since the SDK's types want a text."""

    data: list[Raw]
    first_id: str
    last_id: str
    has_more: bool
    object: Literal["list"] = "list"


def conversation_json(conversation: Conversation) -> bytes:
    """A conversation's JSON."""
    shown = ShownConversation(CONVERSATION + conversation.id, int(conversation.created_at), Raw(conversation.metadata))
    return _encode(shown)


def deleted_json(id: str) -> bytes:
    """The JSON that says so."""
    return _encode(Deleted(CONVERSATION + id))


def page_json(items: Sequence[Item], include: Collection[str], *, has_more: bool) -> bytes:
    """A page's JSON."""
    first, last = (public_id(items[0]), public_id(items[-1])) if items else ("", "")
    return _encode(Page([Raw(view(item, include)) for item in items], first, last, has_more))


# For the API document


class ConversationDocument(BaseModel):
    """A conversation."""

    id: str = Field(examples=[EXAMPLE_ID])
    object: Literal["conversation"]
    created_at: int = Field(description="Seconds since 1970.", examples=[1760000000])
    metadata: dict[str, str] = Field(examples=[{"topic": "burros"}])


class DeletedDocument(BaseModel):
    """A conversation that is gone."""

    id: str = Field(examples=[EXAMPLE_ID])
    object: Literal["conversation.deleted"]
    deleted: Literal[True]


class ItemDocument(BaseModel):
    """An item in the words of the Responses API: its `type` says which members follow."""

    id: str = Field(examples=[EXAMPLE_ITEM])
    type: str = Field(examples=["message"])


class ItemsDocument(BaseModel):
    """A page of items."""

    object: Literal["list"]
    data: list[ItemDocument]
    first_id: str = Field(description="Empty where the page is.", examples=[EXAMPLE_ITEM])
    last_id: str = Field(description="Send it as `after` for the next page.", examples=[EXAMPLE_ITEM])
    has_more: bool


METADATA_SCHEMA: Final[dict[str, Any]] = {
    "type": ["object", "null"],
    "maxProperties": 16,
    "additionalProperties": {"type": "string", "maxLength": 512},
    "description": "At most 16 pairs; names of at most 64 characters, texts of at most 512.",
}


def items_schema(least: int) -> dict[str, Any]:
    """Items of a request."""
    item = {"type": "object", "additionalProperties": True, "description": "An input item of the Responses API."}
    return {"type": "array", "items": item, "minItems": least, "maxItems": MOST_ITEMS}


def body_document(properties: dict[str, Any], example: dict[str, Any], *, required: bool) -> dict[str, Any]:
    """What a route that reads its body itself adds to the API document."""
    schema: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    if required:
        schema["required"] = sorted(properties)
    return {"requestBody": {"required": required, "content": {"application/json": {"schema": schema, "example": example}}}}
