"""Files that items name by their id, put into them for the model; what is stored keeps the id."""

import asyncio
from base64 import b64encode
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from prosa.files import Carried, File, FileNotFound, FileService
from prosa.kit.ids import brought_id

PREFIX: Final = "file-"
_NAMED: Final = b'"file_id"'
_THREAD: Final = 1 << 20  # bytes from which on encoding happens beside the loop

_Object = dict[str, msgspec.Raw]
_object: Final = msgspec.json.Decoder(_Object).decode
_objects: Final = msgspec.json.Decoder(list[_Object]).decode
_text: Final = msgspec.json.Decoder(str | None).decode
_encode: Final = msgspec.json.Encoder().encode


class Filled(list[bytes]):
    """Items with the content of files in them, which somebody holds as long as `carried` is held."""

    __slots__ = ("carried",)

    def __init__(self, items: Iterable[bytes], carried: Carried) -> None:
        super().__init__(items)
        self.carried = carried


async def filled(files: FileService, space: str, items: Sequence[bytes], most: int) -> Filled:
    """The items, their parts `input_image` and `input_file` with a `file_id` holding the content instead: together at most `most`
    bytes. Raises FileNotFound, InputTooLarge, TooManyFileInputs."""
    found = Filled(items, files.carry(space))
    left = most
    for index, item in enumerate(found):
        if _NAMED in item:
            fields = _object(item)
            # A message's parts, or those of a call's output.
            for name in ("content", "output"):
                if name in fields and bytes(fields[name])[:1] == b"[":
                    fields[name], left = await _parts(files, found.carried, fields[name], left)
            found[index] = _encode(fields)
    return found


async def _parts(files: FileService, carried: Carried, raw: msgspec.Raw, left: int) -> tuple[msgspec.Raw, int]:
    parts = _objects(raw)
    for index, part in enumerate(parts):
        named = _text(part["file_id"]) if "file_id" in part else None
        if named is None:
            continue
        file_id = brought_id(named, PREFIX)
        if file_id is None:
            raise FileNotFound("input")
        file, data = await files.load(carried, file_id, left, "input")
        left -= len(data)
        url = await asyncio.to_thread(_data_url, file, data) if len(data) > _THREAD else _data_url(file, data)
        parts[index] = _held(part, file, url)
    return msgspec.Raw(_encode(parts)), left


def _held(part: _Object, file: File, url: str) -> _Object:
    """A picture that was sent as a document is shown as a picture: no wire takes one otherwise."""
    kept = {name: value for name, value in part.items() if name not in ("file_id", "filename", "type")}
    if file.is_image:
        return {"type": msgspec.Raw(b'"input_image"'), "image_url": msgspec.Raw(_encode(url)), **kept}
    kept.pop("detail", None)
    name = part.get("filename")
    shown = name if name is not None and bytes(name) != b"null" else msgspec.Raw(_encode(file.filename))
    return {"type": msgspec.Raw(b'"input_file"'), "file_data": msgspec.Raw(_encode(url)), "filename": shown, **kept}


def _data_url(file: File, data: bytes) -> str:
    return f"data:{file.media_type};base64,{b64encode(data).decode()}"
