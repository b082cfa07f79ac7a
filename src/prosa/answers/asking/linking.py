"""Files that the model's code left, where its words name them; and pictures that no word stands for.

The Responses API tells of both as `container_file_citation` (`openai.types.responses.response_output_text`): of a file with the
range of the path in the text, of a picture with an empty one.
"""

from collections.abc import Iterator
from typing import Final

import msgspec
from msgspec import Raw

from prosa.answers.responses import Message, OutputText, Said, Source

FOLDER: Final = "sandbox:/mnt/data/"
DRAWN: Final = "drawn:"
_encode: Final = msgspec.json.Encoder().encode


class _Link(msgspec.Struct, tag="container_file_citation", tag_field="type"):
    container_id: str
    file_id: str
    filename: str
    start_index: int
    end_index: int


def links(text: str, said: Said, container: str) -> Iterator[Raw]:
    """The annotations for a text that is whole; a picture is shown with the first text behind it."""
    for mark, source in said.sources.items():
        if mark.startswith(DRAWN) and not _cited(said, source):
            yield _link(source, container, 0, 0)
        elif mark.startswith(FOLDER):
            begin = text.find(mark)
            while begin >= 0:
                yield _link(source, container, begin, begin + len(mark))
                begin = text.find(mark, begin + len(mark))


def _cited(said: Said, source: Source) -> bool:
    told = b'"' + source.file_id.encode() + b'"'
    parts = (part for item in said.items if isinstance(item, Message) for part in item.content if isinstance(part, OutputText))
    return any(told in bytes(annotation) for part in parts for annotation in part.annotations)


def _link(source: Source, container: str, begin: int, end: int) -> Raw:
    return Raw(_encode(_Link(container, source.file_id, source.filename, begin, end)))
