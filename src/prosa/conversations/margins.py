"""What the Assistants API keeps beside a message's words: in the item's JSON, in the margin, which no other dialect shows.

It stands with the item and not in a table of its own, so that it is written, copied, exported, purged and erased with it, and a
file that is attached counts as named.
"""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Raw, Struct

MARGIN: Final = "prosa:margin"
_MARK: Final = b'"' + MARGIN.encode() + b'"'

Reason = Literal["content_filter", "max_tokens", "run_cancelled", "run_expired", "run_failed"]


class AttachmentTool(Struct, forbid_unknown_fields=True):
    """The tool that gets an attached file."""

    type: Literal["code_interpreter", "file_search"]


class Attachment(Struct):
    """A file beside a message, by its shown id, and the tools that get it."""

    file_id: str
    tools: list[AttachmentTool]


class Margin(Struct, omit_defaults=True):
    """`assistant_id` as it is shown: who made the message; `reason`: why it is incomplete; `name`: the id by which another system
    knew it, shown in the place of ours; `told`: of code that a model ran, what came of it; `server`: of a list of tools, whose
    they are."""

    metadata: dict[str, str] = {}
    attachments: list[Attachment] = []
    assistant_id: str | None = None
    reason: Reason | None = None
    name: Annotated[str, Meta(max_length=256)] | None = None
    told: str | None = None
    server: str | None = None


EMPTY: Final = Margin()
_fields: Final = msgspec.json.Decoder(dict[str, Raw]).decode
_margin: Final = msgspec.json.Decoder(Margin).decode
_encode: Final = msgspec.json.Encoder().encode


def margin_of(body: bytes) -> Margin:
    """What stands in the margin of an item's JSON."""
    if _MARK not in body:
        return EMPTY
    found = _fields(body).get(MARGIN)
    if found is None:
        return EMPTY
    try:
        return _margin(found)
    except msgspec.ValidationError:  # imported, from who knows where
        return EMPTY


def with_margin(body: bytes, margin: Margin) -> bytes:
    """The item's JSON with this margin and no other."""
    bare = without_margin(body)
    return bare if margin == EMPTY else bare[:-1] + b"," + _MARK + b":" + _encode(margin) + b"}"


def without_margin(body: bytes) -> bytes:
    """The item's JSON as every other dialect shows it."""
    if _MARK not in body:
        return body
    fields = _fields(body)
    return body if fields.pop(MARGIN, None) is None else _encode(fields)
