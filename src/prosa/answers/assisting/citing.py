"""What a text points to, in the words of the Assistants API.

A citation stands in a text as a mark, `【4:0†source】`, which clients replace by the annotation's offsets; the Responses API
names the same place by an index alone, or a range. Sources: `openai.types.beta.threads.annotation`,
`openai.types.responses.response_output_text`.
"""

import re
from typing import Final

import msgspec
from msgspec import Raw, Struct

_MARK: Final = re.compile(r"【[^【】]{0,200}】")
_PICTURES: Final = (".png", ".jpg", ".jpeg", ".gif", ".webp")


class CitedFile(Struct):
    """A file by its id."""

    file_id: str


class FileCitation(Struct, tag="file_citation", tag_field="type"):
    """Words taken from a file; `text` is the mark that stands for it, between the two offsets (characters)."""

    text: str
    start_index: int
    end_index: int
    file_citation: CitedFile


class FilePath(Struct, tag="file_path", tag_field="type"):
    """A file that the model's code wrote; `text` is the path that it is called by in the words."""

    text: str
    start_index: int
    end_index: int
    file_path: CitedFile


Annotation = FileCitation | FilePath


class _Told(Struct):
    """An annotation of the Responses API."""

    type: str = ""
    file_id: str = ""
    filename: str = ""
    index: int = 0
    start_index: int | None = None
    end_index: int | None = None


_told: Final = msgspec.json.Decoder(_Told).decode


def annotation_of(raw: Raw | bytes, text: str) -> Annotation | None:
    """An annotation of the Responses API on this text, in the words of the Assistants API; None for what these have no word for
    (addresses in the web)."""
    try:
        told = _told(raw)
    except msgspec.ValidationError:  # given back by a client that made it up
        return None
    if not told.file_id:
        return None
    if told.type == "file_citation":
        begin, end = _mark(text, told)
        return FileCitation(text[begin:end], begin, end, CitedFile(told.file_id))
    if told.type in ("container_file_citation", "file_path"):
        begin, end = _range(text, told)
        return FilePath(text[begin:end], begin, end, CitedFile(told.file_id))
    return None


def picture_of(raw: Raw | bytes) -> str | None:
    """The file id of a picture that the model's code drew and that no word of its text stands for: it is shown as content."""
    try:
        told = _told(raw)
    except msgspec.ValidationError:
        return None
    drawn = told.type == "container_file_citation" and told.start_index == told.end_index
    return told.file_id if drawn and told.file_id and told.filename.lower().endswith(_PICTURES) else None


def _mark(text: str, told: _Told) -> tuple[int, int]:
    """Where the mark of a citation stands; an empty range where the text holds none there."""
    if told.start_index is not None and told.end_index is not None:
        return _range(text, told)
    at = min(max(told.index, 0), len(text))
    if (found := _MARK.match(text, at)) is not None:
        return found.start(), found.end()
    begin = text.rfind("【", 0, at)
    if begin >= 0 and (found := _MARK.match(text, begin)) is not None and found.end() == at:
        return found.start(), found.end()
    return at, at


def _range(text: str, told: _Told) -> tuple[int, int]:
    begin = min(max(told.start_index or 0, 0), len(text))
    return begin, min(max(told.end_index or 0, begin), len(text))
