"""Messages as the Assistants API is sent them, and the items that they become. Nothing here reads or writes a store.

Source: `openai.types.beta.threads.message_create_params` of the official SDK. The bound of 256,000 characters stands in the
vendor's API reference, and none for how many parts and attachments a message may have: ours are wide.
"""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from prosa.answers.responses import InvalidValue, UnsupportedParameter
from prosa.answers.responses.content import InputImage, InputPart, InputText, OutputText
from prosa.answers.responses.input import GivenMessage, ReplayedMessage
from prosa.answers.responses.request import Metadata
from prosa.conversations import Attachment, AttachmentTool, Margin, with_margin

LONGEST_TEXT: Final = 256_000
MOST_PARTS: Final = 500
MOST_ATTACHMENTS: Final = 500

Text = Annotated[str, Meta(max_length=LONGEST_TEXT)]
FileId = Annotated[str, Meta(min_length=1, max_length=256)]
Detail = Literal["auto", "low", "high"]


class GivenText(Struct, tag="text", tag_field="type", forbid_unknown_fields=True):
    """A text."""

    text: Text


class GivenImageFile(Struct, forbid_unknown_fields=True):
    """A stored picture."""

    file_id: FileId
    detail: Detail | None = None


class GivenImageFilePart(Struct, tag="image_file", tag_field="type", forbid_unknown_fields=True):
    """A stored picture."""

    image_file: GivenImageFile


class GivenImageUrl(Struct, forbid_unknown_fields=True):
    """A picture elsewhere, or in a data: URL."""

    url: Annotated[str, Meta(min_length=1, max_length=64 * 1024 * 1024)]
    detail: Detail | None = None


class GivenImageUrlPart(Struct, tag="image_url", tag_field="type", forbid_unknown_fields=True):
    """A picture elsewhere."""

    image_url: GivenImageUrl


GivenPart = GivenText | GivenImageFilePart | GivenImageUrlPart


class GivenAttachment(Struct, forbid_unknown_fields=True):
    """A file beside a message, and the tools that get it."""

    file_id: FileId
    tools: Annotated[list[AttachmentTool], Meta(max_length=2)] | None = None


class NewMessage(Struct, forbid_unknown_fields=True):
    """A message to add to a thread."""

    role: Literal["user", "assistant"]
    content: Text | Annotated[list[GivenPart], Meta(min_length=1, max_length=MOST_PARTS)]
    attachments: Annotated[list[GivenAttachment], Meta(max_length=MOST_ATTACHMENTS)] | None = None
    metadata: Metadata | None = None

    @property
    def parts(self) -> list[GivenPart]:
        """The content as parts."""
        return [GivenText(self.content)] if isinstance(self.content, str) else self.content

    @property
    def files(self) -> list[tuple[str, str]]:
        """Every stored file that it names, each with the field that does."""
        pictures = [
            (f".content[{place}].image_file.file_id", part.image_file.file_id)
            for place, part in enumerate(self.parts)
            if isinstance(part, GivenImageFilePart)
        ]
        beside = [(f".attachments[{place}].file_id", each.file_id) for place, each in enumerate(self.attachments or ())]
        return pictures + beside

    def files_for(self, tool: str) -> list[str]:
        """The attached files that this tool gets, by their ids as they were sent."""
        return [each.file_id for each in self.attachments or () if any(found.type == tool for found in each.tools or ())]


_encode: Final = msgspec.json.Encoder().encode


def item_body(message: NewMessage, place: str = "") -> bytes:
    """The JSON of the item that it becomes, its metadata and attachments in the margin.

    Raises BadRequest naming the field below `place`.
    """
    _check_text(message, place)
    if message.role == "assistant":
        body = _encode(ReplayedMessage("assistant", [_said(part, index, place) for index, part in enumerate(message.parts)]))
    else:
        body = _encode(GivenMessage("user", [_given(part, index, place) for index, part in enumerate(message.parts)]))
    beside = [Attachment(each.file_id, each.tools or []) for each in message.attachments or ()]
    return with_margin(body, Margin(metadata=message.metadata or {}, attachments=beside))


def _check_text(message: NewMessage, place: str) -> None:
    for index, part in enumerate(message.parts):
        if isinstance(part, GivenText) and not part.text:
            where = "content" if isinstance(message.content, str) else f"content[{index}].text"
            raise InvalidValue(f"{place}.{where}".removeprefix("."), "a text that isn't empty")


def _given(part: GivenPart, index: int, place: str) -> InputPart:
    if isinstance(part, GivenText):
        return InputText(part.text)
    if isinstance(part, GivenImageFilePart):
        return InputImage(file_id=part.image_file.file_id, detail=part.image_file.detail or "auto")
    url = part.image_url.url
    if not url.startswith(("https://", "http://", "data:image/")):
        field = f"{place}.content[{index}].image_url.url".removeprefix(".")
        raise InvalidValue(field, "an https address or a data: URL of an image")
    return InputImage(image_url=url, detail=part.image_url.detail or "auto")


def _said(part: GivenPart, index: int, place: str) -> OutputText:
    if isinstance(part, GivenText):
        return OutputText(part.text)
    if isinstance(part, GivenImageUrlPart):
        field = f"{place}.content[{index}].type".removeprefix(".")
        raise UnsupportedParameter(field, "An assistant's message holds texts and stored pictures.")
    # As a picture that the model's code drew: what the Responses API has no other word for.
    drawn = {
        "type": "container_file_citation",
        "container_id": "",
        "file_id": part.image_file.file_id,
        "filename": "picture.png",
        "start_index": 0,
        "end_index": 0,
    }
    return OutputText("", [msgspec.Raw(_encode(drawn))])
