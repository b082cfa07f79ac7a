"""Pictures and documents within a chat call: read once, and refused by the field they stand in where a wire takes none.

Nothing is fetched here: an address is passed on to a provider that fetches it, or refused (attacks.md D).
"""

import binascii
from base64 import b64decode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import msgspec

from prosa.gateway.errors import UnsupportedInput
from prosa.gateway.models import Fields
from prosa.gateway.wires.chat_request import FilePart, ImageUrl, Message, Part

PDF: Final = "application/pdf"
_PICTURES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_BARE_PDF: Final = "JVBERi0"  # "%PDF-" in base64
_TEXTS: Final = frozenset({"application/json", "application/jsonl", "application/xml", "application/yaml"})
_FIELDS: Final = {"image_url": "image_url", "file": "file", "input_audio": "input_audio"}

_messages: Final = msgspec.json.Decoder(list[Fields]).decode
_parts: Final = msgspec.json.Decoder(list[Fields]).decode
_object: Final = msgspec.json.Decoder(Fields).decode


@dataclass(frozen=True, slots=True)
class Held:
    """Content that stands in the call: its type, its base64 text, its name where it has one."""

    media_type: str
    data: str
    name: str | None = None

    @property
    def is_picture(self) -> bool:
        """Whether it is a picture of a kind that models take."""
        return self.media_type in _PICTURES

    @property
    def text(self) -> str | None:
        """The text in it; None for what is none."""
        if not (self.media_type.startswith("text/") or self.media_type in _TEXTS):
            return None
        try:
            return b64decode(self.data).decode("utf-8-sig")
        except UnicodeDecodeError:
            return None


def attachment(part: Part) -> Held | str:
    """What a part of type image_url or file holds, or the https address it names. Raises UnsupportedInput."""
    if part.type == "image_url":
        url = part.image_url.url if isinstance(part.image_url, ImageUrl) else part.image_url
        if not url:
            raise UnsupportedInput("image_url.url is missing", part)
        return _address(part, url, None)
    file = part.file or FilePart()
    if file.file_id is not None:
        raise UnsupportedInput("a file can't be named by its id here", part)
    if file.file_url:
        return _address(part, file.file_url, file.filename)
    if not file.file_data:
        raise UnsupportedInput("file.file_data is missing", part)
    if not file.file_data.startswith("data:"):
        return _bare(part, file.file_data, file.filename)
    return _address(part, file.file_data, file.filename)


@contextmanager
def placed(messages: Sequence[Message]) -> Iterator[None]:
    """Name the field at fault: which part of which message."""
    try:
        yield
    except UnsupportedInput as error:
        for place, message in enumerate(messages):
            for index, part in enumerate(message.content if isinstance(message.content, list) else ()):
                if part is error.part:
                    field = _FIELDS.get(part.type)
                    raise error.at(f"messages[{place}].content[{index}]{f'.{field}' if field else ''}") from None
        raise


def refuse_ids(raw: msgspec.Raw) -> None:
    """Raises UnsupportedInput where a message still names a file by its id: a provider would look among the operator's files.

    Costs a search in nearly every call; what can't be read is left to the provider's judgement.
    """
    text = bytes(raw)
    # Letters may be escaped, though no encoder does that by itself.
    if not (b"file_id" in text or b"\\u006" in text or b"\\u005" in text):
        return
    try:
        for place, message in enumerate(_messages(raw)):
            content = message.get("content")
            if content is not None and bytes(content).lstrip()[:1] == b"[":
                _refuse_parts(content, f"messages[{place}].content")
    except (msgspec.MsgspecError, RecursionError):
        return


def _refuse_parts(content: msgspec.Raw, where: str) -> None:
    for index, part in enumerate(_parts(content)):
        for field in ("file", "image_url"):
            held = part.get(field)
            if held is not None and bytes(held).lstrip()[:1] == b"{" and "file_id" in _object(held):
                raise UnsupportedInput("there is no such file here").at(f"{where}[{index}].{field}.file_id")


def _address(part: Part, url: str, name: str | None) -> Held | str:
    if url.startswith("https://"):
        return url
    if not url.startswith("data:"):
        raise UnsupportedInput("expected an https address or a data: URL", part)
    head, _, data = url.partition(",")
    kind, _, encoding = head.removeprefix("data:").partition(";")
    if encoding.rpartition(";")[2] != "base64" or not _is_base64(data):
        raise UnsupportedInput("expected a data: URL of the form data:<type>;base64,<data>", part)
    kind = kind.strip().lower() or "application/octet-stream"
    return Held("image/jpeg" if kind == "image/jpg" else kind, data, name)


def _bare(part: Part, data: str, name: str | None) -> Held:
    """Base64 without a type, which OpenAI takes for PDF."""
    if not data.startswith(_BARE_PDF) or not _is_base64(data):
        raise UnsupportedInput("expected file_data of the form data:<type>;base64,<data>", part)
    return Held(PDF, data, name)


def _is_base64(data: str) -> bool:
    try:
        return bool(b64decode(data, validate=True))
    except (ValueError, binascii.Error):
        return False
