"""How the app's API shows what is said in conversations, and takes more of it."""

from collections.abc import Collection, Sequence
from typing import Annotated, Any, Final

import msgspec
from msgspec import Raw, Struct
from pydantic import BaseModel, Field, JsonValue

from prosa.answers import normal_items
from prosa.api.app.run_models import EXAMPLE_RUN, RUN
from prosa.api.app.shapes import EXAMPLE_ID, Body, Moment, example
from prosa.conversations import Item, Placed, margin_of, public_id, view
from prosa.kit import moments
from prosa.kit.errors import BadRequest

EXAMPLE_ITEM: Final = "msg_" + EXAMPLE_ID
MOST_ITEMS: Final = 20  # of one request
EXAMPLE_MESSAGE: Final[dict[str, JsonValue]] = {"type": "message", "role": "user", "content": "Olá!"}

ItemWord = Annotated[dict[str, JsonValue], Field(examples=[EXAMPLE_MESSAGE])]
Content = Annotated[
    str | list[dict[str, JsonValue]],
    Field(description="A text, or parts of content in the words of the Responses API.", examples=["E em duas frases?"]),
]


class ItemNotEditable(BadRequest):
    """Only what somebody said in words has versions that are written by hand."""

    code = "item_not_editable"

    def __init__(self) -> None:
        super().__init__("Only messages can be edited.", param="item_id")


class ItemDocument(BaseModel):
    """Something said in a conversation."""

    id: str = Field(examples=[EXAMPLE_ITEM])
    parent_id: str | None = Field(description="The item that it follows; null: it is a first one.", examples=[EXAMPLE_ITEM])
    versions: list[str] = Field(
        description="All that stand in its place, oldest first, itself among them; 200 at most.", examples=[[EXAMPLE_ITEM]]
    )
    run_id: str | None = Field(description="The run that it was given to, or that made it.", examples=[EXAMPLE_RUN])
    made: bool = Field(description="Whether the run made it: what a model thought, called or said.")
    assistant_id: str | None = Field(description="Which assistant said it; null: none.", examples=[None])
    created_at: Moment
    item: dict[str, Any] = Field(  # in another API's words
        description="The item in the words of the Responses API; its `type` says which members follow.",
        examples=[{"id": EXAMPLE_ITEM, "type": "message", "role": "user", "content": [{"type": "input_text", "text": "Olá!"}]}],
    )


class ItemsDocument(BaseModel):
    """A page of items; `next_cursor` is null on the last one."""

    data: list[ItemDocument]
    next_cursor: str | None = Field(description="Send it as `cursor` for the next page.")


class NewItems(Body):
    """What is added to a conversation without asking a model."""

    model_config = example(items=[EXAMPLE_MESSAGE])

    items: Annotated[list[ItemWord], Field(min_length=1, max_length=MOST_ITEMS)]
    after: str | None = Field(
        None, max_length=100, description="The item that they follow; without it, the last one of the chosen path."
    )


class NewVersion(Body):
    """What somebody says instead."""

    model_config = example(content="E em duas frases?")

    content: Content


class _Shown(Struct):
    id: str
    parent_id: str | None
    versions: Sequence[str]
    run_id: str | None
    made: bool
    assistant_id: str | None
    created_at: str
    item: Raw


class _Page(Struct):
    data: list[_Shown]
    next_cursor: str | None


_encode: Final = msgspec.json.Encoder().encode
_fields: Final = msgspec.json.Decoder(dict[str, Raw]).decode


def item_json(placed: Placed, include: Collection[str] = ()) -> bytes:
    """An item's JSON."""
    return _encode(_shown(placed, include))


def page_json(items: Sequence[Placed], cursor: str | None, include: Collection[str] = ()) -> bytes:
    """A page's JSON."""
    return _encode(_Page([_shown(each, include) for each in items], cursor))


def items_of(body: NewItems) -> list[bytes]:
    """The items to add, as they are kept. Raises BadRequest that names the field."""
    return normal_items([Raw(_encode(item)) for item in body.items], "items")


def version_of(item: Item, body: NewVersion) -> bytes:
    """A message of the same role with other content, as it is kept. Raises ItemNotEditable, BadRequest."""
    if item.type != "message":
        raise ItemNotEditable
    role = msgspec.json.decode(_fields(item.body)["role"])
    return normal_items([Raw(_encode({"type": "message", "role": role, "content": body.content}))], "items")[0]


def _shown(placed: Placed, include: Collection[str]) -> _Shown:
    item = placed.node.item
    created = moments.shown(moments.stored(item.created_at)).isoformat().replace("+00:00", "Z")
    run_id = None if item.run_id is None else RUN + item.run_id
    said_by = margin_of(item.body).assistant_id
    said = Raw(view(item, include))
    return _Shown(public_id(item), placed.parent, placed.versions, run_id, item.made, said_by, created, said)
