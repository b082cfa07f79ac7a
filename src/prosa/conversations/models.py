"""A conversation, and what is said in it: items in the words of the Responses API."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Final, Literal

import msgspec

from prosa.conversations.margins import without_margin
from prosa.kit.ids import new_object_id, without_prefix

CONVERSATION: Final = "conv_"
REFERENCE: Final = "item_reference"
# The beginnings of ids as OpenAI gives them out; a type that came later than this list gets the last one.
_PREFIXES: Final = {
    "message": "msg_",
    "function_call": "fc_",
    "function_call_output": "fco_",
    "custom_tool_call": "ctc_",
    "custom_tool_call_output": "ctco_",
    "reasoning": "rs_",
    "compaction": "cmp_",
    "web_search_call": "ws_",
    "file_search_call": "fs_",
    "code_interpreter_call": "ci_",
    "image_generation_call": "ig_",
    "computer_call": "cu_",
    "computer_call_output": "cuo_",
    "local_shell_call": "lsh_",
    "local_shell_call_output": "lsho_",
    "shell_call": "sh_",
    "shell_call_output": "sho_",
    "apply_patch_call": "apc_",
    "apply_patch_call_output": "apco_",
    "mcp_list_tools": "mcpl_",
    "mcp_call": "mcp_",
    "mcp_approval_request": "mcpr_",
    "mcp_approval_response": "mcpa_",
    "tool_search_call": "tsc_",
    "tool_search_output": "tso_",
}
_OTHER: Final = "item_"
_KNOWN: Final = frozenset({*_PREFIXES.values(), _OTHER})


Leaving = Callable[[str, str], Awaitable[None]]
"""What others do when a conversation, of a space and an id, was deleted for good: what they hold of it goes with it."""


class Order(StrEnum):
    """How a list of items runs; OpenAI's lists begin with the newest where nothing is said."""

    OLDEST_FIRST = "asc"
    NEWEST_FIRST = "desc"


class TitleBy(StrEnum):
    """Who gave a conversation its title; what a person or a dialect's client gave is never replaced."""

    NOBODY = "nobody"
    PERSON = "person"
    MODEL = "model"
    DIALECT = "dialect"


@dataclass(frozen=True, slots=True)
class Face:
    """What a conversation shows of itself. `dialect`: where it was made; `settings`: a JSON object of the app's, such as
    instructions; `tool_resources`: one of the Assistants API's, the files and vector stores that tools get in it."""

    title: str | None = None
    title_by: TitleBy = TitleBy.NOBODY
    dialect: str = "openai"
    model: str | None = None
    settings: bytes | None = None
    folder_id: str | None = None
    tool_resources: bytes | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """`metadata` is a JSON object of texts; moments are seconds since 1970; `version` counts every change that a person makes;
    `head_id` is the last item of the chosen path."""

    id: str
    space: str
    metadata: bytes
    created_at: float
    updated_at: float
    version: int = 1
    face: Face = Face()
    head_id: str | None = None
    pinned_at: float | None = None
    archived_at: float | None = None
    deleted_at: float | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """Something said, thought, called or answered: `body` is its JSON without "id". `made`: by the run, not given to it."""

    space: str
    type: str
    body: bytes
    created_at: float
    id: str = field(default_factory=new_object_id)
    conversation_id: str | None = None
    run_id: str | None = None
    made: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """An item in its tree: `number` grows with every item that is stored, `parent_id` is the item that it follows."""

    item: Item
    number: int
    parent_id: str | None


class Head(Enum):
    """Stands for the end of the chosen path, wherever that is when something is added."""

    HEAD = 0


HEAD: Final = Head.HEAD
Parent = str | None | Literal[Head.HEAD]
"""What a new item follows: an item by its stored id, None for nothing (a new beginning), or the end of the chosen path."""


@dataclass(frozen=True, slots=True)
class PathQuery:
    """At most `limit` items of a path, newest first: the chosen one, or that which ends at `leaf`; with `before`, those that
    come before that item."""

    limit: int = 50
    before: str | None = None
    leaf: str | None = None


@dataclass(frozen=True, slots=True)
class ItemQuery:
    """A page of items: at most `limit` that come after the item `after` (its stored id), in this order."""

    limit: int = 20
    after: str | None = None
    order: Order = Order.NEWEST_FIRST


class _Typed(msgspec.Struct):
    type: str = "message"


_typed: Final = msgspec.json.Decoder(_Typed)
_members: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])


def type_of(body: bytes) -> str:
    """The type that an item's JSON names; a message where it names none."""
    return _typed.decode(body).type


def without_id(body: bytes) -> tuple[str | None, bytes]:
    """What an `item_reference` refers to, an id as it is shown; and any other item's JSON without the id that came with it."""
    if b'"id"' not in body:
        return None, body
    fields: dict[str, msgspec.Raw] = _members.decode(body)
    id = fields.pop("id", None)
    if id is None:
        return None, body
    if _typed.decode(body).type == REFERENCE:
        return msgspec.json.decode(id, type=str), body
    return None, msgspec.json.encode(fields)


def prefix_of(type: str) -> str:
    """How the ids of items of this type begin."""
    return _PREFIXES.get(type, _OTHER)


def public_id(item: Item) -> str:
    """The id as the API shows it: `msg_…`, `fc_…`, …"""
    return prefix_of(item.type) + item.id


def stored_id(shown: str) -> str:
    """The id behind `msg_…` or any of its kind; what can't be one becomes "", which nothing has."""
    prefix = shown[: shown.find("_") + 1]
    return (without_prefix(shown, prefix) or "") if prefix in _KNOWN else ""


def shown(item: Item) -> bytes:
    """The item as the API shows it, one line of JSON with its id first."""
    return b'{"id":"' + public_id(item).encode() + b'",' + without_margin(item.body)[1:]


def ids_after(id: str, bodies: Sequence[bytes]) -> list[str]:
    """An id for each, told by one that was given, so that the same request names the same items whenever it is tried."""
    number = int(id, 16)
    return [f"{(number + index) % 2**128:032x}" for index in range(1, len(bodies) + 1)]
