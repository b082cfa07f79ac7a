"""Messages as the Assistants API shows them, made of items. Nothing here reads or writes a store.

Source: `openai.types.beta.threads` of the official SDK (message.py, text.py and their neighbours).
"""

from collections.abc import Sequence
from typing import Final, Literal

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from prosa.answers.assisting.citing import Annotation, annotation_of, picture_of
from prosa.conversations import Attachment, Item, Reason, margin_of

THREAD: Final = "thread_"
MESSAGE: Final = "msg_"
RUN: Final = "run_"
Status = Literal["in_progress", "incomplete", "completed"]


class TextValue(Struct):
    """Words, and what they point to."""

    value: str
    annotations: list[Annotation] = []


class TextBlock(Struct, tag="text", tag_field="type"):
    """A text."""

    text: TextValue


class ImageFile(Struct):
    """A stored picture."""

    file_id: str
    detail: str | UnsetType = UNSET


class ImageFileBlock(Struct, tag="image_file", tag_field="type"):
    """A stored picture."""

    image_file: ImageFile


class ImageUrl(Struct):
    """A picture elsewhere."""

    url: str
    detail: str = "auto"


class ImageUrlBlock(Struct, tag="image_url", tag_field="type"):
    """A picture elsewhere."""

    image_url: ImageUrl


class RefusalBlock(Struct, tag="refusal", tag_field="type"):
    """A model's words for not answering."""

    refusal: str


Block = TextBlock | ImageFileBlock | ImageUrlBlock | RefusalBlock


class IncompleteDetails(Struct):
    """Why a message is incomplete."""

    reason: Reason


class Message(Struct):
    """A `thread.message`; every member is always there, null where there is nothing. Moments in seconds since 1970."""

    id: str
    created_at: int
    thread_id: str
    role: Literal["user", "assistant"]
    content: list[Block]
    assistant_id: str | None = None
    run_id: str | None = None
    status: Status = "completed"
    incomplete_details: IncompleteDetails | None = None
    incomplete_at: int | None = None
    completed_at: int | None = None
    attachments: list[Attachment] = []
    metadata: dict[str, str] = {}
    object: Literal["thread.message"] = "thread.message"


class _Part(Struct):
    """Any part of any message's content."""

    type: str
    text: str = ""
    refusal: str = ""
    annotations: list[Raw] = []
    image_url: str | None = None
    file_id: str | None = None
    filename: str | None = None
    detail: str | None = None


class _Body(Struct):
    role: str = ""
    content: str | list[_Part] = ""
    status: Status = "completed"


_body: Final = msgspec.json.Decoder(_Body).decode
_encode: Final = msgspec.json.Encoder().encode


def is_message(item: Item) -> bool:
    """Whether the Assistants API has a word for this item: what a person or an assistant said."""
    return item.type == "message" and _read(item.body).role in ("user", "assistant")


def message_of(item: Item, thread_id: str) -> Message:
    """A stored message; `thread_id` as it is shown."""
    body, margin, at = _read(item.body), margin_of(item.body), int(item.created_at)
    role: Literal["user", "assistant"] = "assistant" if body.role == "assistant" else "user"
    incomplete = body.status == "incomplete"
    parts = [_Part("input_text", text=body.content)] if isinstance(body.content, str) else body.content
    return Message(
        id=margin.name or MESSAGE + item.id,
        created_at=at,
        thread_id=thread_id,
        role=role,
        content=_blocks(parts),
        assistant_id=margin.assistant_id,
        run_id=RUN + item.run_id if item.run_id is not None and item.made else None,
        status=body.status,
        incomplete_details=IncompleteDetails(margin.reason) if incomplete and margin.reason is not None else None,
        incomplete_at=at if incomplete else None,
        completed_at=at if item.made and body.status == "completed" else None,
        attachments=[*margin.attachments, *_documents(parts)],
        metadata=margin.metadata,
    )


def _read(body: bytes) -> _Body:
    try:
        return _body(body)
    except msgspec.ValidationError:  # imported, from who knows where
        return _Body()


def message_json(item: Item, thread_id: str) -> bytes:
    """The same, as JSON."""
    return _encode(message_of(item, thread_id))


def blocks_of(content: Raw | bytes) -> list[Block]:
    """The content of a message's item, as it is shown here."""
    return _blocks(_parts(content))


_parts: Final = msgspec.json.Decoder(list[_Part]).decode


def _blocks(parts: Sequence[_Part]) -> list[Block]:
    found: list[Block] = []
    for part in parts:
        if part.type == "refusal":
            found.append(RefusalBlock(part.refusal))
        elif part.type == "input_image":
            found.append(_picture(part))
        elif part.type == "input_file":
            if not part.file_id:
                found.append(TextBlock(TextValue(f"[{part.filename or 'a document'}]")))
        else:
            found += _text(part)
    return found


def _text(part: _Part) -> list[Block]:
    """A text; what a model's code drew stands before it, as the vendor had it."""
    drawn = [file_id for raw in part.annotations if (file_id := picture_of(raw)) is not None]
    shown: list[Block] = [ImageFileBlock(ImageFile(file_id)) for file_id in drawn]
    if part.text or not shown:
        told = [raw for raw in part.annotations if picture_of(raw) is None]
        cited = [found for raw in told if (found := annotation_of(raw, part.text)) is not None]
        shown.append(TextBlock(TextValue(part.text, cited)))
    return shown


def _picture(part: _Part) -> Block:
    detail = "high" if part.detail == "original" else part.detail or "auto"  # the Assistants API knows nothing above it
    if part.file_id:
        return ImageFileBlock(ImageFile(part.file_id, detail))
    return ImageUrlBlock(ImageUrl(part.image_url or "", detail))


def _documents(parts: Sequence[_Part]) -> list[Attachment]:
    """Documents that stand in a message's content where another dialect put them there."""
    return [Attachment(part.file_id, []) for part in parts if part.type == "input_file" and part.file_id]
