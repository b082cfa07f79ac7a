"""Files within a chat call: where a message names one by its id, the content takes its place before a model is asked."""

import asyncio
from base64 import b64encode
from typing import Final, Protocol

import msgspec

from prosa.files.carrying import Carried
from prosa.files.errors import FileNotFound, InputTooLarge
from prosa.files.models import File
from prosa.kit.ids import brought_id

PREFIX: Final = "file-"
_THREAD: Final = 1 << 20  # bytes from which on encoding happens beside the loop

_Object = dict[str, msgspec.Raw]
_objects: Final = msgspec.json.Decoder(list[_Object]).decode
_object: Final = msgspec.json.Decoder(_Object).decode
_encode: Final = msgspec.json.Encoder().encode


class Loading(Protocol):
    """Where files come from."""

    async def load(self, carried: Carried, file_id: str, most: int | None = None, param: str | None = None) -> tuple[File, bytes]:
        """A file with its content."""
        ...


def names_files(raw: bytes | msgspec.Raw) -> bool:
    """Whether a message may name a file by its id, also with letters escaped, which no encoder does by itself.

    Nearly every call does not, and is asked: three searches of a few microseconds, where one by a pattern takes ten times that.
    """
    text = bytes(raw)
    return b"file_id" in text or b"\\u006" in text or b"\\u005" in text


class FileInputs:
    """The files of one call, together at most `most` bytes."""

    def __init__(self, files: Loading, carried: Carried, most: int) -> None:
        self._files = files
        self._carried = carried
        self._left = most
        self._most = most

    async def inlined(self, messages: msgspec.Raw) -> msgspec.Raw:
        """Messages in which a part `{"type": "file", "file": {"file_id": …}}` holds the file instead (`file_data`, `filename`).

        A picture becomes a part `image_url`. `image_url.file_id` works likewise. What names no file is untouched, also what
        can't be read: to refuse it is the wire's matter. Raises FileNotFound with the field as `param`, InputTooLarge.
        """
        if not names_files(messages):
            return messages
        try:
            found = _objects(messages)
        except (msgspec.MsgspecError, RecursionError):
            return messages
        changed = False
        for place, message in enumerate(found):
            content = message.get("content")
            if content is None or not names_files(content) or not bytes(content).lstrip().startswith(b"["):
                continue
            message["content"] = await self._content(content, f"messages[{place}].content")
            changed = True
        return msgspec.Raw(_encode(found)) if changed else messages

    async def _content(self, content: msgspec.Raw, where: str) -> msgspec.Raw:
        try:
            parts = _objects(content)
        except (msgspec.MsgspecError, RecursionError):
            return content
        for place, part in enumerate(parts):
            for name in ("file", "image_url"):
                named = _named(part.get(name))
                if named is not None:
                    parts[place] = part | await self._part(named, f"{where}[{place}].{name}.file_id")
                    if "image_url" in parts[place]:
                        parts[place].pop("file", None)
        return msgspec.Raw(_encode(parts))

    async def _part(self, named: object, param: str) -> _Object:
        file_id = brought_id(named, PREFIX) if isinstance(named, str) else None
        if file_id is None:
            raise FileNotFound(param)
        file, data = await self._files.load(self._carried, file_id, None, param)
        self._left -= file.bytes
        if self._left < 0:
            raise InputTooLarge(self._most, param)
        url = await asyncio.to_thread(_data_url, file, data) if len(data) > _THREAD else _data_url(file, data)
        if file.is_image:
            return {"type": msgspec.Raw(b'"image_url"'), "image_url": msgspec.Raw(_encode({"url": url}))}
        held = {"filename": file.filename, "file_data": url}
        return {"type": msgspec.Raw(b'"file"'), "file": msgspec.Raw(_encode(held))}


def _named(raw: msgspec.Raw | None) -> object:
    """The id within a part's object; None where there is none."""
    if raw is None or not names_files(raw):
        return None
    try:
        found = _object(raw).get("file_id")
    except (msgspec.MsgspecError, RecursionError):
        return None
    if found is None:
        return None
    value: object = msgspec.json.decode(found)
    return value


def _data_url(file: File, data: bytes) -> str:
    return f"data:{file.media_type};base64,{b64encode(data).decode()}"
