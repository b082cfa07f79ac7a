"""What stored chat completions are asked with and shown as, in OpenAI's fields.

Source: `openai.types.chat` of the official SDK (`CompletionListParams`, `CompletionUpdateParams`, `ChatCompletionDeleted`).
"""

import re
from typing import Annotated, Final
from urllib.parse import parse_qsl

import msgspec
from msgspec import Meta, Raw

from prosa.answers import Listing, Page
from prosa.gateway import Fields
from prosa.kit.errors import BadRequest

MOST_PAIRS: Final = 16
MOST_OF_A_PAGE: Final = 100
_ID_LENGTH: Final = 100
_MODEL_LENGTH: Final = 256
_PAIR: Final = re.compile(r"metadata\[(.{1,64})\]", re.DOTALL)
Metadata = dict[Annotated[str, Meta(max_length=64)], Annotated[str, Meta(max_length=512)]]


class _Update(msgspec.Struct, forbid_unknown_fields=True):
    metadata: Raw


_metadata: Final = msgspec.json.Decoder(Annotated[Metadata, Meta(max_length=MOST_PAIRS)] | None).decode
_update: Final = msgspec.json.Decoder(_Update).decode
_encode: Final = msgspec.json.Encoder().encode


class InvalidMetadata(BadRequest):
    """Metadata that can't be kept."""

    code = "invalid_value"

    def __init__(self) -> None:
        super().__init__(
            f"Invalid 'metadata': expected at most {MOST_PAIRS} texts, of up to 512 characters, under names of up to 64.",
            param="metadata",
        )


class InvalidListing(BadRequest):
    """A parameter of a list that is out of its bounds."""

    code = "invalid_value"

    def __init__(self, param: str, expected: str) -> None:
        super().__init__(f"Invalid value for '{param}': expected {expected}.", param=param)


def take_metadata(fields: Fields) -> dict[str, str]:
    """The request's metadata. Raises InvalidMetadata."""
    return read_metadata(fields["metadata"]) if "metadata" in fields else {}


def read_metadata(raw: Raw) -> dict[str, str]:
    """Metadata as they are kept; null is none of them. Raises InvalidMetadata."""
    try:
        return _metadata(raw) or {}
    except msgspec.ValidationError:
        raise InvalidMetadata from None


def read_update(body: bytes) -> dict[str, str]:
    """The metadata that replace those that were there. Raises BadRequest naming the field."""
    try:
        return read_metadata(_update(body).metadata)
    except msgspec.ValidationError as error:
        if "unknown field" in str(error):
            raise BadRequest("Only metadata can be changed.") from None
        raise BadRequest("Expected an object with metadata.", param="metadata") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadRequest("The request body is not valid JSON.") from None


def read_listing(query: bytes) -> Listing:
    """Which completions a query asks for. Raises InvalidListing."""
    values: dict[str, str] = {}
    metadata: dict[str, str] = {}
    for name, value in parse_qsl(query.decode("latin-1"), keep_blank_values=True, errors="replace"):
        pair = _PAIR.fullmatch(name)
        if pair is not None:
            metadata[pair[1]] = value
        else:
            values[name] = value
    if len(metadata) > MOST_PAIRS:
        raise InvalidListing("metadata", f"at most {MOST_PAIRS} of them")
    order = values.get("order", "asc")
    if order not in ("asc", "desc"):
        raise InvalidListing("order", "asc or desc")
    return Listing(
        _limit(values.get("limit", "20")),
        _bounded(values, "after", _ID_LENGTH),
        order == "asc",
        _bounded(values, "model", _MODEL_LENGTH),
        metadata,
    )


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= MOST_OF_A_PAGE):
        raise InvalidListing("limit", f"1 to {MOST_OF_A_PAGE}")
    return int(text)


def _bounded(values: dict[str, str], name: str, most: int) -> str | None:
    value = values.get(name) or None
    if value is not None and len(value) > most:
        raise InvalidListing(name, f"at most {most} characters")
    return value


def list_json(page: Page) -> bytes:
    """A page as OpenAI's lists are."""
    ids = [id for id, _ in page.items]
    return _encode(
        {
            "object": "list",
            "data": [Raw(shown) for _, shown in page.items],
            "first_id": ids[0] if ids else None,
            "last_id": ids[-1] if ids else None,
            "has_more": page.more,
        }
    )


def deleted_json(completion_id: str) -> bytes:
    """What is left of one that was deleted."""
    return _encode({"object": "chat.completion.deleted", "id": completion_id, "deleted": True})
